// What every bandit must keep: choosing changes nothing and follows the draw by the propensities it states; rewards are learnt in order.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { Bandit } from '../../src/contracts/bandit.ts'
import { BAD_FEATURE, BAD_LABEL, LEARNT, type Rows } from '../../src/contracts/learner.ts'

export interface BanditCase {
  readonly make: (arms: number) => Bandit
  /** One with other settings. */
  readonly other: (arms: number) => Bandit
}

const ROWS = 300
const ARMS = 4

interface Sample {
  readonly columns: Float64Array[]
  readonly arms: Int32Array
  readonly rewards: Float64Array
}

/** Rewards that are better for later arms, more so where the first column is great. */
function sample({ features }: Bandit): Sample {
  const random = new Prng(6)
  const columns = Array.from({ length: features }, () =>
    new Float64Array(ROWS).map(() => random.next() - 0.2),
  )
  const arms = new Int32Array(ROWS).map(() => random.below(ARMS))
  const rewards = new Float64Array(ROWS).map((_, row) => (random.chance(arms[row] / ARMS) ? 1 : 0))
  return { columns, arms, rewards }
}

function learn(bandit: Bandit, { columns, arms, rewards }: Sample, from: number, to: number): void {
  expect(bandit.learn({ columns, from, to }, arms, rewards)).toBe(0)
}

function shares(bandit: Bandit, { columns }: Sample, row: number): Float64Array {
  const out = new Float64Array(ARMS)
  bandit.propensities({ columns, from: row, to: row + 1 }, out)
  return out
}

export function banditContract(name: string, { make, other }: BanditCase): void {
  const data = sample(make(ARMS))
  const learnt = (rows: number): Bandit => {
    const bandit = make(ARMS)
    learn(bandit, data, 0, rows)
    return bandit
  }

  describe(`the bandit ${name}`, () => {
    it('chooses by the draw, each arm for as much of [0, 1) as its propensity, which sum to 1', () => {
      for (const rows of [0, 1, 50, ROWS]) {
        const bandit = learnt(rows)
        const wanted = shares(bandit, data, 7)
        expect(wanted.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
        const draws = Float64Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000)
        const columns = data.columns.map((column) => new Float64Array(1000).fill(column[7]))
        const chosen = new Int32Array(1000)
        const propensities = new Float64Array(1000)
        bandit.choose({ columns, from: 0, to: 1000 }, draws, chosen, propensities)
        wanted.forEach((share, arm) => {
          const found = chosen.filter((each) => each === arm).length / 1000
          expect(Math.abs(found - share)).toBeLessThan(0.002)
        })
        chosen.forEach((arm, i) => expect(propensities[i]).toBe(wanted[arm]))
      }
    })

    it('is not changed by choosing', () => {
      const bandit = learnt(100)
      const before = bandit.encode()
      const out = [new Int32Array(ROWS), new Float64Array(ROWS)] as const
      bandit.choose({ columns: data.columns, from: 0, to: ROWS }, new Float64Array(ROWS), ...out)
      expect(bandit.encode()).toEqual(before)
    })

    it('learns the same however the rewards are cut into batches, and goes on where it was restored', () => {
      const whole = learnt(ROWS)
      const cut = make(ARMS)
      for (let row = 0; row < 150; row++) learn(cut, data, row, row + 1)
      const second = learnt(10)
      second.restore(cut.encode())
      expect(second.encode()).toEqual(cut.encode())
      expect(shares(second, data, 3)).toEqual(shares(cut, data, 3))
      learn(second, data, 150, ROWS)
      expect(second.encode()).toEqual(whole.encode())
    })

    it('comes to choose the best arm', () => {
      const bandit = learnt(ROWS)
      const wanted = shares(bandit, data, 0)
      expect(wanted.indexOf(Math.max(...wanted))).toBe(ARMS - 1)
    })

    it('leaves out, counts and marks what it cannot learn', () => {
      const bandit = learnt(50)
      const before = bandit.encode()
      const arms = Int32Array.of(-1, ARMS, 0, 0, 0)
      const rewards = Float64Array.of(1, 1, Number.NaN, Infinity, 1e101)
      const outcome = new Uint8Array(5)
      expect(bandit.learn({ columns: data.columns, from: 0, to: 5 }, arms, rewards, outcome)).toBe(
        5,
      )
      expect([...outcome]).toEqual(Array(5).fill(BAD_LABEL))
      if (bandit.features > 0) {
        const columns = data.columns.map(() => Float64Array.of(Infinity))
        const row: Rows = { columns, from: 0, to: 1 }
        expect(bandit.learn(row, Int32Array.of(1), Float64Array.of(1), outcome)).toBe(1)
        expect(outcome[0]).toBe(BAD_FEATURE)
      }
      expect(bandit.encode()).toEqual(before)
      bandit.learn({ columns: data.columns, from: 0, to: 1 }, data.arms, data.rewards, outcome)
      expect(outcome[0]).toBe(LEARNT)
    })

    it('states sound propensities whatever the contexts and rewards are', () => {
      const bandit = make(ARMS)
      const random = new Prng(2)
      const values = [0, -0, 1e100, -1e100, 5e-324, Number.NaN, 1]
      const rewards = [1e100, -1e100, 0, 1, 5e-324]
      for (let row = 0; row < 200; row++) {
        const columns = data.columns.map(() => Float64Array.of(random.pick(values)))
        const at = { columns, from: 0, to: 1 }
        bandit.learn(at, Int32Array.of(random.below(ARMS)), Float64Array.of(random.pick(rewards)))
        const out = new Float64Array(ARMS)
        bandit.propensities(at, out)
        expect(out.every((share) => share >= 0 && share <= 1)).toBe(true)
        expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
      }
    })

    it('says what is wrong with arms, settings, draws and arrays, and refuses bytes that are not its own', () => {
      for (const arms of [0, 1, 2.5, Number.NaN]) {
        expect(() => make(arms)).toThrow(expect.objectContaining({ code: 'ML_DEFINITION' }))
      }
      const bandit = learnt(20)
      const rows = { columns: data.columns, from: 0, to: 5 }
      const [few, many] = [new Float64Array(4), new Float64Array(5)]
      const calls = [
        () => bandit.choose(rows, few, new Int32Array(5), many),
        () => bandit.choose(rows, many, new Int32Array(4), many),
        () => bandit.choose(rows, many, new Int32Array(5), few),
        () =>
          bandit.choose(
            rows,
            many.map(() => 1),
            new Int32Array(5),
            many,
          ),
        () => bandit.learn(rows, new Int32Array(4), many),
        () => bandit.learn(rows, new Int32Array(5), few),
        () => bandit.propensities(rows, new Float64Array(ARMS - 1)),
      ]
      for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'ML_USAGE' }))
      const bytes = bandit.encode()
      for (const each of [bytes.subarray(1), other(ARMS).encode(), make(ARMS + 1).encode()]) {
        expect(() => bandit.restore(each)).toThrow(expect.objectContaining({ code: 'ML_STATE' }))
      }
      expect(bandit.encode()).toEqual(bytes)
    })
  })
}
