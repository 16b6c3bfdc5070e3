// How often each arm was rewarded, and with what on average.
import type { StateArray } from '../state-codec.ts'
import { BaseBandit, type BanditInfo } from './base-bandit.ts'

/** A bandit without a context that knows the mean reward of each arm. 16 bytes an arm. */
export abstract class ArmMeans extends BaseBandit {
  protected readonly counts: Float64Array
  protected readonly means: Float64Array

  constructor(info: BanditInfo) {
    super(info)
    this.counts = new Float64Array(this.arms)
    this.means = new Float64Array(this.arms)
  }

  protected reward(arm: number, reward: number): void {
    this.counts[arm]++
    this.means[arm] += (reward - this.means[arm]) / this.counts[arm]
  }

  protected arrays(): readonly StateArray[] {
    return [this.counts, this.means]
  }
}
