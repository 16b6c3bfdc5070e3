// A rate of its own for each weight, which falls with the squares of its gradients.
import { checkSetting } from '../../settings.ts'
import type { OptimizerSpec } from './optimizer.ts'

/**
 * AdaGrad (Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 2011).
 * `rate`: default 0.1. Its rates only fall: it stops following drift.
 * @example
 * logisticRegression({ optimizer: adaGrad(0.1) })
 */
export function adaGrad(rate = 0.1, epsilon = 1e-8): OptimizerSpec {
  checkSetting('ada-grad', 'rate', rate, { above: 0, atMost: 1e6 })
  checkSetting('ada-grad', 'epsilon', epsilon, { above: 0 })
  return (count) => {
    const squares = new Float64Array(count)
    return {
      kind: 'ada-grad',
      settings: { rate, epsilon },
      rate,
      state: [squares],
      step(weights, x, slope, l2) {
        for (let i = 0; i < x.length; i++) {
          const gradient = slope * x[i] + l2 * weights[i]
          squares[i] += gradient * gradient
          weights[i] -= (rate / Math.sqrt(squares[i] + epsilon)) * gradient
        }
      },
    }
  }
}
