// Bandits choose as their papers say, and lose little.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { Bandit } from '../../src/contracts/bandit.ts'
import { EpsilonGreedy } from '../../src/learning/bandits/epsilon-greedy.ts'
import { LinUcb } from '../../src/learning/bandits/lin-ucb.ts'
import { Thompson } from '../../src/learning/bandits/thompson.ts'
import { Ucb } from '../../src/learning/bandits/ucb.ts'

const random = new Prng(12)
const none = { columns: [], from: 0, to: 1 }

function reward(bandit: Bandit, arm: number, value: number): void {
  bandit.learn(none, Int32Array.of(arm), Float64Array.of(value))
}

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** What is lost, a choice, against always the best of arms that are rewarded with these chances. */
function regret(bandit: Bandit, chances: readonly number[], choices: number): number {
  const [chosen, propensities] = [new Int32Array(1), new Float64Array(1)]
  let lost = 0
  for (let i = 0; i < choices; i++) {
    bandit.choose(none, Float64Array.of(random.next()), chosen, propensities)
    lost += Math.max(...chances) - chances[chosen[0]]
    reward(bandit, chosen[0], random.chance(chances[chosen[0]]) ? 1 : 0)
  }
  return lost / choices
}

describe('bandits', () => {
  const chances = [0.3, 0.5, 0.7]

  it.each([
    ['epsilon-greedy', new EpsilonGreedy({ arms: 3 }), 0.06],
    ['ucb', new Ucb({ arms: 3 }), 0.06],
    ['thompson', new Thompson({ arms: 3 }), 0.06],
  ])('%s loses little against the best arm', (_name, bandit, most) => {
    // Chance alone loses 0.2 a choice; epsilon-greedy may not lose less than a tenth of that.
    expect(regret(bandit, chances, 2000)).toBeLessThan(most)
  })

  it('ucb gives the little known arm what its paper gives it', () => {
    const bandit = new Ucb({ arms: 2 })
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
    const bandit = new Thompson({ arms: 3 })
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
    const bandit = new LinUcb({ arms: 2, features: 2, alpha: 0.7, l2: 2 })
    const contexts = Array.from({ length: 30 }, () => [random.next(), random.next() - 0.5])
    const rewards = contexts.map(([a, b]) => a - 2 * b + normal() / 10)
    // The other arm knows nothing: its bound is alpha |x| / sqrt(l2).
    contexts.forEach(([a, b], i) => {
      const columns = [Float64Array.of(a), Float64Array.of(b)]
      bandit.learn({ columns, from: 0, to: 1 }, Int32Array.of(0), Float64Array.of(rewards[i]))
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
    const bandit = new EpsilonGreedy({ arms: 3, epsilon: 0.3 })
    const [chosen, propensities] = [new Int32Array(1), new Float64Array(1)]
    let sum = 0
    for (let i = 0; i < 20_000; i++) {
      bandit.choose(none, Float64Array.of(random.next()), chosen, propensities)
      const earned = random.chance(chances[chosen[0]]) ? 1 : 0
      if (chosen[0] === 1) sum += earned / propensities[0]
      reward(bandit, chosen[0], earned)
    }
    expect(Math.abs(sum / 20_000 - chances[1])).toBeLessThan(0.05)
  })
})
