import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Aggregate } from '../../src/contracts/aggregate.ts'
import { count } from '../../src/features/count.ts'
import { max } from '../../src/features/max.ts'
import { mean } from '../../src/features/mean.ts'
import { min } from '../../src/features/min.ts'
import { std } from '../../src/features/std.ts'
import { sum } from '../../src/features/sum.ts'

const AGGREGATES: readonly Aggregate[] = [count, sum, mean, min, max, std]
const number = fc.double({ min: -1e9, max: 1e9, noNaN: true })
const numbers = fc.array(number, { maxLength: 40 })

function fold(aggregate: Aggregate, values: readonly number[]): Float64Array {
  const state = new Float64Array(aggregate.width)
  aggregate.empty(state, 0)
  values.forEach((value, i) => aggregate.add(state, 0, value, i))
  return state
}

function merge(aggregate: Aggregate, ...states: readonly Float64Array[]): Float64Array {
  const into = states[0].slice()
  for (const state of states.slice(1)) aggregate.merge(into, 0, state, 0)
  return into
}

function plain(name: string, values: readonly number[]): number {
  const total = values.reduce((a, b) => a + b, 0)
  const average = total / values.length
  if (name === 'count') return values.length
  if (name === 'sum') return total
  if (name === 'mean') return average
  if (name === 'std') {
    const squares = values.reduce((squared, value) => squared + (value - average) ** 2, 0)
    return values.length < 2 ? Number.NaN : Math.sqrt(squares / (values.length - 1))
  }
  if (values.length === 0) return Number.NaN
  return name === 'min' ? Math.min(...values) : Math.max(...values)
}

function near(found: number, expected: number, scale: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(found)
  return Math.abs(found - expected) <= 1e-9 * Math.max(1, scale)
}

describe.each(AGGREGATES.map((aggregate) => [aggregate.name, aggregate] as const))(
  '%s',
  (name, aggregate) => {
    const scale = (values: readonly number[]): number =>
      values.reduce((most, value) => most + Math.abs(value), 0)

    it('is what plain arithmetic gives, and none or 0 of nothing', () => {
      fc.assert(
        fc.property(numbers, (values) => {
          const found = aggregate.value(fold(aggregate, values), 0, 0)
          expect(near(found, plain(name, values), scale(values))).toBe(true)
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
          const [x, y, z] = [a, b, c].map((values) => fold(aggregate, values))
          const left = aggregate.value(merge(aggregate, merge(aggregate, x, y), z), 0, 0)
          const right = aggregate.value(merge(aggregate, x, merge(aggregate, y, z)), 0, 0)
          const whole = [...a, ...b, ...c]
          const expected = aggregate.value(fold(aggregate, whole), 0, 0)
          expect(near(left, expected, scale(whole))).toBe(true)
          expect(near(right, expected, scale(whole))).toBe(true)
        }),
      )
    })

    it('adds many values with the bits of adding each', () => {
      fc.assert(
        fc.property(numbers, numbers, (before, values) => {
          const state = fold(aggregate, before)
          const more = Float64Array.from([...values, 1e300])
          if (aggregate.addAll === undefined) {
            for (let i = 0; i < values.length; i++) aggregate.add(state, 0, more[i], i)
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
  },
)

describe('std', () => {
  it('is that of the sample: 2, 4, 4, 4, 5, 5, 7, 9 give the root of 32 / 7', () => {
    expect(std.value(fold(std, [2, 4, 4, 4, 5, 5, 7, 9]), 0, 0)).toBeCloseTo(Math.sqrt(32 / 7), 14)
  })

  it('keeps its digits where the mean is large against the spread', () => {
    const parts = [
      [1e9 + 4, 1e9 + 7],
      [1e9 + 13, 1e9 + 16],
    ].map((values) => fold(std, values))
    expect(std.value(merge(std, ...parts), 0, 0)).toBeCloseTo(Math.sqrt(30), 12)
  })
})
