// Feature sets and streams of events that the tests of set state share.
import fc from 'fast-check'
import type { ColumnKind } from '../../../src/contracts/columns.ts'
import { count } from '../../../src/features/count.ts'
import { distinct } from '../../../src/features/distinct.ts'
import { quantile } from '../../../src/features/quantile.ts'
import { topK } from '../../../src/features/top-k.ts'
import { ewma } from '../../../src/features/ewma.ts'
import { first } from '../../../src/features/first.ts'
import { rate } from '../../../src/features/rate.ts'
import { rms } from '../../../src/features/rms.ts'
import { share } from '../../../src/features/share.ts'
import { slope } from '../../../src/features/slope.ts'
import { variance } from '../../../src/features/variance.ts'
import { max } from '../../../src/features/max.ts'
import { mean } from '../../../src/features/mean.ts'
import { min } from '../../../src/features/min.ts'
import { std } from '../../../src/features/std.ts'
import { sum } from '../../../src/features/sum.ts'
import type { FeaturePlan } from '../../../src/pipeline/plan.ts'
import { path, windowFeature, type Step } from './set-fixture.ts'

const AGGREGATES = [
  count,
  rate(60_000),
  sum,
  mean,
  min,
  max,
  std,
  variance,
  rms,
  ewma(300),
  slope(1_000),
  first,
]
export const WINDOWS: Readonly<
  Record<string, readonly { overMs: number; delayMs?: number; hopMs?: number }[]>
> = {
  exact: [{ overMs: 40 }, { overMs: 1_000 }, { overMs: 9_000 }],
  hop: [
    { overMs: 600, hopMs: 100 },
    { overMs: 95, hopMs: 10 },
    { overMs: 2_000, hopMs: 100 },
  ],
  delay: [
    { overMs: 500, delayMs: 300 },
    { overMs: 64, delayMs: 1 },
  ],
  'hop and delay': [
    { overMs: 400, delayMs: 150, hopMs: 100 },
    { overMs: 300, delayMs: 900, hopMs: 100 },
  ],
}
export const KINDS: Readonly<Record<string, ColumnKind>> = {
  amount: 'number',
  ok: 'boolean',
  country: 'string',
  pair: 'vector',
}
export const NAMES: readonly string[] = ['amount', 'ok', 'country', 'pair']

/** Every aggregate over each of the windows. */
export function features(windows: (typeof WINDOWS)[string]): FeaturePlan[] {
  return windows.flatMap((window) => [
    ...AGGREGATES.map((aggregate) =>
      windowFeature(aggregate, aggregate.takesValue ? 'amount' : undefined, window),
    ),
    windowFeature(mean, 'ok', window),
    windowFeature(share, 'ok', window),
    windowFeature(first, 'ok', window, { gives: 'boolean' }),
    windowFeature(first, 'country', window, { gives: 'string' }),
    windowFeature(mean, 'pair', window, { length: 2, gives: 'vector' }),
    windowFeature(sum, 'pair', window, { length: 2, gives: 'vector' }),
    windowFeature(count, 'country', window),
  ])
}

/** Aggregates that are sketches in hops, over each of the windows. */
export function sketchFeatures(windows: (typeof WINDOWS)[string]): FeaturePlan[] {
  return windows.flatMap((window) => [
    windowFeature(count, undefined, window),
    windowFeature(distinct(9), 'country', window),
    windowFeature(distinct(6), 'pair', window, { takes: 'vector' }),
    windowFeature(quantile(0.5, 0.02), 'amount', window),
    windowFeature(quantile(0.9, 0.02), 'amount', window),
    windowFeature(topK(2), 'country', window, { gives: 'json' }),
    windowFeature(topK(3), 'amount', window, { gives: 'vector' }),
  ])
}

/** What is no window. */
export const OTHERS: readonly FeaturePlan[] = [
  { kind: 'last', name: 'country', of: path('country'), gives: 'string', keepMs: 700 },
  { kind: 'last', name: 'amount', of: path('amount'), gives: 'number', keepMs: undefined },
  { kind: 'last', name: 'ok', of: path('ok'), gives: 'boolean', keepMs: 2_000 },
  { kind: 'since', name: 'since', otherwise: undefined },
]

/** How the times of a stream run. */
export interface Course {
  readonly slackMs: number
  /** Milliseconds from one step to the next, at most. */
  readonly stepMs: number
  readonly keys: number
}

/** Steps in their merged order, values missing now and then. */
export function stepsOf(course: Course): fc.Arbitrary<Step[]> {
  const one = fc.record({
    kind: fc.constantFrom<Step['kind']>('update', 'update', 'own', 'read'),
    key: fc
      .nat(course.keys - 1)
      .map((k) => (k === 0 ? 'a key that is longer than sixteen bytes' : `k${k}`)),
    ahead: fc.nat(course.stepMs),
    behind: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(course.slackMs)),
    values: fc.tuple(
      fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: undefined, freq: 6 }),
      fc.option(fc.boolean(), { nil: undefined, freq: 6 }),
      fc.option(
        fc.string({ maxLength: 40 }).map((s) => s.toWellFormed()),
        { nil: undefined, freq: 6 },
      ),
      fc.option(
        fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer()).map((pair) => pair.join()),
        { nil: undefined, freq: 6 },
      ),
    ),
  })
  return fc.array(one, { minLength: 1, maxLength: 400, size: 'max' }).map((steps) => {
    let mergeTime = 1_000_000
    return steps.map(({ kind, key, ahead, behind, values }) => {
      mergeTime += ahead
      return { kind, key, time: mergeTime - behind, mergeTime, values }
    })
  })
}

export const COURSES: Readonly<Record<string, Course>> = {
  'in order': { slackMs: 0, stepMs: 30, keys: 3 },
  'late within the slack': { slackMs: 200, stepMs: 20, keys: 2 },
  'at equal times': { slackMs: 3, stepMs: 1, keys: 2 },
  'of one busy key': { slackMs: 50, stepMs: 9, keys: 1 },
  'far behind of one key': { slackMs: 500, stepMs: 12, keys: 1 },
}
