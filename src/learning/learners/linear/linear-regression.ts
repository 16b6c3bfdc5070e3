// A number, by a weighted sum of the features.
import { LinearLearner, type LinearOptions } from './linear-learner.ts'

/**
 * Linear regression by the gradient of the squared error, 2 (sum - label), row by row. The predictions of River 0.26 with the same
 * optimiser. Scale the features first; with labels of a great scale choose a small rate or a clip, or it diverges.
 */
export class LinearRegression extends LinearLearner {
  constructor(options: LinearOptions) {
    super({
      kind: 'linear-regression',
      task: 'number',
      slope: (sum, label) => 2 * (sum - label),
      options,
    })
  }

  protected predictRow(out: Float64Array, at: number): void {
    out[at] = this.sum()
  }
}
