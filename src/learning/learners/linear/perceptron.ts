// Moves its weights only by rows it gets wrong.
import { LinearLearner } from './linear-learner.ts'
import { sgd } from './sgd.ts'
import { sigmoid } from './sigmoid.ts'

/** The perceptron (Rosenblatt, 1958), at the predictions of River 0.26. Its probability is the logistic of its margin: no calibrated one. */
export class Perceptron extends LinearLearner {
  constructor({ features }: { readonly features: number }) {
    super({
      kind: 'perceptron',
      task: 'classes',
      slope: (sum, label) => {
        const side = label === 1 ? 1 : -1
        return side * sum <= 0 ? -side : 0
      },
      options: { features, optimizer: sgd(1), interceptRate: 1 },
    })
  }

  protected predictRow(out: Float64Array, at: number): void {
    const probability = sigmoid(this.sum())
    out[at] = 1 - probability
    out[at + 1] = probability
  }
}
