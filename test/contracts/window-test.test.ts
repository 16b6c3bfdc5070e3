// The contract of tests of change between two windows, over each of them.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { WindowTest } from '../../src/contracts/window-test.ts'
import { normal } from '../../src/learning/generators/normal.ts'
import { chiSquare, jensenShannon, ks, psi, wasserstein } from '../../src/learning/index.ts'

const TESTS: readonly (readonly [
  kind: string,
  make: (options?: {
    floor?: number
    falseDiscoveryRate?: number
    leastRows?: number
  }) => WindowTest,
])[] = [
  ['ks', ks],
  ['wasserstein', wasserstein],
  ['psi', psi],
  ['jensen-shannon', jensenShannon],
  ['chi-square', chiSquare],
]

function column(length: number, seed: number, shift = 0): Float64Array {
  const random = new Prng(seed)
  return Float64Array.from({ length }, () => normal(random) + shift)
}

describe.each(TESTS)('a test of windows: %s', (kind, make) => {
  it('is known by its kind, and by its settings as text', () => {
    expect(make().kind).toBe(kind)
    expect(make().settings).toBe(make({ floor: 0.1 }).settings)
    expect(make({ floor: 0.2 }).settings).not.toBe(make().settings)
  })

  it('says of each number whether it drifted, and leaves the samples as they are', () => {
    const [reference, window] = [
      [column(600, 1), column(600, 2)],
      [column(300, 3), column(300, 4, 1)],
    ]
    const before = [...reference, ...window].map((each) => each.slice())
    const verdicts = make().judge(reference, window)
    expect(verdicts.map(({ drifted }) => drifted)).toEqual([false, true])
    expect(verdicts[1].effect).toBeGreaterThan(0.1)
    expect(verdicts[1].chance).toBeLessThan(0.01)
    expect([...reference, ...window]).toEqual(before)
    expect(make().judge(reference, window)).toEqual(verdicts)
  })

  it('says nothing of a number with fewer values than its least rows', () => {
    const holes = column(60, 5).map((value, i) => (i < 31 ? NaN : value))
    const test = make({ leastRows: 30 })
    expect(test.leastRows).toBe(30)
    expect(test.judge([column(60, 6), column(60, 7)], [holes, column(60, 8, 5)])).toMatchObject([
      { effect: undefined, chance: undefined, drifted: false },
      { drifted: true },
    ])
  })

  it.each([
    ['a negative floor', { floor: -1 }],
    ['a rate of nothing', { falseDiscoveryRate: 0 }],
    ['too few rows', { leastRows: 3 }],
  ])('refuses %s when it is made', (_, options) => {
    expect(() => make(options)).toThrow(
      expect.objectContaining({
        code: 'ML_DEFINITION',
        message: expect.stringContaining('found'),
      }),
    )
  })
})

describe('a test of windows over cells', () => {
  it.each([psi, jensenShannon, chiSquare])('takes codes of categories: %o', (make) => {
    const random = new Prng(2)
    const codes = (of: readonly number[]): Float64Array =>
      Float64Array.from({ length: 500 }, () => random.pick(of))
    const test = make({ categories: true })
    expect(test.categories).toBe(true)
    const reference = [codes([7, -2, 1e6])]
    expect(test.judge(reference, [codes([7, -2, 1e6])])[0].drifted).toBe(false)
    expect(test.judge(reference, [codes([7, -2, 5])])[0].drifted).toBe(true)
  })
})
