// The arm that could be best, as far as is known.
import type { LearnerSize } from '../../contracts/learner.ts'
import { checkSetting } from '../settings.ts'
import { ArmMeans } from './arm-means.ts'
import type { BanditOptions } from './base-bandit.ts'

export interface UcbOptions extends BanditOptions {
  /** How much an arm is given for being little known: this times the root of 2 ln(rewards) / rewards of the arm. Default 1. */
  readonly exploration?: number
}

/**
 * UCB1 (Auer, Cesa-Bianchi and Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem", Machine Learning 2002), for rewards of
 * [0, 1]. `epsilon`: default 0; the propensity of a choice is 1 then. An arm never rewarded comes before all others; of equals the first. While rewards are
 * late it chooses the same arm again and again: give it an `epsilon`, or use `Thompson`.
 */
export class Ucb extends ArmMeans {
  readonly #exploration: number

  constructor(size: LearnerSize, { epsilon = 0, exploration = 1 }: UcbOptions = {}) {
    checkSetting('ucb', 'exploration', exploration, { atLeast: 0, atMost: 1e6 })
    super({ kind: 'ucb', size, epsilon, settings: { exploration } })
    this.#exploration = exploration
  }

  protected policy(out: Float64Array, all: number): void {
    const { counts, means } = this
    let rewards = 0
    for (let arm = 0; arm < counts.length; arm++) rewards += counts[arm]
    let best = 0
    let most = -Infinity
    for (let arm = 0; arm < counts.length; arm++) {
      const width = Math.sqrt((2 * Math.log(rewards)) / counts[arm])
      const value = counts[arm] === 0 ? Infinity : means[arm] + this.#exploration * width
      if (value <= most) continue
      most = value
      best = arm
    }
    out[best] += all
  }
}
