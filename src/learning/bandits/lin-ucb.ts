// The arm that could be best in this context, where the reward of each arm is a weighted sum of the context.
import type { LearnerSize } from '../../contracts/learner.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { armsOf, BaseBandit, type BanditOptions } from './base-bandit.ts'

export interface LinUcbOptions extends BanditOptions {
  /** How much an arm is given for being little known in such a context. Default 1. */
  readonly alpha?: number
  /** How strongly weights are drawn towards 0. Default 1. */
  readonly l2?: number
  /** Whether the context has a constant beside its columns, as that of the paper has (5.2.2). Default true. */
  readonly intercept?: boolean
}

/**
 * LinUCB with disjoint arms (Li, Chu, Langford and Schapire, "A Contextual-Bandit Approach to Personalized News Article Recommendation",
 * WWW 2010, algorithm 1), the inverse kept by the formula of Sherman and Morrison. Scale the
 * context. `epsilon`: default 0; the propensity of a choice is 1 then. A choice and a reward cost the square of the features, a
 * choice that for each arm; memory is 8 bytes for each pair of features of each arm.
 */
export class LinUcb extends BaseBandit {
  readonly #alpha: number
  /** Of each arm: the inverse of l2 I + sum of x x', and the sum of rewards times x. */
  readonly #inverses: readonly Float64Array[]
  readonly #sums: readonly Float64Array[]
  readonly #pulled: Float64Array

  constructor(
    size: LearnerSize,
    { epsilon = 0, alpha = 1, l2 = 1, intercept = true }: LinUcbOptions = {},
  ) {
    const kind = 'lin-ucb'
    const width = size.features + (intercept ? 1 : 0)
    const arms = armsOf(kind, size)
    checkSetting(kind, 'features', size.features, { atLeast: 1, atMost: 1000, whole: true })
    checkSetting(kind, 'alpha', alpha, { atLeast: 0, atMost: 1e6 })
    checkSetting(kind, 'l2', l2, { atLeast: 1e-6, atMost: 1e6 })
    super({ kind, size, epsilon, intercept, settings: { alpha, l2, intercept } })
    this.#alpha = alpha
    this.#inverses = Array.from({ length: arms }, () => {
      const inverse = new Float64Array(width * width)
      for (let i = 0; i < width; i++) inverse[i * width + i] = 1 / l2
      return inverse
    })
    this.#sums = Array.from({ length: arms }, () => new Float64Array(width))
    this.#pulled = new Float64Array(width)
  }

  protected policy(out: Float64Array, all: number): void {
    let best = 0
    let most = -Infinity
    for (let arm = 0; arm < this.arms; arm++) {
      const spread = this.#pull(arm)
      const pulled = this.#pulled
      const sums = this.#sums[arm]
      let mean = 0
      for (let i = 0; i < pulled.length; i++) mean += pulled[i] * sums[i]
      const value = mean + this.#alpha * Math.sqrt(Math.max(0, spread))
      if (!(value > most)) continue
      most = value
      best = arm
    }
    out[best] += all
  }

  /** The inverse times the context, into `#pulled`; gives the context times that. */
  #pull(arm: number): number {
    const { x } = this
    const inverse = this.#inverses[arm]
    let spread = 0
    for (let i = 0, at = 0; i < x.length; i++) {
      let sum = 0
      for (let j = 0; j < x.length; j++, at++) sum += inverse[at] * x[j]
      this.#pulled[i] = sum
      spread += sum * x[i]
    }
    return spread
  }

  protected reward(arm: number, reward: number): void {
    const { x } = this
    const spread = this.#pull(arm)
    const pulled = this.#pulled
    const inverse = this.#inverses[arm]
    const sums = this.#sums[arm]
    const scale = 1 / (1 + Math.max(0, spread))
    for (let i = 0, at = 0; i < x.length; i++) {
      sums[i] += reward * x[i]
      for (let j = 0; j < x.length; j++, at++) inverse[at] -= pulled[i] * scale * pulled[j]
    }
  }

  protected arrays(): readonly StateArray[] {
    return [...this.#inverses, ...this.#sums]
  }
}
