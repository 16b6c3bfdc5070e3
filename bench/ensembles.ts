// How accurate trees and ensembles of ten members are over seeds, on the data of the golden tables, beside the seeds of River and MOA:
// node bench/ensembles.ts [name] [seeds of elec2]. MILLRACE_SHARED names the folder of data and tables.
import type { Learner } from '../src/contracts/learner.ts'
import { AdaptiveRandomForest } from '../src/learning/learners/ensemble/adaptive-random-forest.ts'
import { AdwinBagging } from '../src/learning/learners/ensemble/adwin-bagging.ts'
import { LeveragingBagging } from '../src/learning/learners/ensemble/leveraging-bagging.ts'
import { OzaBoosting } from '../src/learning/learners/ensemble/oza-boosting.ts'
import { StreamingRandomPatches } from '../src/learning/learners/ensemble/streaming-random-patches.ts'
import { HoeffdingAdaptiveTree } from '../src/learning/learners/tree/hoeffding-adaptive-tree.ts'
import { classificationData, goldenTable, missing, type Table } from '../test/learning/golden.ts'

interface Size {
  readonly features: number
  readonly classes: number
  readonly seed: number
}

/** By the names of River's and MOA's tables. */
const learners: readonly [
  name: string,
  river: string,
  moa: string,
  make: (size: Size) => Learner,
][] = [
  ['adaptive-random-forest', 'arf10', 'AdaptiveRandomForest', (o) => new AdaptiveRandomForest(o)],
  ['leveraging-bagging', 'levbag10', 'LeveragingBag', (o) => new LeveragingBagging(o)],
  ['adwin-bagging', 'adwinbag10', 'OzaBagAdwin', (o) => new AdwinBagging(o)],
  ['oza-boosting', 'adaboost10', 'OzaBoost', (o) => new OzaBoosting(o)],
  [
    'streaming-random-patches',
    'srp10',
    'StreamingRandomPatches',
    (o) => new StreamingRandomPatches(o),
  ],
  ['hoeffding-adaptive-tree', 'hat', 'HoeffdingAdaptiveTree', (o) => new HoeffdingAdaptiveTree(o)],
]

function accuracy(learner: Learner, { columns, labels, rows }: Table): number {
  const out = new Float64Array(2)
  let right = 0
  for (let from = 0; from < rows; from++) {
    const at = { columns, from, to: from + 1 }
    learner.predict(at, out)
    if (out[0] + out[1] > 0 && (out[1] > out[0] ? 1 : 0) === labels[from]) right++
    learner.learn(at, labels)
  }
  return right / rows
}

function shown(values: readonly number[]): string {
  if (values.length === 0) return '-'
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const ends = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(4))
  return values.length === 1 ? mean.toFixed(4) : `${mean.toFixed(4)} (${ends.join(' to ')})`
}

if (missing) throw new Error('expected data and golden tables, found none; set MILLRACE_SHARED')
const [, , wanted = '', seedsOfElec2 = '10'] = process.argv
console.log('| learner | data | Millrace | River | MOA |\n|---|---|---|---|---|')
for (const [name, river, moa, make] of learners) {
  if (!name.includes(wanted)) continue
  for (const data of ['phishing', 'electricity-tiny', 'elec2']) {
    const table = classificationData(data)
    const features = table.columns.length
    const found = Array.from({ length: data === 'elec2' ? Number(seedsOfElec2) : 10 }, (_, i) =>
      accuracy(make({ features, classes: 2, seed: i + 1 }), table),
    )
    const of = (
      file: string,
      column: string,
      is: (row: Record<string, string>) => boolean,
    ): number[] =>
      goldenTable(file)
        .filter((row) => row['data'] === data && is(row))
        .map((row) => Number(row[column]))
    const rivers = of('seeds.csv', 'accuracy_or_mae', (row) => row['learner'] === river)
    const moas = of('moa.csv', 'accuracy', (row) => row['moa_learner'].split(/[. ]/)[1] === moa)
    console.log(`| ${name} | ${data} | ${shown(found)} | ${shown(rivers)} | ${shown(moas)} |`)
  }
}
