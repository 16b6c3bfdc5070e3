// What choices earned, reward by reward, beside what chance would have earned.
import { assert } from '../../base/assert.ts'
import { ExactSum, SUM_DOUBLES } from './exact-sum.ts'
import { bump, type MetricMemory } from './metric-memory.ts'
import type { Metrics, MetricsKind } from './metrics-kind.ts'

export interface RewardReport {
  /** Rewards. */
  readonly count: number
  /** Mean of the rewards. */
  readonly reward: number | undefined
  /**
   * What choosing each action equally often would have earned, a choice: the mean of reward / (propensity * arms), each reward weighed by
   * how much more often chance would have made that choice (Horvitz and Thompson, "A Generalization of Sampling Without Replacement From a Finite
   * Universe", JASA 1952; Bottou et al., "Counterfactual Reasoning and Learning Systems", JMLR 2013, 4.2). It is without bias
   * where every action has a propensity above 0; an action that is never chosen counts as one that earns nothing.
   */
  readonly chanceReward: number | undefined
}

const REWARDS = 1
const WEIGHED = REWARDS + SUM_DOUBLES
const DOUBLES = WEIGHED + SUM_DOUBLES

/** The greatest magnitude of a reward that is measured. */
export const REWARD_MAX = 1e100

/** A function of the set of pairs: order and merging change no bit, and `remove` undoes `add`, while sums are below 2^53. */
export class RewardMetrics implements Metrics<RewardReport> {
  readonly #arms: number
  readonly #memory: MetricMemory
  readonly #at: number
  readonly #rewards: ExactSum
  readonly #weighed: ExactSum

  constructor(arms: number, memory: MetricMemory, at = 0) {
    this.#arms = arms
    this.#memory = memory
    this.#at = at
    this.#rewards = new ExactSum(memory, at + REWARDS)
    this.#weighed = new ExactSum(memory, at + WEIGHED)
  }

  /** @param propensity of the choice, above 0 to 1. */
  add(propensity: number, reward: number): void {
    this.#addTimes(propensity, reward, 1)
  }

  remove(propensity: number, reward: number): void {
    this.#addTimes(propensity, reward, -1)
  }

  #addTimes(propensity: number, reward: number, weight: 1 | -1): void {
    assert(isRewarded(propensity, reward), 'a reward that is measured is finite, of a choice')
    bump(this.#memory, this.#at, weight)
    this.#rewards.addWeighted(reward, weight)
    this.#weighed.addWeighted(reward / (propensity * this.#arms), weight)
  }

  merge(from: RewardMetrics): void {
    bump(this.#memory, this.#at, from.#memory.f64[from.#at])
    this.#rewards.merge(from.#rewards)
    this.#weighed.merge(from.#weighed)
  }

  value(): RewardReport {
    const count = this.#memory.f64[this.#at]
    if (count === 0) return { count, reward: undefined, chanceReward: undefined }
    return {
      count,
      reward: this.#rewards.value() / count,
      chanceReward: this.#weighed.value() / count,
    }
  }
}

/** Whether a reward can be measured of a choice with that propensity. */
export function isRewarded(propensity: number, reward: number): boolean {
  return (
    propensity > 0 &&
    propensity <= 1 &&
    Math.abs(reward) <= REWARD_MAX &&
    Number.isFinite(reward / propensity)
  )
}

/** Layout of the metrics of choices of so many arms. */
export function rewardMetrics(arms: number): MetricsKind<RewardReport, RewardMetrics> {
  return {
    doubles: DOUBLES,
    over: (memory, at) => new RewardMetrics(arms, memory, at),
    merge: (into, from) => into.merge(from),
  }
}
