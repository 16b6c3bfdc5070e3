// What choices earned, against naive definitions.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import {
  isRewarded,
  RewardMetrics,
  rewardMetrics,
} from '../../../src/learning/metrics/reward-metrics.ts'

type Pair = readonly [propensity: number, reward: number]

const ARMS = 4

function metrics(pairs: readonly Pair[] = []): RewardMetrics {
  const { doubles } = rewardMetrics(ARMS)
  const made = new RewardMetrics(ARMS, new StateMemory().region('metrics', doubles * 8))
  for (const [propensity, reward] of pairs) made.add(propensity, reward)
  return made
}

const pair = fc.tuple(
  fc.double({ min: 0.001, max: 1, noNaN: true }),
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
)
const pairs = fc.array(pair, { minLength: 1, maxLength: 50 })

describe('reward metrics', () => {
  it('are those of their definitions', () => {
    fc.assert(
      fc.property(pairs, (of) => {
        const { count, reward, chanceReward } = metrics(of).value()
        expect(count).toBe(of.length)
        const mean = (values: readonly number[]): number =>
          values.reduce((sum, value) => sum + value, 0) / of.length
        expect(reward).toBeCloseTo(mean(of.map(([, each]) => each)), 8)
        expect(chanceReward).toBeCloseTo(mean(of.map(([p, each]) => each / p / ARMS)), 6)
      }),
    )
  })

  it('do not depend on order or merging by a bit, and a reward is taken back without a trace', () => {
    fc.assert(
      fc.property(pairs, pairs, pair, (one, other, extra) => {
        const whole = metrics([...one, ...other]).value()
        const merged = metrics(other.toReversed())
        merged.merge(metrics(one))
        expect(merged.value()).toEqual(whole)
        merged.add(...extra)
        merged.remove(...extra)
        expect(merged.value()).toEqual(whole)
      }),
    )
  })

  it('say what choosing by chance would have earned, of choices that were not made by chance', () => {
    const random = new Prng(4)
    const worth = [0.1, 0.2, 0.3, 0.9]
    const shares = [0.05, 0.05, 0.05, 0.85]
    const made = metrics()
    for (let i = 0; i < 20_000; i++) {
      const draw = random.next()
      const arm = Math.min(3, Math.floor(draw / 0.05))
      made.add(shares[arm], random.chance(worth[arm]) ? 1 : 0)
    }
    const { reward, chanceReward } = made.value()
    expect(reward).toBeCloseTo(0.05 * (0.1 + 0.2 + 0.3) + 0.85 * 0.9, 1)
    // Its deviation is 0.009.
    expect(Math.abs(Number(chanceReward) - 0.375)).toBeLessThan(0.035)
  })

  it('know nothing of no rewards, and which they can take', () => {
    expect(metrics().value()).toEqual({ count: 0, reward: undefined, chanceReward: undefined })
    expect([isRewarded(1, 0), isRewarded(0.5, -3)]).toEqual([true, true])
    for (const [propensity, reward] of [
      [0, 1],
      [1.5, 1],
      [NaN, 1],
      [0.5, NaN],
      [0.5, Infinity],
      [0.5, 1e101],
      [5e-324, 1],
    ])
      expect(isRewarded(propensity, reward)).toBe(false)
  })
})
