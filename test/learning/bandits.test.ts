// Bandits choose as their papers say, and lose little.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { BaseBandit } from '../../src/learning/bandits/base-bandit.ts'
import type { LearnerSize } from '../../src/contracts/learner.ts'
import { EpsilonGreedy } from '../../src/learning/bandits/epsilon-greedy.ts'
import { LinUcb } from '../../src/learning/bandits/lin-ucb.ts'
import { Thompson } from '../../src/learning/bandits/thompson.ts'
import { Ucb } from '../../src/learning/bandits/ucb.ts'

const random = new Prng(12)
/** A context that nobody reads. */
const none = { columns: [Float64Array.of(0)], from: 0, to: 1 }

function size(arms: number): LearnerSize {
  return { features: 1, classes: arms }
}

function reward(bandit: BaseBandit, arm: number, value: number): void {
  bandit.learn({ ...none, arms: Int32Array.of(arm) }, Float64Array.of(value))
}

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** An arm and its propensity. */
function choice(bandit: BaseBandit): Float64Array {
  const out = new Float64Array(2)
  bandit.predict({ ...none, draws: Float64Array.of(random.next()) }, out)
  return out
}

/** What is lost, a choice, against always the best of arms that are rewarded with these chances. */
function regret(bandit: BaseBandit, chances: readonly number[], choices: number): number {
  let lost = 0
  for (let i = 0; i < choices; i++) {
    const [chosen] = choice(bandit)
    lost += Math.max(...chances) - chances[chosen]
    reward(bandit, chosen, random.chance(chances[chosen]) ? 1 : 0)
  }
  return lost / choices
}

describe('bandits', () => {
  const chances = [0.3, 0.5, 0.7]

  it.each([
    ['epsilon-greedy', new EpsilonGreedy(size(3)), 0.06],
    ['ucb', new Ucb(size(3)), 0.06],
    ['thompson', new Thompson(size(3)), 0.06],
  ])('%s loses little against the best arm', (_name, bandit, most) => {
    // Chance alone loses 0.2 a choice; epsilon-greedy may not lose less than a tenth of that.
    expect(regret(bandit, chances, 2000)).toBeLessThan(most)
  })

  it('ucb gives the little known arm what its paper gives it', () => {
    const bandit = new Ucb(size(2))
    const shares = new Float64Array(2)
    const [means, counts] = [
      [0.8, 0.4],
      [0, 0],
    ]
    for (let i = 0; i < 200; i++) {
      bandit.propensities(none, shares)
      const all = counts[0] + counts[1]
      const bounds = means.map((mean, arm) =>
        counts[arm] === 0 ? Infinity : mean + Math.sqrt((2 * Math.log(all)) / counts[arm]),
      )
      const wanted = bounds[1] > bounds[0] ? 1 : 0
      expect([...shares]).toEqual(wanted === 1 ? [0, 1] : [1, 0])
      reward(bandit, wanted, means[wanted])
      counts[wanted]++
    }
    expect(counts[1]).toBeGreaterThan(10)
  })

  it('thompson states the shares that sampling of worths would give', () => {
    const bandit = new Thompson(size(3))
    const [means, counts] = [
      [0.5, 0.55, 0.2],
      [40, 10, 3],
    ]
    means.forEach((mean, arm) => {
      for (let i = 0; i < counts[arm]; i++) reward(bandit, arm, mean)
    })
    const wins = [0, 0, 0]
    for (let i = 0; i < 40_000; i++) {
      const worths = means.map((mean, arm) => mean + normal() / Math.sqrt(counts[arm] + 1))
      wins[worths.indexOf(Math.max(...worths))] += 1 / 40_000
    }
    const shares = new Float64Array(3)
    bandit.propensities(none, shares)
    shares.forEach((share, arm) => expect(Math.abs(share - wins[arm])).toBeLessThan(0.015))
  })

  it('lin-ucb bounds an arm as ridge regression does that is made at once', () => {
    const bandit = new LinUcb({ features: 2, classes: 2 }, { alpha: 0.7, l2: 2, intercept: false })
    const contexts = Array.from({ length: 30 }, () => [random.next(), random.next() - 0.5])
    const rewards = contexts.map(([a, b]) => a - 2 * b + normal() / 10)
    // The other arm knows nothing: its bound is alpha |x| / sqrt(l2).
    contexts.forEach(([a, b], i) => {
      const columns = [Float64Array.of(a), Float64Array.of(b)]
      const row = { columns, from: 0, to: 1, arms: Int32Array.of(0) }
      bandit.learn(row, Float64Array.of(rewards[i]))
    })
    const [xx, xy, yy, rx, ry] = contexts.reduce(
      ([a, b, c, d, e], [x, y], i) => [
        a + x * x,
        b + x * y,
        c + y * y,
        d + rewards[i] * x,
        e + rewards[i] * y,
      ],
      [2, 0, 2, 0, 0],
    )
    const det = xx * yy - xy * xy
    let differs = 0
    for (let i = 0; i < 200; i++) {
      const [x, y] = [random.next() * 2 - 1, random.next() * 2 - 1]
      const mean = ((yy * rx - xy * ry) * x + (xx * ry - xy * rx) * y) / det
      const spread = (yy * x * x - 2 * xy * x * y + xx * y * y) / det
      const known = mean + 0.7 * Math.sqrt(spread)
      const unknown = 0.7 * Math.sqrt((x * x + y * y) / 2)
      const shares = new Float64Array(2)
      bandit.propensities(
        { columns: [Float64Array.of(x), Float64Array.of(y)], from: 0, to: 1 },
        shares,
      )
      expect(shares[0]).toBe(known >= unknown ? 1 : 0)
      if (shares[0] === 0) differs++
    }
    expect(differs).toBeGreaterThan(20)
    expect(differs).toBeLessThan(180)
  })

  it('rewards weighed by their propensities judge another policy without trying it', () => {
    const bandit = new EpsilonGreedy(size(3), { epsilon: 0.3 })
    let sum = 0
    for (let i = 0; i < 20_000; i++) {
      const [chosen, propensity] = choice(bandit)
      const earned = random.chance(chances[chosen]) ? 1 : 0
      if (chosen === 1) sum += earned / propensity
      reward(bandit, chosen, earned)
    }
    expect(Math.abs(sum / 20_000 - chances[1])).toBeLessThan(0.05)
  })
})
