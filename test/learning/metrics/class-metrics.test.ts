// The metrics of classes and probabilities against scikit-learn, and where a figure is not defined.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { confusion, type ConfusionReport } from '../../../src/learning/metrics/confusion.ts'
import { cumulative } from '../../../src/learning/metrics/cumulative.ts'
import { probability } from '../../../src/learning/metrics/probability.ts'
import { ranking, type RankingReport } from '../../../src/learning/metrics/ranking.ts'

function said(
  classes: number,
  labels: readonly number[],
  named: readonly number[],
): ConfusionReport {
  const metric = cumulative(confusion({ classes }))
  labels.forEach((label, i) => {
    const row = new Float64Array(classes)
    if (named[i] >= 0) row[named[i]] = 1
    metric.add(row, 0, label)
  })
  return metric.value()
}

function ranked(
  pairs: readonly (readonly [score: number, label: number])[],
  bins?: number,
): RankingReport {
  const metric = cumulative(ranking(bins === undefined ? {} : { bins }))
  for (const [score, label] of pairs) metric.add(Float64Array.of(1 - score, score), 0, label)
  return metric.value()
}

/** By every cut between unequal scores. */
function exact(pairs: readonly (readonly [score: number, label: number])[]): {
  auc: number
  ap: number
} {
  const positives = pairs.filter(([, label]) => label === 1)
  const negatives = pairs.filter(([, label]) => label === 0)
  let won = 0
  for (const [p] of positives) for (const [n] of negatives) won += p > n ? 1 : p === n ? 0.5 : 0
  let ap = 0
  for (const [score] of positives) {
    const above = pairs.filter(([other]) => other >= score)
    ap += above.filter(([, label]) => label === 1).length / above.length
  }
  return { auc: won / positives.length / negatives.length, ap: ap / positives.length }
}

describe('the confusion of classes', () => {
  it('gives the figures of scikit-learn 1.9', () => {
    const of = said(3, [0, 1, 2, 2, 1, 0, 2, 1, 0, 2, 2, 0], [0, 2, 2, 2, 1, 0, 1, 1, 0, 2, 0, 0])
    expect(of.accuracy).toBe(0.75)
    expect(of.kappa).toBeCloseTo(0.6210526315789473, 14)
    expect(of.f1Macro).toBeCloseTo(0.7407407407407406, 14)
    expect(of.f1Micro).toBe(0.75)
    expect(of.mcc).toBeCloseTo(0.6276595744680851, 14)
    expect(of.balancedAccuracy).toBeCloseTo(0.7555555555555555, 14)
    expect(of.gMean).toBeCloseTo((1 * (2 / 3) * 0.6) ** (1 / 3), 14)
    expect(of.classes.map(({ f1 }) => f1)).toEqual([8 / 9, 2 / 3, 2 / 3])
    // Two labels of twelve are those before; the first row has none before it.
    expect(of.kappaT).toBeCloseTo((0.75 - 2 / 12) / (1 - 2 / 12), 14)
  })

  it('counts what was not answered as wrong, and takes the first of equal classes', () => {
    const of = said(2, [0, 1, 1], [0, 1, -1])
    expect([of.count, of.unanswered, of.accuracy]).toEqual([3, 1, 2 / 3])
    expect(of.f1Micro).toBe(4 / 5)
    expect(of.classes[1]).toEqual({ count: 2, precision: 1, recall: 0.5, f1: 2 / 3 })
    const even = cumulative(confusion())
    even.add(Float64Array.of(0.5, 0.5), 0, 0)
    expect(even.value().accuracy).toBe(1)
  })

  it('leaves out of the means what was never there, and says nothing where chance is always right', () => {
    const of = said(3, [1, 1, 1], [1, 1, 1])
    expect([of.accuracy, of.balancedAccuracy, of.f1Macro, of.gMean]).toEqual([1, 1, 1, 1])
    expect([of.kappa, of.mcc]).toEqual([undefined, undefined])
    expect(of.classes[0]).toEqual({
      count: 0,
      precision: undefined,
      recall: undefined,
      f1: undefined,
    })
    expect(said(2, [0, 1], [1, 0])).toMatchObject({ gMean: 0, kappa: -1, mcc: -1 })
    expect(said(2, [], [])).toMatchObject({
      count: 0,
      accuracy: undefined,
      gMean: undefined,
      mcc: undefined,
    })
  })
})

describe('probabilities', () => {
  it('have the log loss and Brier score of scikit-learn 1.9', () => {
    const scores = [0.1, 0.4, 0.35, 0.8, 0.8, 0.9, 0.05, 0.4, 0.2, 0.3]
    const labels = [0, 0, 1, 1, 0, 1, 0, 1, 0, 0]
    const two = cumulative(probability())
    scores.forEach((p, i) => two.add(Float64Array.of(1 - p, p), 0, labels[i]))
    expect(two.value().logLoss).toBeCloseTo(0.515135276484328, 14)
    expect(two.value().brier).toBeCloseTo(0.1775, 14)
    const three = cumulative(probability({ classes: 3 }))
    const rows = [
      [0.7, 0.2, 0.1],
      [0.1, 0.6, 0.3],
      [0.2, 0.3, 0.5],
      [0.3, 0.4, 0.3],
    ]
    rows.forEach((row, i) => three.add(Float64Array.from(row), 0, [0, 1, 2, 0][i]))
    expect(three.value().logLoss).toBeCloseTo(0.6911551381476511, 14)
    expect(three.value().brier).toBeCloseTo(0.38, 14)
  })

  it('are calibrated where they come true as often as they say, of the greatest one with more classes', () => {
    const three = cumulative(probability({ classes: 3 }))
    for (let i = 0; i < 10; i++) three.add(Float64Array.of(0.7, 0.2, 0.1), 0, i < 7 ? 0 : 1)
    expect(three.value().calibrationError).toBeCloseTo(0, 12)
    for (let i = 0; i < 10; i++) three.add(Float64Array.of(0.7, 0.2, 0.1), 0, 2)
    expect(three.value().calibrationError).toBeCloseTo(0.35, 12)
  })
})

describe('the ranking of scores', () => {
  it('has the area and the average precision of scikit-learn 1.9', () => {
    const scores = [0.1, 0.4, 0.35, 0.8, 0.8, 0.9, 0.05, 0.4, 0.2, 0.3]
    const labels = [0, 0, 1, 1, 0, 1, 0, 1, 0, 0]
    const of = ranked(scores.map((score, i) => [score, labels[i]] as const))
    expect(of.auc).toBeCloseTo(0.8333333333333334, 14)
    expect(of.averagePrecision).toBeCloseTo(0.7333333333333333, 14)
    expect([of.count, of.positives]).toEqual([10, 4])
  })

  it('is within its stated error of every pair and every cut, with bins of any size', () => {
    const score = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 1e-9, 1e-4, 0.5, 0.25, 1 - 2 ** -53, 1),
    )
    const pairs = fc.array(fc.tuple(score, fc.constantFrom(0, 1)), { minLength: 2, maxLength: 60 })
    fc.assert(
      fc.property(pairs, fc.constantFrom(2, 7, 128), (of, bins) => {
        const { auc, aucError, averagePrecision, averagePrecisionError } = ranked(of, bins)
        const wanted = exact(of)
        const both = of.some(([, label]) => label === 1) && of.some(([, label]) => label === 0)
        expect(auc === undefined).toBe(!both)
        if (both)
          expect(Math.abs((auc ?? 0) - wanted.auc)).toBeLessThanOrEqual((aucError ?? 0) + 1e-12)
        if (averagePrecision === undefined) return
        expect(Math.abs(averagePrecision - wanted.ap)).toBeLessThanOrEqual(
          (averagePrecisionError ?? 0) + 1e-12,
        )
      }),
    )
  })

  it('tells scores of rare classes apart, all of which lie near 0', () => {
    const pairs = Array.from(
      { length: 400 },
      (_, i) => [0.0001 * 1.02 ** i, i % 3 === 0 ? 1 : 0] as const,
    ).filter(([p]) => p < 1)
    expect(ranked(pairs).aucError).toBe(0)
    expect(ranked(pairs).averagePrecisionError).toBeLessThan(1e-12)
  })
})
