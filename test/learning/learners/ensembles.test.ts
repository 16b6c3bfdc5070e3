// Ensembles draw at random, so that they are judged by their accuracy over seeds: within the spread of their references, or above.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import type { Learner } from '../../../src/contracts/learner.ts'
import { AdaptiveRandomForest } from '../../../src/learning/learners/ensemble/adaptive-random-forest.ts'
import { AdaptiveRandomForestRegressor } from '../../../src/learning/learners/ensemble/adaptive-random-forest-regressor.ts'
import { AdwinBagging } from '../../../src/learning/learners/ensemble/adwin-bagging.ts'
import { LeveragingBagging } from '../../../src/learning/learners/ensemble/leveraging-bagging.ts'
import { OzaBoosting } from '../../../src/learning/learners/ensemble/oza-boosting.ts'
import { OzaBagging } from '../../../src/learning/learners/ensemble/oza-bagging.ts'
import { drawPoisson, Poisson } from '../../../src/learning/learners/ensemble/poisson.ts'
import { StreamingRandomPatches } from '../../../src/learning/learners/ensemble/streaming-random-patches.ts'
import type { EnsembleOptions } from '../../../src/learning/learners/ensemble/tree-ensemble.ts'
import { HoeffdingTree } from '../../../src/learning/learners/tree/hoeffding-tree.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { classificationData, goldenTable, missing, note, regressionData } from '../golden.ts'
import { accuracy, prequential } from '../prequential.ts'

type Make = (options: EnsembleOptions) => Learner

/** Names in the tables of River and of MOA. */
const ensembles: readonly [name: string, river: string, moa: string, make: Make][] = [
  [
    'adaptive-random-forest',
    'arf10',
    'meta.AdaptiveRandomForest',
    (o) => new AdaptiveRandomForest(o),
  ],
  ['leveraging-bagging', 'levbag10', 'meta.LeveragingBag', (o) => new LeveragingBagging(o)],
  ['adwin-bagging', 'adwinbag10', 'meta.OzaBagAdwin', (o) => new AdwinBagging(o)],
  [
    'streaming-random-patches',
    'srp10',
    'meta.StreamingRandomPatches',
    (o) => new StreamingRandomPatches(o),
  ],
  ['oza-boosting', 'adaboost10', 'meta.OzaBoost', (o) => new OzaBoosting(o)],
]

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function overSeeds(data: string, seeds: number, make: Make): number {
  const table = classificationData(data)
  const features = table.columns.length
  return mean(
    Array.from({ length: seeds }, (_, i) =>
      accuracy(prequential(make({ features, classes: 2, seed: i + 1 }), table), table),
    ),
  )
}

describe.skipIf(missing)(`ensembles against their references${note}`, () => {
  it.each(
    ensembles.flatMap(([name, river, moa, make]) =>
      (
        [
          ['phishing', 10],
          ['electricity-tiny', 10],
          ['elec2', 1],
        ] as const
      ).map(([data, seeds]) => ({ name, river, moa, make, data, seeds })),
    ),
  )(
    '$name is as accurate as the lowest seed of River, and of MOA, on $data',
    ({ river, moa, make, data, seeds }) => {
      const lowest = (rows: Record<string, string>[], column: string): number =>
        Math.min(...rows.map((row) => Number(row[column])))
      const rivers = goldenTable('seeds.csv').filter(
        (row) => row['data'] === data && row['learner'] === river,
      )
      const moas = goldenTable('moa.csv').filter(
        (row) => row['data'] === data && row['moa_learner'].startsWith(moa),
      )
      expect(moas.length).toBeGreaterThan(0)
      const found = overSeeds(data, seeds, make)
      // River's boosting has no seeds on elec2.
      if (rivers.length > 0) {
        expect(found).toBeGreaterThanOrEqual(lowest(rivers, 'accuracy_or_mae'))
      }
      expect(found).toBeGreaterThanOrEqual(lowest(moas, 'accuracy'))
    },
  )

  it.each([
    ['taxi', 3],
    ['cmapss', 1],
  ] as const)(
    'a forest for numbers errs no more than the highest seed of River on %s',
    (data, seeds) => {
      const { columns, labels, rows } = regressionData(data)
      const features = columns.length
      const errors = Array.from({ length: seeds }, (_, i) => {
        const forest = new AdaptiveRandomForestRegressor({ features, seed: i + 1 })
        const found = prequential(pipe(new StandardScaler({ features }), forest), {
          columns,
          labels,
          rows,
        })
        return mean(Array.from(found, (answer, row) => Math.abs(answer - labels[row])))
      })
      const rivers = [
        ...goldenTable('seeds.csv'),
        ...goldenTable('regression.csv').filter((row) => Number(row['rows']) === rows),
      ].filter((row) => row['data'] === data && row['learner'] === 'arf10')
      expect(rivers.length).toBeGreaterThan(0)
      const maes = rivers.map((row) => Number(row['accuracy_or_mae'] ?? row['mae']))
      expect(mean(errors)).toBeLessThanOrEqual(Math.max(...maes))
    },
  )

  it('bagging is better than one of its trees', () => {
    const table = classificationData('elec2')
    const options = { features: 8, classes: 2 }
    const tree = accuracy(prequential(new HoeffdingTree(options), table), table)
    const bagging = accuracy(prequential(new OzaBagging(options), table), table)
    expect(bagging).toBeGreaterThan(tree + 0.01)
  })
})

describe('an ensemble', () => {
  it('gives up a tree when the world changes, and is right again', () => {
    const random = new Prng(4)
    const rows = 8000
    const columns = [
      new Float64Array(rows).map(() => random.next()),
      new Float64Array(rows).map(() => random.next()),
    ]
    const labels = Float64Array.from(columns[0], (value, row) =>
      value > 0.5 === row < 4000 ? 1 : 0,
    )
    for (const [name, , , make] of ensembles) {
      // It knows no drift.
      if (name === 'oza-boosting') continue
      const learner = make({ features: 2, classes: 2 })
      learner.learn({ columns, from: 0, to: 5500 }, labels)
      const out = new Float64Array(2 * 2500)
      learner.predict({ columns, from: 5500, to: rows }, out)
      let right = 0
      for (let i = 0; i < 2500; i++)
        if ((out[2 * i + 1] > 0.5 ? 1 : 0) === labels[5500 + i]) right++
      expect(right / 2500).toBeGreaterThan(0.9)
    }
  })

  it('stays below its bytes', () => {
    const table = { features: 2, classes: 2, members: 4, grace: 20, tau: 1, maxBytes: 60_000 }
    const forest = new AdaptiveRandomForest(table)
    const random = new Prng(1)
    const columns = [0, 1].map(() => Float64Array.from({ length: 20_000 }, () => random.next()))
    forest.learn(
      { columns, from: 0, to: 20_000 },
      columns[0].map((value) => Math.round(value * 7) % 2),
    )
    // Besides the trees each member has two detectors.
    expect(forest.memoryBytes).toBeLessThan(60_000 + 4 * 2 * 3500)
  })

  it('refuses settings that make no sense', () => {
    const options = { features: 4, classes: 2 }
    for (const wrong of [
      { members: 0 },
      { seed: 0.5 },
      { lambda: 0 },
      { subset: 5 },
      { driftDelta: 2 },
    ]) {
      expect(() => new AdaptiveRandomForest({ ...options, ...wrong })).toThrow(/expected '\w+'/)
    }
  })
})

describe('a draw of the Poisson distribution', () => {
  it.each([0.3, 20, 400])('has its mean and its variance also where that is %d', (lambda) => {
    const random = new Prng(2)
    const draws = Array.from({ length: 20_000 }, () => drawPoisson(lambda, random))
    const average = mean(draws)
    expect(Math.abs(average - lambda)).toBeLessThan(4 * Math.sqrt(lambda / 20_000))
    const spread = mean(draws.map((k) => (k - average) ** 2))
    expect(Math.abs(spread - lambda)).toBeLessThan(0.06 * lambda)
  })

  it.each([1, 6])('has its mean and its variance, %i', (lambda) => {
    const random = new Prng(2)
    const poisson = new Poisson(lambda)
    const draws = Array.from({ length: 50_000 }, () => poisson.draw(random))
    const average = mean(draws)
    // Four deviations of the mean of so many.
    expect(Math.abs(average - lambda)).toBeLessThan(4 * Math.sqrt(lambda / 50_000))
    expect(Math.abs(mean(draws.map((k) => (k - average) ** 2)) - lambda)).toBeLessThan(
      0.05 * lambda,
    )
  })
})
