// Metrics of numbers against golden values and naive definitions.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import { RegressionMetrics } from '../../../src/learning/metrics/regression-metrics.ts'

type Pair = readonly [predicted: number, label: number]

function metrics(pairs: readonly Pair[] = []): RegressionMetrics {
  const made = new RegressionMetrics(
    new StateMemory().region('metrics', RegressionMetrics.doubles * 8),
  )
  for (const [predicted, label] of pairs) made.add(predicted, label)
  return made
}

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const pairs = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 50 })

describe('regression metrics', () => {
  it('equal those of scikit-learn 1.9', () => {
    const of = metrics([
      [2.5, 3],
      [0, -0.5],
      [2.1, 2],
      [8, 7],
      [-3.25, -3],
    ]).value()
    expect(of.count).toBe(5)
    expect(of.mae).toBeCloseTo(0.47, 14)
    expect(of.rmse).toBeCloseTo(0.5608029957123981, 14)
    expect(of.bias).toBeCloseTo(0.17, 14)
    expect(of.baseRmse).toBeCloseTo(3.3704599092705436, 14)
    expect(of.r2).toBeCloseTo(0.9723151408450704, 14)
  })

  it('are those of their definitions', () => {
    fc.assert(
      fc.property(pairs, (of) => {
        const { mae, rmse, smape } = metrics(of).value()
        const errors = of.map(([predicted, label]) => predicted - label)
        const naiveMae = errors.reduce((sum, error) => sum + Math.abs(error), 0) / of.length
        const naiveRmse = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / of.length)
        const parts = of.map(([a, b]) =>
          a === b ? 0 : Math.abs(a - b) / (Math.abs(a) + Math.abs(b)),
        )
        expect(smape).toBeCloseTo((200 * parts.reduce((a, b) => a + b, 0)) / of.length, 9)
        expect(mae).toBeCloseTo(naiveMae, 6)
        expect(Math.abs((rmse ?? 0) - naiveRmse)).toBeLessThanOrEqual(1e-9 * Math.max(1, naiveRmse))
      }),
    )
  })

  it('are the same bits in reverse, merged, and after a revision', () => {
    fc.assert(
      fc.property(pairs, pairs, (some, more) => {
        const whole = metrics([...some, ...more])
        const reversed = metrics([...some, ...more].toReversed())
        const merged = metrics(some)
        merged.merge(metrics(more))
        expect(reversed.value()).toEqual(whole.value())
        expect(merged.value()).toEqual(whole.value())
        for (const [predicted, label] of more) whole.remove(predicted, label)
        expect(whole.value()).toEqual(metrics(some).value())
      }),
    )
  })

  it('keep small errors beside large ones', () => {
    const of = metrics([
      [1e7, 0],
      [1e-9, 0],
    ])
    of.remove(1e7, 0)
    const { mae, rmse } = of.value()
    expect((mae ?? 0) / 1e-9).toBeCloseTo(1, 12)
    expect((rmse ?? 0) / 1e-9).toBeCloseTo(1, 9)
  })

  it('say nothing of nothing, and refuse what is not finite', () => {
    expect(metrics().value()).toEqual({
      count: 0,
      mae: undefined,
      rmse: undefined,
      bias: undefined,
      baseRmse: undefined,
      r2: undefined,
      smape: undefined,
    })
    expect(() => metrics().add(Number.POSITIVE_INFINITY, 0)).toThrow(/finite/)
  })
})
