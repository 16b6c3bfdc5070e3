// What a window is said to be: changed or not, how surely, and how rarely wrongly.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../../src/base/prng.ts'
import { BatchDrift, type BatchTest } from '../../../../src/learning/drift/batch/batch-drift.ts'
import { normal } from '../../../../src/learning/generators/normal.ts'

const TESTS: readonly BatchTest[] = ['ks', 'wasserstein', 'psi', 'jensen-shannon', 'chi-square']

function column(length: number, seed: number, shift = 0): Float64Array {
  const random = new Prng(seed)
  return Float64Array.from({ length }, () => normal(random) + shift)
}

describe.each(TESTS)('batch drift by %s', (test) => {
  const of = (seed: number): BatchDrift =>
    new BatchDrift({ features: [{ name: 'x', test }], reference: [column(1000, seed)] })

  it('tells a shift of half a deviation, and not a window of the same law', () => {
    const drift = of(1)
    const moved = drift.judge([column(400, 2, 0.5)])
    expect(moved).toMatchObject({
      drifted: 1,
      features: [{ name: 'x', test, rows: [1000, 400], drifted: true }],
    })
    expect(moved.features[0].pValue).toBeLessThanOrEqual(0.001)
    expect(drift.judge([column(400, 3)]).drifted).toBe(0)
  })

  it('alarms at its rate when nothing changed, at sizes where a fixed threshold would not', () => {
    const trials = test === 'wasserstein' ? 30 : 150
    const sizes: readonly (readonly [reference: number, window: number])[] = [
      [300, 60],
      [1000, 300],
    ]
    for (const [reference, window] of sizes) {
      let alarms = 0
      for (let seed = 0; seed < trials; seed++) {
        const options = { features: [{ name: 'x', test }], permutations: 99, seed }
        const drift = new BatchDrift({ ...options, reference: [column(reference, 2 * seed + 1)] })
        const { pValue = 0 } = drift.judge([column(window, 2 * seed + 2)]).features[0]
        if (pValue <= 0.05) alarms++
      }
      // Four standard deviations above 5 %.
      expect(alarms / trials).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / trials))
    }
  })

  it('leaves alone what is sure and too small to matter, where the floor says so', () => {
    const [reference, window] = [column(15_000, 5), column(15_000, 6, 0.06)]
    const judged = (floor: number): boolean =>
      new BatchDrift({
        features: [{ name: 'x', test, floor }],
        reference: [reference],
        permutations: 99,
      }).judge([window]).features[0].drifted
    expect([judged(0.1), judged(0)]).toEqual([false, true])
  })
})

describe('batch drift', () => {
  it('keeps the false-discovery rate over many features, where single tests would alarm', () => {
    const features = Array.from({ length: 50 }, (_, i) => ({ name: `x${i}`, floor: 0 }))
    let single = 0
    let windows = 0
    for (let round = 0; round < 20; round++) {
      const drift = new BatchDrift({
        features,
        reference: features.map((_, i) => column(200, 1000 * round + i)),
      })
      const report = drift.judge(features.map((_, i) => column(200, 1000 * round + 500 + i)))
      if (report.drifted > 0) windows++
      if (report.features.some(({ pValue = 1 }) => pValue <= 0.05)) single++
    }
    expect(single).toBeGreaterThanOrEqual(17)
    expect(windows).toBeLessThanOrEqual(4)
  })

  it('compares categories by their counts, whatever their codes, and sees one that is new', () => {
    const random = new Prng(4)
    const draw = (length: number, categories: number): Float64Array =>
      Float64Array.from({ length }, () => [7, -2, 1e6, 3][random.below(categories)])
    const drift = new BatchDrift({
      features: [{ name: 'country', kind: 'category' }],
      reference: [draw(2000, 3)],
    })
    expect(drift.judge([draw(500, 3)]).drifted).toBe(0)
    expect(drift.judge([draw(500, 4)])).toMatchObject({
      drifted: 1,
      features: [{ test: 'chi-square' }],
    })
  })

  it('says how much is missing, and does not judge too few rows, nor a constant', () => {
    const features = ['a', 'b', 'c'].map((name) => ({ name }))
    const constant = new Float64Array(100).fill(3)
    const drift = new BatchDrift({
      features,
      reference: [column(100, 1), column(100, 2), constant],
    })
    const holes = column(100, 3).map((value, i) =>
      i % 4 === 0 ? [Number.NaN, Infinity][i % 8 === 0 ? 0 : 1] : value,
    )
    const report = drift.judge([holes, column(20, 4, 5), constant])
    expect(report.drifted).toBe(0)
    expect(report.features).toMatchObject([
      { rows: [100, 75], missing: [0, 0.25] },
      {
        rows: [100, 20],
        effect: undefined,
        pValue: undefined,
        adjusted: undefined,
        drifted: false,
      },
      { effect: 0, pValue: 1, drifted: false },
    ])
    expect(drift.judge([new Float64Array(0), holes, constant]).features[0]).toMatchObject({
      missing: [0, 0],
      pValue: undefined,
    })
  })

  it.each(TESTS)(
    'by %s of a constant says that nothing changed, and that another constant did',
    (test) => {
      const three = new Float64Array(100).fill(3)
      const drift = new BatchDrift({ features: [{ name: 'x', test }], reference: [three] })
      expect(drift.judge([three]).drifted).toBe(0)
      expect(drift.judge([new Float64Array(100).fill(4)]).drifted).toBe(1)
    },
  )

  it('refuses columns and settings that are none', () => {
    const one = [column(100, 1)]
    const make = (options: object): BatchDrift =>
      new BatchDrift({ features: [{ name: 'x' }], reference: one, ...options })
    const bad = [
      () => make({ falseDiscoveryRate: 0 }),
      () => make({ leastRows: 3 }),
      () => make({ permutations: 5 }),
      () => make({ features: [{ name: 'x', floor: -1 }] }),
      () => make({ features: [{ name: 'x', kind: 'category', test: 'ks' }] }),
    ]
    const error = (code: string): unknown =>
      expect.objectContaining({ code, message: expect.stringContaining('found') })
    for (const each of bad) expect(each).toThrow(error('ML_DEFINITION'))
    expect(() => make({ features: [] })).toThrow(error('ML_USAGE'))
    expect(() => make({}).judge([one[0], one[0]])).toThrow(error('ML_USAGE'))
  })
})
