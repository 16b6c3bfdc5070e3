// Rows of some classes count more than those of others.
import { checkByClass, Repeated, type RepeatedOptions } from './repeated.ts'

export interface ClassWeightsOptions extends RepeatedOptions {
  /** How much a row of each class counts. 2.5: it is learnt twice, and every other time once more. */
  readonly weights: readonly number[]
}

/**
 * Class weights for a learner that knows none: a row is learnt as often as its class weighs. Where a class weighs less than 1 rows of it are
 * left out by chance. Cost grows with the weights.
 */
export class ClassWeights extends Repeated {
  readonly #weights: readonly number[]

  constructor(options: ClassWeightsOptions) {
    const kind = 'class-weights'
    const weights = checkByClass(kind, 'weights', options.weights, options.learner.outputs)
    super(kind, options, { weights })
    this.#weights = weights
  }

  protected rate(label: number): number {
    return this.#weights[label]
  }
}
