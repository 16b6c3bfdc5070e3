// Classes learnt in shares that are stated, whatever shares they come in.
import { DefinitionError } from '../../base/errors.ts'
import { checkSetting } from '../settings.ts'
import { checkByClass, Repeated, type RepeatedOptions } from './repeated.ts'

export interface BalancedOptions extends RepeatedOptions {
  /** `under` leaves out rows of classes that come too often; `over` learns rows of classes that come too seldom more than once. */
  readonly by: 'under' | 'over'
  /** The shares the classes are to have. Default all the same. */
  readonly shares?: readonly number[]
  /** Times a row is learnt at most, by `over`. Default 100. */
  readonly most?: number
}

/**
 * Random under or over sampling in the stream, by the shares of the classes so far (rejection sampling, as in River 0.26's
 * RandomUnderSampler and RandomOverSampler). Under sampling is cheap; over sampling loses nothing. Probabilities are those of the classes
 * as they come unless `recalibrate` is false (Dal Pozzolo et al., "Calibrating Probability with Undersampling", 2015).
 */
export class Balanced extends Repeated {
  readonly #shares: readonly number[]
  readonly #under: boolean
  readonly #most: number

  constructor(options: BalancedOptions) {
    const kind = 'balanced'
    const { learner, by, most = 100 } = options
    if (by !== 'under' && by !== 'over') {
      throw new DefinitionError(
        `${kind}: expected 'by' to be 'under' or 'over', found '${String(by)}'; state one of the two`,
      )
    }
    const equal = Array.from({ length: learner.outputs }, () => 1)
    const shares = checkByClass(kind, 'shares', options.shares ?? equal, learner.outputs)
    checkSetting(kind, 'most', most, { atLeast: 1, atMost: 1e4 })
    super(kind, options, { by, shares, most })
    this.#shares = shares
    this.#under = by === 'under'
    this.#most = most
  }

  protected rate(label: number): number {
    const { seen } = this
    let limit = this.#shares[label] / seen[label]
    const own = limit
    for (let c = 0; c < seen.length; c++) {
      if (seen[c] === 0) continue
      const wanted = this.#shares[c] / seen[c]
      if (this.#under ? wanted > limit : wanted < limit) limit = wanted
    }
    return Math.min(this.#most, own / limit)
  }
}
