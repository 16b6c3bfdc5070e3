// Each arm as often as it is probably the best.
import type { LearnerSize } from '../../contracts/learner.ts'
import { erf } from '../learners/tree/erf.ts'
import { checkSetting } from '../settings.ts'
import { ArmMeans } from './arm-means.ts'
import { armsOf, type BanditOptions } from './base-bandit.ts'

export interface ThompsonOptions extends BanditOptions {
  /** The deviation of a single reward that is reckoned with. Default 1, which is right for rewards of [0, 1]. */
  readonly deviation?: number
}

const ARMS_MAX = 1000

/** Places at which a normal distribution is asked: the middles of as many equal shares of it. */
const PLACES = 128

/**
 * Thompson sampling with normal posteriors (Agrawal and Goyal, "Near-Optimal Regret Bounds for Thompson Sampling", JACM 2017): an arm with n
 * rewards is believed to be worth its mean, with a deviation of `deviation` / sqrt(n + 1). It does not draw a worth for each arm and take the best, but
 * computes how probable it is that each arm would be taken, and draws the arm by that: the same policy, with a propensity that is known.
 * `epsilon`: default 0. The shares are computed anew after a reward, by quadrature within 1/128: arms squared times 128 steps.
 */
export class Thompson extends ArmMeans {
  readonly #deviation: number
  readonly #shares: Float64Array
  #known = false

  constructor(size: LearnerSize, { epsilon = 0, deviation = 1 }: ThompsonOptions = {}) {
    const arms = armsOf('thompson', size, ARMS_MAX)
    checkSetting('thompson', 'deviation', deviation, { above: 0, atMost: 1e50 })
    super({ kind: 'thompson', size, epsilon, settings: { deviation } })
    this.#deviation = deviation
    this.#shares = new Float64Array(arms)
  }

  protected policy(out: Float64Array, all: number): void {
    if (!this.#known) this.#compute()
    for (let arm = 0; arm < this.arms; arm++) out[arm] += all * this.#shares[arm]
  }

  /** The share of each arm: the mean, over places of its own distribution, of the probability that all others lie below. */
  #compute(): void {
    const shares = this.#shares
    let sum = 0
    for (let arm = 0; arm < this.arms; arm++) {
      const own = this.#width(arm)
      let share = 0
      for (let i = 0; i < PLACES; i++) {
        const worth = this.means[arm] + own * NORMAL[i]
        let below = 1
        for (let other = 0; other < this.arms && below > 0; other++) {
          if (other === arm) continue
          const apart = (worth - this.means[other]) / this.#width(other)
          below *= 0.5 * (1 + erf(apart / Math.SQRT2))
        }
        share += below
      }
      shares[arm] = share
      sum += share
    }
    for (let arm = 0; arm < this.arms; arm++) shares[arm] /= sum
    this.#known = true
  }

  #width(arm: number): number {
    return this.#deviation / Math.sqrt(this.counts[arm] + 1)
  }

  protected override reward(arm: number, reward: number): void {
    super.reward(arm, reward)
    this.#known = false
  }

  override restore(bytes: Uint8Array): void {
    super.restore(bytes)
    this.#known = false
  }
}

/** The quantiles of the standard normal distribution at the middles of equal shares, by bisection. */
const NORMAL: Float64Array = Float64Array.from({ length: PLACES }, (_, i) => {
  const wanted = (i + 0.5) / PLACES
  let low = -9
  let high = 9
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (0.5 * (1 + erf(middle / Math.SQRT2)) < wanted) low = middle
    else high = middle
  }
  return (low + high) / 2
})
