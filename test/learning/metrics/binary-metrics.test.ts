// Metrics of probabilities against golden values, naive definitions, and the task's real memory.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import { BinaryMetrics, type BinaryReport } from '../../../src/learning/metrics/binary-metrics.ts'

/** Few bins where the bins are not what is tested: clearing the memory takes most of the time. */
const BINS = 64

type Pair = readonly [score: number, label: number]

function metrics(
  pairs: readonly Pair[] = [],
  bins = BINS,
): { memory: StateMemory; metrics: BinaryMetrics } {
  const memory = new StateMemory()
  const made = new BinaryMetrics(memory.region('metrics', BinaryMetrics.doubles(bins) * 8), 0, bins)
  for (const [score, label] of pairs) made.add(score, label)
  return { memory, metrics: made }
}

function report(pairs: readonly Pair[], bins = BINS): BinaryReport {
  return metrics(pairs, bins).metrics.value()
}

/** The report without what follows the order of labels. */
function unordered(of: BinaryReport): object {
  return { ...of, runningBaseRateLogLoss: undefined }
}

const pair = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 1 }))
const pairs = fc.array(pair, { maxLength: 60 })

/**
 * Mann-Whitney by its definition: all pairs of a positive and a negative, a tie counts one half.
 */
function naiveAuc(of: readonly Pair[]): number {
  const positives = of.filter(([, label]) => label === 1)
  const negatives = of.filter(([, label]) => label === 0)
  let won = 0
  for (const [p] of positives) for (const [n] of negatives) won += p > n ? 1 : p === n ? 0.5 : 0
  return won / (positives.length * negatives.length)
}

describe('binary metrics', () => {
  it('equal those of scikit-learn 1.9 on its own kind of example', () => {
    const scores = [0.1, 0.4, 0.35, 0.8, 0.8, 0.05, 0.93, 0.5, 0.5, 0.62, 0, 1]
    const labels = [0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1]
    const of = report(
      scores.map((score, i) => [score, labels[i]]),
      16_384,
    )
    expect(of.logLoss).toBeCloseTo(0.45723198974634016, 14)
    expect(of.brier).toBeCloseTo(0.16035833333333335, 14)
    expect(of.auc).toBeCloseTo(0.8333333333333334, 14)
    expect(of).toMatchObject({ count: 12, positives: 6, outside: 0 })
    expect(of.baseRateLogLoss).toBeCloseTo(Math.LN2, 15)
  })

  it('have log loss and Brier score of their definitions', () => {
    fc.assert(
      fc.property(pairs, (of) => {
        const { logLoss, brier } = report(of)
        fc.pre(of.length > 0)
        const losses = of.map(([score, label]) => {
          const given = Math.min(1 - 2 ** -52, Math.max(2 ** -52, score))
          return -Math.log(label === 1 ? given : 1 - given)
        })
        const squares = of.map(([score, label]) => (score - label) ** 2)
        expect(logLoss).toBeCloseTo(losses.reduce((a, b) => a + b) / of.length, 9)
        expect(brier).toBeCloseTo(squares.reduce((a, b) => a + b) / of.length, 12)
      }),
    )
  })

  it('have an area under the curve within the error they state, exact for binned scores', () => {
    fc.assert(
      fc.property(pairs, (of) => {
        const { auc, aucError } = report(of)
        const exact = naiveAuc(of)
        if (auc === undefined || aucError === undefined) {
          expect(exact).toBeNaN()
          return
        }
        expect(Math.abs(auc - exact)).toBeLessThanOrEqual(aucError + 1e-12)
        const binned = of.map(([score, label]): Pair => [
          Math.min(BINS - 1, Math.floor(score * BINS)),
          label,
        ])
        expect(auc).toBeCloseTo(naiveAuc(binned), 12)
      }),
    )
  })

  it('are the same bits in any order and merged from any parts', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), fc.func(fc.integer()), (of, cut, keys) => {
        const shuffled = of.map((each, i) => ({ each, key: keys(i) })).sort((a, b) => a.key - b.key)
        const at = cut % (of.length + 1)
        const first = metrics(of.slice(0, at)).metrics
        first.merge(metrics(of.slice(at)).metrics)
        expect(unordered(report(shuffled.map(({ each }) => each)))).toEqual(unordered(report(of)))
        expect(unordered(first.value())).toEqual(unordered(report(of)))
      }),
    )
  })

  it('forget a pair that is taken back, so that a revised label replaces the earlier one', () => {
    fc.assert(
      fc.property(pairs, fc.array(pair, { minLength: 1, maxLength: 10 }), (of, revised) => {
        const { metrics: changed } = metrics([...revised, ...of])
        for (const [score, label] of revised) changed.remove(score, label)
        for (const [score, label] of revised) changed.add(score, 1 - label)
        const expected = report([
          ...of,
          ...revised.map(([score, label]): Pair => [score, 1 - label]),
        ])
        expect(unordered(changed.value())).toEqual(unordered(expected))
      }),
    )
  })

  it('compare with the base rate, known afterwards and as it was known before each label', () => {
    const of: Pair[] = [
      [0.5, 1],
      [0.5, 0],
      [0.5, 0],
      [0.5, 0],
    ]
    const { baseRateLogLoss, runningBaseRateLogLoss } = report(of)
    expect(baseRateLogLoss).toBeCloseTo(-(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), 15)
    // Krichevsky-Trofimov says 1/2, then 3/4, 1/2, 3/8 for a positive.
    const said = [1 / 2, 1 - 3 / 4, 1 - 1 / 2, 1 - 3 / 8]
    expect(runningBaseRateLogLoss).toBeCloseTo(
      -said.reduce((sum, p) => sum + Math.log(p), 0) / 4,
      15,
    )
  })

  it('show calibration by bins of a twentieth, and its expected error', () => {
    const { calibration, calibrationError } = report([
      [0.11, 0],
      [0.12, 1],
      [0.13, 0],
      [0.95, 1],
      [1, 1],
    ])
    expect(calibration.map(({ count }) => count)).toEqual([3, 2])
    expect(calibration[0]).toMatchObject({ from: 0.1, to: 0.15 })
    expect(calibration[0].meanScore).toBeCloseTo(0.12, 15)
    expect(calibration[0].rate).toBeCloseTo(1 / 3, 15)
    expect(calibration[1]).toMatchObject({ from: 0.95, to: 1, rate: 1 })
    expect(calibrationError).toBeCloseTo((3 * (1 / 3 - 0.12) + 2 * (1 - 0.975)) / 5, 14)
  })

  it('count scores that are no probability, and stay finite', () => {
    const of = report([
      [1.5, 0],
      [-0.5, 1],
      [0, 1],
      [1, 0],
    ])
    expect(of.outside).toBe(2)
    expect(of.logLoss).toBeCloseTo(52 * Math.LN2, 9)
  })

  it('say nothing before there is something to say', () => {
    expect(report([])).toMatchObject({
      count: 0,
      logLoss: undefined,
      auc: undefined,
      calibration: [],
    })
    expect(report([[0.3, 1]]).auc).toBeUndefined()
  })

  it('refuse what is no pair', () => {
    const { metrics: of } = metrics()
    expect(() => of.add(Number.NaN, 1)).toThrow(/a score that is judged is finite/)
    expect(() => of.add(0.5, 2)).toThrow(/label of binary metrics is 0 or 1/)
  })

  it('live in the memory of the task alone: deltas bring all of them to another one', () => {
    fc.assert(
      fc.property(pairs, pairs, (before, after) => {
        const { memory, metrics: of } = metrics(before)
        const copy = new StateMemory()
        copy.apply(memory.takeDelta())
        for (const [score, label] of after) of.add(score, label)
        for (const [score, label] of before) of.remove(score, label)
        copy.apply(memory.takeDelta())
        expect(copy.digest()).toBe(memory.digest())
        const restored = new BinaryMetrics(
          copy.region('metrics', BinaryMetrics.doubles(BINS) * 8),
          0,
          BINS,
        )
        expect(restored.value()).toEqual(of.value())
      }),
    )
  })
})
