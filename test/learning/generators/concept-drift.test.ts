// When one concept gives way to another.
import { describe, expect, it } from 'vitest'
import { conceptDrift, recurring } from '../../../src/learning/generators/concept-drift.ts'
import type { Generator } from '../../../src/learning/generators/generator.ts'

/** A stream that says its number. */
function says(label: number): Generator {
  return {
    kind: 'constant',
    task: 'classes',
    classes: 3,
    features: [{ name: 'x' }],
    next: () => label,
  }
}

function labels(generator: Generator, rows: number): number[] {
  const x = new Float64Array(1)
  return Array.from({ length: rows }, () => generator.next(x))
}

const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('a drift', () => {
  it('is at its row when it is abrupt', () => {
    expect(labels(conceptDrift({ from: says(0), to: says(1), at: 3 }), 6)).toEqual([
      0, 0, 0, 1, 1, 1,
    ])
    expect(labels(conceptDrift({ from: says(0), to: says(1), at: 0 }), 2)).toEqual([1, 1])
  })

  it('goes from the old concept to the new by the sigmoid when it is gradual', () => {
    const found = labels(
      conceptDrift({ from: says(0), to: says(1), at: 20_000, over: 10_000 }),
      40_000,
    )
    expect(mean(found.slice(0, 8000))).toBeLessThan(0.02)
    expect(mean(found.slice(32_000))).toBeGreaterThan(0.98)
    expect(mean(found.slice(19_000, 21_000))).toBeCloseTo(0.5, 1)
    // Half of `over` later: 1 / (1 + exp(-2)).
    expect(mean(found.slice(24_000, 26_000))).toBeCloseTo(0.88, 1)
  })

  it('can be put into another', () => {
    const first = conceptDrift({ from: says(0), to: says(1), at: 2 })
    // The inner stream is asked for its own rows alone.
    expect(labels(conceptDrift({ from: first, to: says(2), at: 4 }), 6)).toEqual([0, 0, 1, 1, 2, 2])
  })
})

describe('recurring concepts', () => {
  it('take turns and come again', () => {
    const found = labels(recurring([says(0), says(1), says(2)], { every: 2 }), 14)
    expect(found).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 0, 0])
  })

  it('change little by little where that is asked', () => {
    const found = labels(recurring([says(0), says(1)], { every: 5000, over: 1000 }), 20_000)
    expect(mean(found.slice(0, 3500))).toBeLessThan(0.01)
    expect(mean(found.slice(4500, 5500))).toBeCloseTo(0.5, 1)
    expect(mean(found.slice(6500, 8500))).toBeGreaterThan(0.99)
    expect(mean(found.slice(11_500, 13_500))).toBeLessThan(0.01)
  })
})
