// The probability of one of two classes, by a weighted sum of the features.
import { checkSetting } from '../../settings.ts'
import { LinearLearner, type LinearOptions } from './linear-learner.ts'
import { sigmoid } from './sigmoid.ts'

export interface LogisticOptions extends LinearOptions {
  /** How much more a row of class 1 counts than one of class 0. Default 1. */
  readonly positiveWeight?: number
}

/**
 * Logistic regression by the gradient of log loss, row by row (Bottou, "Large-Scale Machine Learning with Stochastic Gradient Descent",
 * 2010). The predictions of River 0.26 with the same optimiser. Scale the features first.
 */
export class LogisticRegression extends LinearLearner {
  constructor(options: LogisticOptions) {
    const { positiveWeight = 1 } = options
    checkSetting('logistic-regression', 'positiveWeight', positiveWeight, { above: 0, atMost: 1e6 })
    super({
      kind: 'logistic-regression',
      task: 'classes',
      slope: (sum, label) => (label === 1 ? positiveWeight * -fall(sum) : fall(-sum)),
      options,
      settings: { positiveWeight },
    })
  }

  protected predictRow(out: Float64Array, at: number): void {
    const probability = sigmoid(this.sum())
    out[at] = 1 - probability
    out[at + 1] = probability
  }
}

/** 1 / (1 + exp(z)), by its ends where it is as good. */
function fall(z: number): number {
  if (z > 18) return Math.exp(-z)
  return z < -18 ? 1 : 1 / (Math.exp(z) + 1)
}
