// The statistics of batch drift against SciPy, and against brute force.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countBins,
  joinBins,
  joinCategories,
  quantileEdges,
  total,
} from '../../../../src/learning/drift/batch/cells.ts'
import {
  chiSquareTest,
  jensenShannonTest,
  stabilityTest,
} from '../../../../src/learning/drift/batch/divergences.ts'
import { adjustedPValues } from '../../../../src/learning/drift/batch/false-discovery.ts'
import { chiSquareTail, kolmogorovTail } from '../../../../src/learning/drift/batch/laws.ts'
import {
  kolmogorovDistance,
  wassersteinDistance,
  wassersteinTest,
} from '../../../../src/learning/drift/batch/samples.ts'

interface Golden {
  readonly samples: readonly {
    first: number[]
    second: number[]
    ks: number
    ksExact: number
    wasserstein: number
  }[]
  readonly tails: readonly { statistic: number; degrees: number; tail: number }[]
  readonly kolmogorov: readonly { distance: number; first: number; second: number; tail: number }[]
  readonly cells: readonly {
    reference: number[]
    window: number[]
    chiSquare: number
    chiSquareP: number
    cramer: number
    jensenShannon: number
    psi: number
  }[]
  readonly pValues: readonly number[]
  readonly adjusted: readonly number[]
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'scipy-golden.json'), 'utf8'),
) as Golden

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort()

function expectNear(found: number, wanted: number, within = 1e-12): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(within * Math.abs(wanted))
}

describe('statistics of two samples', () => {
  it.each(golden.samples)('are those of SciPy', ({ first, second, ks, ksExact, wasserstein }) => {
    const [a, b] = [sorted(first), sorted(second)]
    expectNear(kolmogorovDistance(a, b), ks)
    expectNear(kolmogorovTail(ks, a.length, b.length), ksExact, 1e-9)
    expectNear(wassersteinDistance(a, b), wasserstein)
  })

  it('have the tail of chi-square', () => {
    for (const { statistic, degrees, tail } of golden.tails)
      expectNear(chiSquareTail(statistic, degrees), tail, 1e-10)
    expect([chiSquareTail(0, 3), chiSquareTail(5, 0), chiSquareTail(Number.NaN, 2)]).toEqual([
      1, 1, 1,
    ])
  })

  it('have the limit of Kolmogorov where the samples are large', () => {
    for (const { distance, first, second, tail } of golden.kolmogorov) {
      expectNear(kolmogorovTail(distance, first, second), tail, 0.02)
    }
    expect([kolmogorovTail(0, 10, 10), kolmogorovTail(1e-9, 1e4, 1e4)]).toEqual([1, 1])
    // 2 / (6 choose 3): all of one below all of the other.
    expectNear(kolmogorovTail(1, 3, 3), 0.1)
  })

  it('of cells are those of SciPy', () => {
    for (const of of golden.cells) {
      const cells = {
        reference: Float64Array.from(of.reference),
        window: Float64Array.from(of.window),
      }
      const chi = chiSquareTest(cells)
      expectNear(chi.statistic, of.chiSquare)
      expectNear(chi.pValue, of.chiSquareP, 1e-10)
      expectNear(chi.effect, of.cramer)
      expectNear(stabilityTest(cells).effect, of.psi)
      expectNear(jensenShannonTest(cells).effect, of.jensenShannon, 1e-11)
    }
  })

  it('count an empty cell as half a row, so that none is infinite', () => {
    const cells = { reference: Float64Array.of(50, 50), window: Float64Array.of(40, 0) }
    const filled = { reference: cells.reference, window: Float64Array.of(40, 0.5) }
    expect(stabilityTest(cells).effect).toBeCloseTo(stabilityTest(filled).effect, 12)
    expect(jensenShannonTest(cells).pValue).toBeLessThan(1e-6)
  })

  it('by permutation give the share of all partings that are as far apart', () => {
    const [a, b] = [sorted([1, 2, 7.5]), sorted([3, 4, 8, 9])]
    const all = [...a, ...b]
    const found = wassersteinDistance(a, b)
    let [asFar, count] = [0, 0]
    for (let bits = 0; bits < 128; bits++) {
      const first = all.filter((_, i) => ((bits >> i) & 1) === 1)
      if (first.length !== 3) continue
      count++
      const second = all.filter((_, i) => ((bits >> i) & 1) === 0)
      if (wassersteinDistance(sorted(first), sorted(second)) >= found - 1e-12) asFar++
    }
    const { pValue, effect } = wassersteinTest(a, b, {
      deviation: 2,
      permutations: 20_000,
      seed: 3,
    })
    expect(Math.abs(pValue - asFar / count)).toBeLessThan(0.015)
    expectNear(effect, found / 2)
  })
})

describe('false discoveries', () => {
  it('are adjusted as by SciPy', () => {
    adjustedPValues(golden.pValues).forEach((value, i) => expectNear(value, golden.adjusted[i]))
    expect([adjustedPValues([]), adjustedPValues([0.3])]).toEqual([[], [0.3]])
  })
})

describe('cells', () => {
  it('are bins of about equal counts, and fewer where values repeat', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => i)
    const edges = quantileEdges(values, 10)
    expect([...countBins(values, edges)]).toEqual([0, ...new Array<number>(10).fill(100), 0])
    expect([...countBins(Float64Array.of(-5, 0, 99.5, 100, 5000), edges)]).toEqual([
      1,
      2,
      1,
      ...new Array<number>(8).fill(0),
      1,
    ])
    expect([...quantileEdges(Float64Array.of(1, 1, 2, 2, 2, 3), 3)]).toEqual([1, 2, 3 + 2 ** -50])
    expect(
      countBins(Float64Array.of(-2, -1, 0), quantileEdges(Float64Array.of(-1, -1), 4)),
    ).toEqual(Float64Array.of(1, 1, 1))
  })

  it('keep every row, and are never thin once joined, but for one alone', () => {
    const counts = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(counts, (pairs) => {
        const reference = Float64Array.from(pairs, ([a]) => a)
        const window = Float64Array.from(pairs, ([, b]) => b)
        fc.pre(total(reference) > 0 && total(window) > 0)
        const share = Math.min(total(reference), total(window)) / (total(reference) + total(window))
        for (const joining of [joinBins, joinCategories]) {
          const joined = joining({ reference, window }, 5)
          expect([total(joined.reference), total(joined.window)]).toEqual([
            total(reference),
            total(window),
          ])
          if (joined.reference.length === 1) continue
          const expected = joined.reference.map((a, i) => (a + joined.window[i]) * share)
          expect(Math.min(...expected)).toBeGreaterThanOrEqual(5 - 1e-9)
        }
      }),
    )
  })
})
