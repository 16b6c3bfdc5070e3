// The aggregates that may keep a sketch: exact from the events themselves, within their bound from their state.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hash53 } from '../../src/base/hash53.ts'
import { Prng } from '../../src/base/prng.ts'
import type { Monoid } from '../../src/contracts/aggregate.ts'
import { distinct } from '../../src/features/distinct.ts'
import { quantile } from '../../src/features/quantile.ts'
import { topK } from '../../src/features/top-k.ts'
import { plain } from './plain.ts'

const EDGES = { from: 0, to: 1 }

function fold(aggregate: Monoid, values: readonly number[]): Float64Array {
  const state = new Float64Array(aggregate.width)
  aggregate.empty(state, 0)
  for (const value of values) aggregate.add(state, 0, value, 0)
  return state
}

function merged(aggregate: Monoid, ...parts: readonly (readonly number[])[]): Float64Array {
  const into = fold(aggregate, [])
  for (const part of parts) aggregate.merge(into, 0, fold(aggregate, part), 0)
  return into
}

function hashes(count: number, salt: string): number[] {
  return Array.from({ length: count }, (_, i) => hash53(Buffer.from(`${salt}-${i}`)))
}

function events(values: readonly number[]): { time: number; value: number }[] {
  return values.map((value) => ({ time: 0, value }))
}

describe('distinct', () => {
  const few = fc.array(fc.nat(200), { maxLength: 300 })

  it('counts exactly what it is given', () => {
    fc.assert(
      fc.property(few, (values) => {
        const counted = distinct(9).exact?.(Float64Array.from(values), values.length)
        expect(counted).toBe(new Set(values).size)
      }),
    )
  })

  it('counts exactly from its state until it has as many hashes as words, however parts are merged', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(63), { maxLength: 200 }), fc.nat(100), (values, cut) => {
        const state = merged(distinct(9), values.slice(0, cut), values.slice(cut))
        expect(distinct(9).value(state, 0, 0, 1)).toBe(new Set(values).size)
      }),
    )
  })

  it('comes to the same registers in any order and grouping', () => {
    const values = hashes(2_000, 'v')
    const whole = fold(distinct(9), values)
    expect(fold(distinct(9), values.toReversed())).toEqual(whole)
    expect(
      merged(distinct(9), values.slice(0, 30), values.slice(20, 900), values.slice(800)),
    ).toEqual(whole)
    expect(merged(distinct(9), values.slice(30), values.slice(0, 30))).toEqual(whole)
  })

  it.each([6, 9, 12, 14])(
    'with %i bits has the error it states, and no bias, from ten to a million',
    (bits) => {
      const stated = 1.04 / Math.sqrt(2 ** bits)
      for (const count of [10, 100, 1_000, 10_000, 100_000]) {
        const runs = count > 10_000 ? 6 : 30
        const errors = Array.from({ length: runs }, (_, run) => {
          const state = fold(distinct(bits), hashes(count, `${run}`))
          return distinct(bits).value(state, 0, 0, 1) / count - 1
        })
        const bias = errors.reduce((sum, error) => sum + error, 0) / runs
        const spread = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / runs)
        expect(Math.abs(bias), `bias at ${count}`).toBeLessThan((4 * stated) / Math.sqrt(runs))
        expect(spread, `error at ${count}`).toBeLessThan(1.8 * stated)
      }
    },
  )
})

describe('quantile', () => {
  const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  })
  const share = fc.constantFrom(0, 0.01, 0.5, 0.75, 0.99, 1)

  it('is the value of that rank among what it is given', () => {
    fc.assert(
      fc.property(numbers, share, (values, q) => {
        const exact = quantile(q, 0.02).exact?.(Float64Array.from(values), values.length)
        expect(exact).toBe(plain({ name: 'quantile', variant: `${q}` }, events(values), EDGES))
      }),
    )
  })

  it('is within its error from the state, for numbers of both signs and zero', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant(0),
            fc.double({ min: 1, max: 1e3, noNaN: true }),
            fc.double({ min: -1e3, max: -1, noNaN: true }),
          ),
          {
            minLength: 1,
            maxLength: 60,
          },
        ),
        share,
        (values, q) => {
          const found = quantile(q, 0.02).value(fold(quantile(q, 0.02), values), 0, 0, 1)
          const exact = Number(plain({ name: 'quantile', variant: `${q}` }, events(values), EDGES))
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.02 * Math.abs(exact) * (1 + 1e-9))
        },
      ),
    )
  })

  it('comes to the same bits in any order and grouping, also when buckets are joined', () => {
    const prng = new Prng(3)
    const values = Array.from({ length: 3_000 }, () => Math.exp(prng.next() * 40 - 20))
    const whole = fold(quantile(0.5, 0.02), values)
    expect(fold(quantile(0.5, 0.02), values.toReversed())).toEqual(whole)
    expect(
      fold(
        quantile(0.5, 0.02),
        values.toSorted((a, b) => a - b),
      ),
    ).toEqual(whole)
    expect(merged(quantile(0.5, 0.02), values.slice(0, 700), values.slice(700))).toEqual(whole)
    expect(merged(quantile(0.5, 0.02), values.slice(700), values.slice(0, 700))).toEqual(whole)
    const upper = quantile(0.9, 0.02).value(whole, 0, 0, 1)
    const exact = Number(plain({ name: 'quantile', variant: '0.9' }, events(values), EDGES))
    expect(Math.abs(upper / exact - 1)).toBeLessThan(0.02)
  })

  it('takes the least and the greatest numbers there are', () => {
    for (const value of [Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE]) {
      const found = quantile(0.5, 0.005).value(fold(quantile(0.5, 0.005), [value]), 0, 0, 1)
      expect(Number.isFinite(found)).toBe(true)
      expect(Math.sign(found)).toBe(Math.sign(value))
    }
  })
})

describe('topK', () => {
  const values = fc.array(fc.nat(30), { maxLength: 200 })
  const list = (state: Float64Array, k: number): number[] => {
    const into = new Float64Array(k)
    return [...into.subarray(0, topK(k).list(state, 0, into))]
  }

  it('is exact from what it is given, and from its state while there are counters enough', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 5 }), fc.nat(200), (all, k, cut) => {
        const expected = plain({ name: 'topK', variant: `${k}` }, events(all), EDGES)
        const into = new Float64Array(k)
        const length = topK(k).exactList(Float64Array.from(all), all.length, into)
        expect([...into.subarray(0, length)]).toEqual(expected)
        expect(list(fold(topK(k), all), k)).toEqual(expected)
        expect(list(merged(topK(k), all.slice(0, cut), all.slice(cut)), k)).toEqual(expected)
      }),
    )
  })

  it('keeps every value that comes more often than 1/33 of the time, with a count that is too small by no more than that', () => {
    const prng = new Prng(5)
    const all = Array.from({ length: 20_000 }, () =>
      prng.chance(0.5) ? prng.below(5) : prng.below(5_000),
    )
    const parts = [0, 1, 2, 3].map((part) => all.slice(part * 5_000, (part + 1) * 5_000))
    const state = merged(topK(3), ...parts)
    for (let value = 0; value < 5; value++) {
      const exact = all.filter((each) => each === value).length
      const place = [...state.keys()].find((i) => i % 2 === 1 && state[i] === value) ?? -2
      expect(state[place + 1]).toBeLessThanOrEqual(exact)
      expect(state[place + 1]).toBeGreaterThanOrEqual(exact - all.length / 33)
    }
  })

  it('tells which values its state refers to', () => {
    const into = new Float64Array(topK(1).width)
    const state = fold(topK(1), [4, 2, 4, 9])
    expect([...into.subarray(0, topK(1).references?.(state, 0, into))]).toEqual([4, 2, 9])
  })
})
