// Recommenders give the predictions of their references from the same start, and keep to the ids they may.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FactorizationMachine } from '../../../src/learning/learners/recommendation/factorization-machine.ts'
import {
  MatrixFactorization,
  type MatrixFactorizationOptions,
} from '../../../src/learning/learners/recommendation/matrix-factorization.ts'
import { golden, goldenColumns, goldenTable, missing, note, type Table } from '../golden.ts'
import { prequential } from '../prequential.ts'

function ratings(): Table {
  const text = gunzipSync(readFileSync(join(golden, 'streams/ratings.csv.gz'))).toString()
  const [, ...rows] = text.trim().split('\n')
  const column = (i: number): Float64Array =>
    Float64Array.from(rows, (row) => Number(row.split(',')[i]))
  return { columns: [column(0), column(1)], labels: column(2), rows: rows.length }
}

const settings: Readonly<Record<string, MatrixFactorizationOptions>> = {
  baseline: { factors: 0 },
  'biasedmf-const': { start: { mean: 0.1, deviation: 0 } },
  'funkmf-const': { biased: false, start: { mean: 0.5, deviation: 0 } },
}

/** Mean absolute error of the predictions, clipped to the range of ratings. */
function error(found: Float64Array, { labels }: Table): number {
  return (
    found.reduce(
      (sum, each, row) => sum + Math.abs(Math.max(1, Math.min(5, each)) - labels[row]),
      0,
    ) / found.length
  )
}

describe.skipIf(missing)(`matrix factorisation against River${note}`, () => {
  const final = (name: string): number =>
    Number(
      goldenTable('reco.ratings.csv').findLast((row) => row['learner'] === name)?.['mae_clipped'],
    )

  it.each(Object.keys(settings))('%s gives its predictions, row by row, and its error', (name) => {
    const found = prequential(new MatrixFactorization(settings[name]), ratings())
    const wanted = goldenColumns(`rows/reco.ratings.${name}.csv.gz`)['pred_unclipped']
    let apart = 0
    wanted.forEach((value, row) => {
      apart = Math.max(apart, Math.abs(found[row] - value) / (1 + Math.abs(value)))
    })
    expect(apart).toBeLessThan(1e-9)
    expect(error(found, ratings())).toBeCloseTo(final(name), 7)
  })

  it('from a random start errs as little as it does, as a mean over three seeds', () => {
    const data = ratings()
    const errors = [1, 2, 3].map((seed) =>
      error(prequential(new MatrixFactorization({ seed }), data), data),
    )
    const theirs = ['73', '1', '2', '3', '4'].map((seed) => final(`biasedmf-normal-${seed}`))
    const mean = errors.reduce((a, b) => a + b, 0) / errors.length
    expect(mean).toBeLessThanOrEqual(Math.max(...theirs))
  })
})

describe('matrix factorisation', () => {
  it('keeps the users it may, and predicts one it has forgotten as one it never knew', () => {
    const learner = new MatrixFactorization({ users: 3, items: 1 })
    const rate = (user: number, rating: number): void => {
      const at = { columns: [Float64Array.of(user), Float64Array.of(7)], from: 0, to: 1 }
      learner.learn(at, Float64Array.of(rating))
    }
    const predicted = (user: number): number => {
      const out = new Float64Array(1)
      learner.predict({ columns: [Float64Array.of(user), Float64Array.of(7)], from: 0, to: 1 }, out)
      return out[0]
    }
    for (let i = 0; i < 30; i++) {
      for (const [user, rating] of [
        [1, 5],
        [2, 1],
        [3, 1],
      ])
        rate(user, rating)
    }
    expect(predicted(1) - predicted(99)).toBeGreaterThan(0.5)
    const bytes = learner.encode().length
    rate(1, 5)
    rate(4, 1)
    rate(5, 1)
    expect(predicted(1) - predicted(99)).toBeGreaterThan(0.5)
    rate(6, 1)
    expect(Math.abs(predicted(1) - predicted(99))).toBeLessThan(0.2)
    expect(learner.encode().length).toBe(bytes)
  })
})

/** The rows the figures below were made on: a user, an item, a number, and what the user thinks of it. */
function mixed(task: 'number' | 'classes'): Table {
  let state = 7
  const next = (): number => {
    state = (state * 16807) % 2147483647
    return state
  }
  const rows = Array.from({ length: 60 }, () => [next() % 5, next() % 4, next() / 2147483647 - 0.5])
  const labels = Float64Array.from(rows, ([user, item, z]) => {
    const liking = (user - item) * z
    return task === 'number' ? liking + 1 : liking > 0 ? 1 : 0
  })
  return {
    columns: [0, 1, 2].map((i) => Float64Array.from(rows, (row) => row[i])),
    labels,
    rows: 60,
  }
}

describe('a factorisation machine', () => {
  // River 0.26.1: facto.FMRegressor and FMClassifier, n_factors 3, SGD(.05) for both, latents from a constant 0.1.
  it.each([
    [
      'number',
      [
        0.017354235321913956, 0.046804443470487754, 0.3579513275514786, 0.7850535711384473,
        0.8901054298252759,
      ],
    ],
    [
      'classes',
      [
        0.5043384499469642, 0.5067781366658528, 0.49847635488743025, 0.44750359654015365,
        0.46529683182894876,
      ],
    ],
  ] as const)('of %s gives the predictions of its reference', (task, wanted) => {
    const learner = new FactorizationMachine({
      features: 3,
      task,
      ids: [0, 1],
      factors: 3,
      rate: 0.05,
      start: { mean: 0.1, deviation: 0 },
    })
    const found = prequential(learner, mixed(task))
    const { outputs } = learner
    expect([0, 1, 10, 30, 59].map((row) => found[row * outputs + outputs - 1])).toEqual(
      wanted.map((each) => expect.closeTo(each, 10)),
    )
  })

  it('learns what only pairs tell', () => {
    const rows = 4000
    const columns = [0, 1].map((i) =>
      Float64Array.from({ length: rows }, (_, row) => (row >> i) & 1),
    )
    const labels = columns[0].map((a, row) => (a === columns[1][row] ? 1 : 0))
    const learner = new FactorizationMachine({
      features: 2,
      task: 'classes',
      ids: [0, 1],
      rate: 0.1,
    })
    learner.learn({ columns, from: 0, to: rows }, labels)
    const out = new Float64Array(8)
    learner.predict({ columns, from: 0, to: 4 }, out)
    expect([1, 3, 5, 7].map((i) => Math.round(out[i]))).toEqual([...labels.subarray(0, 4)])
  })
})
