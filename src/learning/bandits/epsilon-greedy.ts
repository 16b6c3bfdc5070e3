// The arm that has earned most, but for a share of choices by chance.
import type { LearnerSize } from '../../contracts/learner.ts'
import { ArmMeans } from './arm-means.ts'
import type { BanditOptions } from './base-bandit.ts'

/**
 * Epsilon-greedy (Sutton and Barto, "Reinforcement Learning", 2018, 2.4). `epsilon`: default 0.1. An arm never rewarded comes before all
 * others; of equals the first.
 */
export class EpsilonGreedy extends ArmMeans {
  constructor(size: LearnerSize, { epsilon = 0.1 }: BanditOptions = {}) {
    super({ kind: 'epsilon-greedy', size, epsilon, settings: {} })
  }

  protected policy(out: Float64Array, all: number): void {
    let best = 0
    let most = -Infinity
    for (let arm = 0; arm < this.arms; arm++) {
      const value = this.counts[arm] === 0 ? Infinity : this.means[arm]
      if (value <= most) continue
      most = value
      best = arm
    }
    out[best] += all
  }
}
