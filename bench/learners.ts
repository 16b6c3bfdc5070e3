// Rows a learner predicts and learns in a second of CPU, one after the other, over the Electricity data (or a seeded stand-in of its
// shape): node bench/learners.ts [name]. MILLRACE_SHARED names the folder of the data.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Prng } from '../src/base/prng.ts'
import type { Detector } from '../src/contracts/detector.ts'
import type { Learner } from '../src/contracts/learner.ts'
import { Adwin } from '../src/learning/drift/adwin.ts'
import { Ddm } from '../src/learning/drift/ddm.ts'
import { HddmA } from '../src/learning/drift/hddm-a.ts'
import { HddmW } from '../src/learning/drift/hddm-w.ts'
import { Kswin } from '../src/learning/drift/kswin.ts'
import { PageHinkley } from '../src/learning/drift/page-hinkley.ts'
import { HalfSpaceTrees } from '../src/learning/learners/anomaly/half-space-trees.ts'
import { GaussianNaiveBayes } from '../src/learning/learners/gaussian-naive-bayes.ts'
import { NeighboursClassifier } from '../src/learning/learners/nearest-neighbours.ts'
import { adaGrad } from '../src/learning/learners/linear/ada-grad.ts'
import { adam } from '../src/learning/learners/linear/adam.ts'
import { Alma } from '../src/learning/learners/linear/alma.ts'
import { BayesianLinearRegression } from '../src/learning/learners/linear/bayesian-linear-regression.ts'
import { ftrl } from '../src/learning/learners/linear/ftrl.ts'
import { LogisticRegression } from '../src/learning/learners/linear/logistic-regression.ts'
import { PassiveAggressiveClassifier } from '../src/learning/learners/linear/passive-aggressive.ts'
import { AdaptiveRandomForest } from '../src/learning/learners/ensemble/adaptive-random-forest.ts'
import { AdwinBagging } from '../src/learning/learners/ensemble/adwin-bagging.ts'
import { LeveragingBagging } from '../src/learning/learners/ensemble/leveraging-bagging.ts'
import { OzaBoosting } from '../src/learning/learners/ensemble/oza-boosting.ts'
import { StreamingRandomPatches } from '../src/learning/learners/ensemble/streaming-random-patches.ts'
import { ExtremelyFastDecisionTree } from '../src/learning/learners/tree/extremely-fast-decision-tree.ts'
import { HoeffdingAdaptiveTree } from '../src/learning/learners/tree/hoeffding-adaptive-tree.ts'
import { OzaBagging } from '../src/learning/learners/ensemble/oza-bagging.ts'
import { HoeffdingTree } from '../src/learning/learners/tree/hoeffding-tree.ts'
import { pipe } from '../src/learning/pipe.ts'
import { MinMaxScaler } from '../src/learning/preparation/min-max-scaler.ts'
import { StandardScaler } from '../src/learning/preparation/standard-scaler.ts'
import { cpuMicros } from './cpu.ts'

interface Data {
  readonly columns: Float64Array[]
  readonly labels: Float64Array
}

const file = join(process.env['MILLRACE_SHARED'] ?? '../shared', 'data/elec2.csv.gz')

function electricity(): Data {
  const [, ...lines] = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  const cells = lines.map((line) => line.trim().split(','))
  return {
    columns: Array.from({ length: 8 }, (_, i) => Float64Array.from(cells, (row) => Number(row[i]))),
    labels: Float64Array.from(cells, (row) => (row[8] === 'UP' ? 1 : 0)),
  }
}

function standIn(): Data {
  const random = new Prng(1)
  const labels = Float64Array.from({ length: 45_312 }, () => (random.chance(0.42) ? 1 : 0))
  return {
    labels,
    columns: Array.from({ length: 8 }, (_, i) => labels.map((y) => random.next() + (i * y) / 20)),
  }
}

const data = existsSync(file) ? electricity() : standIn()
const rows = data.labels.length

const scaled = (learner: Learner): Learner => pipe(new StandardScaler({ features: 8 }), learner)
const learners: Record<string, () => Learner> = {
  'logistic-regression, raw': () => new LogisticRegression({ features: 8 }),
  'logistic-regression': () => scaled(new LogisticRegression({ features: 8 })),
  '  by ada-grad': () => scaled(new LogisticRegression({ features: 8, optimizer: adaGrad() })),
  '  by adam': () => scaled(new LogisticRegression({ features: 8, optimizer: adam() })),
  '  by ftrl': () => scaled(new LogisticRegression({ features: 8, optimizer: ftrl() })),
  'passive-aggressive': () => scaled(new PassiveAggressiveClassifier({ features: 8 })),
  alma: () => scaled(new Alma({ features: 8 })),
  'bayesian-linear-regression': () => scaled(new BayesianLinearRegression({ features: 8 })),
}
// The classifiers of the ensembles and trees are given the raw features, as their references are.
Object.assign(learners, {
  'gaussian-naive-bayes': () => new GaussianNaiveBayes({ features: 8, classes: 2 }),
  'neighbours, window 100': () =>
    scaled(new NeighboursClassifier({ features: 8, classes: 2, window: 100 })),
  'neighbours, window 1000': () => scaled(new NeighboursClassifier({ features: 8, classes: 2 })),
  'hoeffding-tree': () => new HoeffdingTree({ features: 8, classes: 2 }),
  '  majority leaves': () => new HoeffdingTree({ features: 8, classes: 2, leaf: 'majority' }),
  '  grace 50, delta 0.01': () =>
    new HoeffdingTree({ features: 8, classes: 2, grace: 50, delta: 0.01 }),
  'hoeffding-adaptive-tree': () => new HoeffdingAdaptiveTree({ features: 8, classes: 2 }),
  'extremely-fast-decision-tree': () => new ExtremelyFastDecisionTree({ features: 8, classes: 2 }),
  'oza-boosting': () => new OzaBoosting({ features: 8, classes: 2 }),
  'streaming-random-patches': () => new StreamingRandomPatches({ features: 8, classes: 2 }),
  'oza-bagging': () => new OzaBagging({ features: 8, classes: 2 }),
  'adwin-bagging': () => new AdwinBagging({ features: 8, classes: 2 }),
  'leveraging-bagging': () => new LeveragingBagging({ features: 8, classes: 2 }),
  'half-space-trees': () =>
    pipe(new MinMaxScaler({ features: 8 }), new HalfSpaceTrees({ features: 8 })),
  'adaptive-random-forest': () => new AdaptiveRandomForest({ features: 8, classes: 2 }),
})
const detectors: Readonly<Record<string, () => Detector>> = {
  adwin: () => new Adwin(),
  'page-hinkley': () => new PageHinkley(),
  ddm: () => new Ddm(),
  'hddm-a': () => new HddmA(),
  'hddm-w': () => new HddmW(),
  kswin: () => new Kswin(),
}

/** One pass: rows a second of CPU, share of right answers (of a class), and bytes. */
function pass(learner: Learner): { rate: number; right: number; bytes: number } {
  const out = new Float64Array(learner.outputs)
  const at = { columns: data.columns, from: 0, to: 0 }
  let right = 0
  const start = cpuMicros()
  for (let row = 0; row < rows; row++) {
    at.from = row
    at.to = row + 1
    learner.predict(at, out)
    if ((out[1] > out[0] ? 1 : 0) === data.labels[row]) right++
    learner.learn(at, data.labels)
  }
  return {
    rate: (rows * 1e6) / (cpuMicros() - start),
    right: right / rows,
    bytes: learner.memoryBytes,
  }
}

function detect(detector: Detector): number {
  const start = cpuMicros()
  for (let row = 0; row < rows; row++) detector.update(data.labels[row])
  return (rows * 1e6) / (cpuMicros() - start)
}

const wanted = process.argv[2] ?? ''
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
const shown = (rate: number): string => Math.round(rate).toLocaleString('en').padStart(12)

console.log(
  `${rows} rows of ${existsSync(file) ? 'Elec2' : 'a stand-in'}, 8 features; median of 5 passes, and the first`,
)
for (const [name, make] of Object.entries(learners)) {
  if (!name.includes(wanted)) continue
  const passes = Array.from({ length: 5 }, () => pass(make()))
  const rates = passes.map(({ rate }) => rate)
  const { right, bytes } = passes[0]
  console.log(
    `${name.padEnd(28)}${shown(median(rates))} rows/s${shown(rates[0])}  accuracy ${right.toFixed(4)}  ${bytes} bytes`,
  )
}
for (const [name, make] of Object.entries(detectors)) {
  if (!name.includes(wanted)) continue
  const rates = Array.from({ length: 5 }, () => detect(make()))
  console.log(`${name.padEnd(28)}${shown(median(rates))} rows/s${shown(rates[0])}`)
}
