// Fading means of each gradient and of its square, corrected for their start.
import { checkSetting } from '../../settings.ts'
import type { OptimizerSpec } from './optimizer.ts'

export interface AdamOptions {
  /** Default 0.1. */
  readonly rate?: number
  /** What the mean of gradients is multiplied by at each row. Default 0.9. */
  readonly beta1?: number
  /** What the mean of squares is multiplied by. Default 0.999. */
  readonly beta2?: number
  readonly epsilon?: number
}

/**
 * Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015).
 * @example
 * logisticRegression({ optimizer: adam({ rate: 0.01 }) })
 */
export function adam(options: AdamOptions = {}): OptimizerSpec {
  const { rate = 0.1, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options
  checkSetting('adam', 'rate', rate, { above: 0, atMost: 1e6 })
  checkSetting('adam', 'beta1', beta1, { atLeast: 0, below: 1 })
  checkSetting('adam', 'beta2', beta2, { atLeast: 0, below: 1 })
  checkSetting('adam', 'epsilon', epsilon, { above: 0 })
  return (count) => {
    const means = new Float64Array(count)
    const squares = new Float64Array(count)
    const steps = new Float64Array(1)
    return {
      kind: 'adam',
      settings: { rate, beta1, beta2, epsilon },
      rate,
      state: [means, squares, steps],
      step(weights, x, slope, l2) {
        steps[0]++
        const now = (rate * Math.sqrt(1 - beta2 ** steps[0])) / (1 - beta1 ** steps[0])
        for (let i = 0; i < x.length; i++) {
          const gradient = slope * x[i] + l2 * weights[i]
          means[i] = beta1 * means[i] + (1 - beta1) * gradient
          squares[i] = beta2 * squares[i] + (1 - beta2) * gradient * gradient
          weights[i] -= (now * means[i]) / (Math.sqrt(squares[i]) + epsilon)
        }
      },
    }
  }
}
