// What every bandit must keep: choosing changes nothing and follows the draw by the propensities it states; rewards are learnt in order.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { BAD_FEATURE, BAD_LABEL, LEARNT, type LearnerSize } from '../../src/contracts/learner.ts'
import type { BaseBandit } from '../../src/learning/bandits/base-bandit.ts'

export interface BanditCase {
  readonly make: (size: LearnerSize) => BaseBandit
  /** One with other settings. */
  readonly other: (size: LearnerSize) => BaseBandit
  /** The most features it is tried with. Default 10,000. */
  readonly manyFeatures?: number
}

const ROWS = 300
const ARMS = 4
const SIZE: LearnerSize = { features: 3, classes: ARMS }

interface Sample {
  readonly columns: Float64Array[]
  readonly arms: Int32Array
  readonly rewards: Float64Array
}

/** Rewards that are better for later arms, more so where the first column is great. */
function sample({ features }: BaseBandit): Sample {
  const random = new Prng(6)
  const columns = Array.from({ length: features }, () =>
    new Float64Array(ROWS).map(() => random.next() - 0.2),
  )
  const arms = new Int32Array(ROWS).map(() => random.below(ARMS))
  const rewards = new Float64Array(ROWS).map((_, row) => (random.chance(arms[row] / ARMS) ? 1 : 0))
  return { columns, arms, rewards }
}

function learn(
  bandit: BaseBandit,
  { columns, arms, rewards }: Sample,
  [from, to]: readonly [number, number],
): void {
  expect(bandit.learn({ columns, from, to, arms }, rewards)).toBe(0)
}

function shares(bandit: BaseBandit, { columns }: Sample, row: number): Float64Array {
  const out = new Float64Array(ARMS)
  bandit.propensities({ columns, from: row, to: row + 1 }, out)
  return out
}

export function banditContract(
  name: string,
  { make, other, manyFeatures = 10_000 }: BanditCase,
): void {
  const data = sample(make(SIZE))
  const learnt = (rows: number): BaseBandit => {
    const bandit = make(SIZE)
    learn(bandit, data, [0, rows])
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
        const out = new Float64Array(2000)
        bandit.predict({ columns, from: 0, to: 1000, draws }, out)
        const chosen = out.filter((_, i) => i % 2 === 0)
        wanted.forEach((share, arm) => {
          const found = chosen.filter((each) => each === arm).length / 1000
          expect(Math.abs(found - share)).toBeLessThan(0.002)
        })
        chosen.forEach((arm, i) => expect(out[i * 2 + 1]).toBe(wanted[arm]))
      }
    })

    it('is not changed by choosing', () => {
      const bandit = learnt(100)
      const before = bandit.encode()
      const rows = { columns: data.columns, from: 0, to: ROWS, draws: new Float64Array(ROWS) }
      bandit.predict(rows, new Float64Array(2 * ROWS))
      expect(bandit.encode()).toEqual(before)
    })

    it('learns the same however the rewards are cut into batches, and goes on where it was restored', () => {
      const whole = learnt(ROWS)
      const cut = make(SIZE)
      for (let row = 0; row < 150; row++) learn(cut, data, [row, row + 1])
      const second = learnt(10)
      second.restore(cut.encode())
      expect(second.encode()).toEqual(cut.encode())
      expect(shares(second, data, 3)).toEqual(shares(cut, data, 3))
      learn(second, data, [150, ROWS])
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
      const rows = { columns: data.columns, from: 0, to: 5, arms }
      expect(bandit.learn(rows, rewards, outcome)).toBe(5)
      expect([...outcome]).toEqual(Array(5).fill(BAD_LABEL))
      for (const value of [Infinity, -Infinity, 1e101]) {
        const columns = data.columns.map(() => Float64Array.of(value))
        const row = { columns, from: 0, to: 1, arms: Int32Array.of(1) }
        expect(bandit.learn(row, Float64Array.of(1), outcome)).toBe(1)
        expect(outcome[0]).toBe(BAD_FEATURE)
      }
      expect(bandit.encode()).toEqual(before)
      bandit.learn({ ...rows, to: 1, arms: data.arms }, data.rewards, outcome)
      expect(outcome[0]).toBe(LEARNT)
    })

    it('learns and chooses where the context is missing, constant, or none of it is given', () => {
      const bandit = make(SIZE)
      for (const value of [Number.NaN, 0, 3]) {
        const columns = data.columns.map(() => Float64Array.of(value))
        const row = { columns, from: 0, to: 1, arms: Int32Array.of(2) }
        expect(bandit.learn(row, Float64Array.of(1))).toBe(0)
        const out = new Float64Array(2)
        bandit.predict({ ...row, draws: Float64Array.of(0.5) }, out)
        expect(out[1]).toBeGreaterThan(0)
      }
    })

    it('takes one feature, and many', () => {
      for (const features of [1, manyFeatures]) {
        const bandit = make({ ...SIZE, features })
        const columns = Array.from({ length: features }, (_, i) => Float64Array.of(i % 3))
        const row = { columns, from: 0, to: 1, arms: Int32Array.of(1) }
        expect(bandit.learn(row, Float64Array.of(1))).toBe(0)
        const out = new Float64Array(ARMS)
        bandit.propensities(row, out)
        expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
        expect(bandit.memoryBytes).toBeGreaterThan(0)
      }
      for (const none of [0, -1, 1.5, Number.NaN])
        expect(() => make({ ...SIZE, features: none })).toThrow(
          expect.objectContaining({ code: 'ML_DEFINITION' }),
        )
    })

    it('is not changed by no rows', () => {
      const bandit = learnt(30)
      const before = bandit.encode()
      const rows = { columns: data.columns, from: 4, to: 4, arms: data.arms }
      expect(bandit.learn(rows, data.rewards)).toBe(0)
      bandit.predict({ ...rows, draws: new Float64Array(4) }, new Float64Array(0))
      expect(bandit.encode()).toEqual(before)
    })

    it('states sound propensities whatever the contexts and rewards are', () => {
      const bandit = make(SIZE)
      const random = new Prng(2)
      const values = [0, -0, 1e100, -1e100, 5e-324, Number.NaN, 1]
      const rewards = [1e100, -1e100, 0, 1, 5e-324]
      for (let row = 0; row < 200; row++) {
        const columns = data.columns.map(() => Float64Array.of(random.pick(values)))
        const at = { columns, from: 0, to: 1, arms: Int32Array.of(random.below(ARMS)) }
        bandit.learn(at, Float64Array.of(random.pick(rewards)))
        const out = new Float64Array(ARMS)
        bandit.propensities(at, out)
        expect(out.every((share) => share >= 0 && share <= 1)).toBe(true)
        expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
      }
    })

    it('says what is wrong with arms, settings, draws and arrays, and refuses bytes that are not its own', () => {
      for (const arms of [0, 1, 2.5, Number.NaN]) {
        expect(() => make({ ...SIZE, classes: arms })).toThrow(
          expect.objectContaining({ code: 'ML_DEFINITION' }),
        )
      }
      const bandit = learnt(20)
      const rows = { columns: data.columns, from: 0, to: 5 }
      const [few, many] = [new Float64Array(4), new Float64Array(5)]
      const out = new Float64Array(10)
      const arms = new Int32Array(5)
      const calls = [
        () => bandit.predict(rows, out),
        () => bandit.predict({ ...rows, draws: few }, out),
        () => bandit.predict({ ...rows, draws: many }, new Float64Array(9)),
        () => bandit.predict({ ...rows, draws: many.map(() => 1) }, out),
        () => bandit.predict({ ...rows, draws: many.map(() => Number.NaN) }, out),
        () => bandit.learn(rows, many),
        () => bandit.learn({ ...rows, arms: new Int32Array(4) }, many),
        () => bandit.learn({ ...rows, arms }, few),
        () => bandit.learn({ ...rows, arms }, many, new Uint8Array(4)),
        () => bandit.propensities(rows, new Float64Array(ARMS - 1)),
      ]
      for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'ML_USAGE' }))
      const bytes = bandit.encode()
      for (const each of [
        bytes.subarray(1),
        other(SIZE).encode(),
        make({ ...SIZE, classes: ARMS + 1 }).encode(),
      ]) {
        expect(() => bandit.restore(each)).toThrow(expect.objectContaining({ code: 'ML_STATE' }))
      }
      expect(bandit.encode()).toEqual(bytes)
    })
  })
}
