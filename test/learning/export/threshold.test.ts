import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import type { GraphSource } from '../../../src/contracts/graph-writer.ts'
import { givenThreshold } from '../../../src/learning/export/threshold.ts'

const scaling = (offset: number, divisor: number): GraphSource => ({
  column: 0,
  at: (given) => (given - offset) / divisor,
  missing: Number.NaN,
})

/** The next double above. */
function above(value: number): number {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value === 0 ? 0 : value)
  bits.setBigInt64(0, bits.getBigInt64(0) + (value >= 0 ? 1n : -1n))
  return bits.getFloat64(0)
}

describe('a threshold of a scaled column, said of the given one', () => {
  it('parts the doubles where the scaled one does, to the last bit', () => {
    const random = new Prng(3)
    for (let i = 0; i < 300; i++) {
      const size = 10 ** (random.below(12) - 6)
      const source = scaling((random.next() - 0.5) * size, random.next() * size + 1e-9)
      const threshold = random.next() * 6 - 3
      const found = givenThreshold(source, threshold)
      expect(source.at(found)).toBeLessThanOrEqual(threshold)
      expect(source.at(above(found))).toBeGreaterThan(threshold)
      const below = givenThreshold(source, threshold, true)
      expect(source.at(below)).toBeLessThan(threshold)
      expect(source.at(above(below))).toBeGreaterThanOrEqual(threshold)
    }
  })

  it('is the threshold itself where nothing is scaled, 0 and the ends of the doubles too', () => {
    const same: GraphSource = { column: 0, at: (value) => value, missing: Number.NaN }
    for (const each of [0, 1.5, -1.5, 5e-324, -5e-324, 1e308, Number.MAX_VALUE]) {
      expect(givenThreshold(same, each) + 0).toBe(each)
    }
    expect(givenThreshold(same, 0, true)).toBe(-5e-324)
    expect(givenThreshold(same, 1, true)).toBe(1 - 2 ** -53)
  })

  it('is an end of the doubles where all values are on one side', () => {
    const constant = scaling(7, Infinity)
    expect(givenThreshold(constant, 0.5)).toBe(Number.MAX_VALUE)
    expect(givenThreshold(constant, -0.5)).toBe(-Number.MAX_VALUE)
    expect(givenThreshold(constant, 0, true)).toBe(-Number.MAX_VALUE)
  })
})
