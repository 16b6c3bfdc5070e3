import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Aggregate } from '../../src/contracts/aggregate.ts'
import { count } from '../../src/features/count.ts'
import { DIRECT_READS } from '../../src/features/direct-reads.ts'
import { ewma } from '../../src/features/ewma.ts'
import { first } from '../../src/features/first.ts'
import { max } from '../../src/features/max.ts'
import { mean } from '../../src/features/mean.ts'
import { min } from '../../src/features/min.ts'
import { rate } from '../../src/features/rate.ts'
import { rms } from '../../src/features/rms.ts'
import { share } from '../../src/features/share.ts'
import { slope } from '../../src/features/slope.ts'
import { std } from '../../src/features/std.ts'
import { sum } from '../../src/features/sum.ts'
import { variance } from '../../src/features/variance.ts'
import { plain } from './plain.ts'

const AGGREGATES: readonly Aggregate[] = [
  count,
  rate(1_000),
  sum,
  mean,
  min,
  max,
  std,
  variance,
  rms,
  ewma(7),
  slope(60_000),
  share,
  first,
]
const number = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value + 0)
const numbers = fc.array(number, { maxLength: 40 })
/** When the first event is: as times are. */
const BEGIN = 1_790_000_000_000
const EDGES = { from: BEGIN - 1, to: BEGIN + 1_000 }

function fold(aggregate: Aggregate, values: readonly number[], begin = BEGIN): Float64Array {
  const state = new Float64Array(aggregate.width)
  aggregate.empty(state, 0)
  values.forEach((value, i) => aggregate.add(state, 0, value, begin + i))
  return state
}

function merge(aggregate: Aggregate, ...states: readonly Float64Array[]): Float64Array {
  const into = states[0].slice()
  for (const state of states.slice(1)) aggregate.merge(into, 0, state, 0)
  return into
}

function valueOf(aggregate: Aggregate, state: Float64Array): number {
  return aggregate.value(state, 0, EDGES.from, EDGES.to)
}

/** How large rounding may be: values of variance and slope are not of the size of what they are of. */
function scaleOf({ name, variant }: Aggregate, values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  if (name === 'variance') return largest * largest
  return name === 'slope' ? largest * Number(variant) : largest * Math.max(1, values.length)
}

function near(found: number, expected: number | undefined, scale: number): boolean {
  if (expected === undefined || Number.isNaN(expected)) return Number.isNaN(found)
  return Math.abs(found - expected) <= 1e-9 * Math.max(1, scale)
}

describe.each(
  AGGREGATES.map(
    (aggregate) => [`${aggregate.name} ${aggregate.variant ?? ''}`, aggregate] as const,
  ),
)('%s', (_, aggregate) => {
  it('is what plain arithmetic gives, and none or 0 of nothing', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const events = values.map((value, i) => ({ time: BEGIN + i, value }))
        const expected = plain(aggregate, events, EDGES)
        const found = valueOf(aggregate, fold(aggregate, values))
        expect(typeof expected).not.toBe('object')
        expect(
          near(
            found,
            expected === undefined ? undefined : Number(expected),
            scaleOf(aggregate, values),
          ),
          `${found} against ${String(expected)}`,
        ).toBe(true)
      }),
    )
  })

  it('has a neutral empty state: merging it changes no bit', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const state = fold(aggregate, values)
        expect(merge(aggregate, state, fold(aggregate, []))).toEqual(state)
        expect(merge(aggregate, fold(aggregate, []), state)).toEqual(state)
      }),
    )
  })

  it('merges parts in order to what the whole gives, however they are grouped', () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (a, b, c) => {
        const x = fold(aggregate, a)
        const y = fold(aggregate, b, BEGIN + a.length)
        const z = fold(aggregate, c, BEGIN + a.length + b.length)
        const left = valueOf(aggregate, merge(aggregate, merge(aggregate, x, y), z))
        const right = valueOf(aggregate, merge(aggregate, x, merge(aggregate, y, z)))
        const whole = [...a, ...b, ...c]
        const expected = valueOf(aggregate, fold(aggregate, whole))
        expect(near(left, expected, scaleOf(aggregate, whole))).toBe(true)
        expect(near(right, expected, scaleOf(aggregate, whole))).toBe(true)
      }),
    )
  })

  it('adds many values with the bits of adding each', () => {
    fc.assert(
      fc.property(numbers, numbers, (before, values) => {
        const state = fold(aggregate, before)
        const more = Float64Array.from([...values, 1e300])
        if (aggregate.addAll === undefined) {
          for (let i = 0; i < values.length; i++)
            aggregate.add(state, 0, more[i], BEGIN + before.length + i)
        } else {
          aggregate.addAll(state, 0, more, values.length)
        }
        expect(state).toEqual(fold(aggregate, [...before, ...values]))
      }),
    )
  })

  it('touches only its own place', () => {
    const state = new Float64Array(aggregate.width + 2).fill(77)
    aggregate.empty(state, 1)
    aggregate.add(state, 1, 5, 0)
    aggregate.merge(state, 1, fold(aggregate, [6]), 0)
    expect([state[0], state[aggregate.width + 1]]).toEqual([77, 77])
  })
})

describe('slope', () => {
  it('keeps its digits at times of today: a line of 3 a minute gives 3', () => {
    const values = [0, 1, 2, 3, 4].map((minutes) => 100 + 3 * minutes)
    const state = new Float64Array(slope(60_000).width)
    slope(60_000).empty(state, 0)
    values.forEach((value, i) => slope(60_000).add(state, 0, value, BEGIN + 60_000 * i))
    expect(valueOf(slope(60_000), state)).toBeCloseTo(3, 12)
  })
})

describe('ewma', () => {
  it('weighs an event half for each half-life it is older: 0 now and 9 a half-life ago give 3', () => {
    const state = new Float64Array(3)
    ewma(1_000).empty(state, 0)
    ewma(1_000).add(state, 0, 9, BEGIN)
    ewma(1_000).add(state, 0, 0, BEGIN + 1_000)
    expect(valueOf(ewma(1_000), state)).toBe(3)
  })
})

describe('std', () => {
  it('is that of the sample: 2, 4, 4, 4, 5, 5, 7, 9 give the root of 32 / 7', () => {
    expect(std.value(fold(std, [2, 4, 4, 4, 5, 5, 7, 9]), 0, 0, 1)).toBeCloseTo(
      Math.sqrt(32 / 7),
      14,
    )
  })

  it('keeps its digits where the mean is large against the spread', () => {
    const parts = [
      [1e9 + 4, 1e9 + 7],
      [1e9 + 13, 1e9 + 16],
    ].map((values) => fold(std, values))
    expect(std.value(merge(std, ...parts), 0, 0, 1)).toBeCloseTo(Math.sqrt(30), 12)
  })
})

describe('an aggregate whose value is read from its state without a call', () => {
  it.each(AGGREGATES.filter((aggregate) => DIRECT_READS.has(aggregate)))(
    '$name has the value that its function gives, bit for bit',
    (aggregate) => {
      const { of, by } = DIRECT_READS.get(aggregate) ?? { of: NaN, by: undefined }
      fc.assert(
        fc.property(numbers, (values) => {
          const state = fold(aggregate, values)
          const divisor = by === undefined ? 1 : state[by]
          const read = divisor === 0 ? NaN : by === undefined ? state[of] : state[of] / divisor
          expect(read).toBe(valueOf(aggregate, state))
        }),
      )
    },
  )
})
