import { beforeAll, describe, expect, it } from 'vitest'
import {
  logisticRegression,
  pipe,
  standardAbsoluteDeviation,
  standardScaler,
} from '../../src/learning/index.ts'
import { simulate, type SimulatedRun } from '../../src/testing/index.ts'
import { FEATURES, PERIOD_MS, shift, START, watchingTwice } from './learning-sensors.ts'

const HOUR_MS = 3_600_000

/** Predicts each reading by what was learnt before its period: written for this test alone, over what came out of the run. */
function expected({ predictions, examples }: SimulatedRun): number[] {
  const learner = pipe(standardScaler(), logisticRegression({ interceptRate: 0.1 })).make({
    features: FEATURES.length,
    classes: 2,
  })
  const rows = predictions.wear
  const seen = new Map(rows.map(({ id, features }) => [id, features]))
  const columns = (id: string): Float64Array[] =>
    FEATURES.map((name) => Float64Array.of(Number(seen.get(id)?.[name] ?? NaN)))
  // An example is there when its label came, or an hour and more after the reading.
  const known = examples.wear
    .map(({ id, time, label = NaN, labelTime = time + HOUR_MS }) => ({ id, label, at: labelTime }))
    .toSorted((a, b) => a.at - b.at)
  let next = 0
  const out = new Float64Array(2)
  return rows.map(({ id, time }) => {
    const until = Math.floor(time / PERIOD_MS) * PERIOD_MS
    for (; next < known.length && known[next].at < until; next++) {
      const at = { columns: columns(known[next].id), from: 0, to: 1 }
      learner.learn(at, Float64Array.of(known[next].label))
    }
    learner.predict({ columns: columns(id), from: 0, to: 1 }, out)
    return out[1]
  })
}

/** Scores each reading by those before its period, and learns it then. */
function oddnesses({ predictions }: SimulatedRun): number[] {
  const learner = standardAbsoluteDeviation().make({ features: 2, classes: 2 })
  const rows = predictions.odd.map(({ time, features }) => ({
    time,
    columns: ['heat', 'readings1h'].map((name) => Float64Array.of(Number(features?.[name]))),
  }))
  const out = new Float64Array(1)
  let next = 0
  return rows.map(({ time, columns }) => {
    const until = Math.floor(time / PERIOD_MS) * PERIOD_MS
    for (; rows[next].time < until; next++)
      learner.learn({ columns: rows[next].columns, from: 0, to: 1 }, Float64Array.of(NaN))
    learner.predict({ columns, from: 0, to: 1 }, out)
    return out[0]
  })
}

describe('a model that learns in a simulated pipeline', () => {
  let run: SimulatedRun
  beforeAll(async () => {
    run = await simulate(watchingTwice, shift(300))
  })

  it('predicts each row by the examples whose time is before its period, to the bit', () => {
    const found = run.predictions.wear.map(({ output }) => output?.risk)
    expect(found).toHaveLength(300)
    expect(new Set(found.slice(-90)).size).toBeGreaterThan(20)
    expect(found).toEqual(expected(run))
  })

  it('knows nothing before its first snapshot', () => {
    const first = run.predictions.wear.filter(({ time }) => time < START + PERIOD_MS)
    expect(first.map(({ output }) => output?.risk)).toEqual(first.map(() => 0.5))
  })

  it('learns without labels from each row before the period of those it scores, to the bit', () => {
    const found = run.predictions.odd.map(({ output }) => output?.oddness)
    expect(found).toEqual(oddnesses(run))
    expect(new Set(found.slice(-90)).size).toBeGreaterThan(20)
    expect(run.counts).toMatchObject({ 'learning.odd.learnt': 300, 'learning.odd.passed': 0 })
  })

  it('counts what it learnt, and what it refused because of a feature', () => {
    expect(run.counts).toMatchObject({
      'learning.wear.learnt': 295,
      'learning.wear.badFeature': 5,
      'learning.wear.badLabel': 0,
      'learning.wear.unknownFeatures': 0,
    })
  })

  it('comes to the same under faults, other batches and other workers', async () => {
    const { predictions } = await simulate(watchingTwice, shift(120), {
      partitions: 2,
      faults: 8,
    })
    expect(predictions.wear).toHaveLength(120)
  })
})
