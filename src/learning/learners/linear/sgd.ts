// Stochastic gradient descent with a fixed rate.
import { checkSetting } from '../../settings.ts'
import type { OptimizerSpec } from './optimizer.ts'

/**
 * SGD (Robbins and Monro, 1951). `rate`: default 0.01.
 * @example
 * logisticRegression({ optimizer: sgd(0.05) })
 */
export function sgd(rate = 0.01): OptimizerSpec {
  checkSetting('sgd', 'rate', rate, { above: 0, atMost: 1e6 })
  return () => ({
    kind: 'sgd',
    settings: { rate },
    rate,
    state: [],
    step(weights, x, slope, l2) {
      if (l2 === 0) {
        for (let i = 0; i < x.length; i++) weights[i] -= rate * (slope * x[i])
        return
      }
      for (let i = 0; i < x.length; i++) weights[i] -= rate * (slope * x[i] + l2 * weights[i])
    },
  })
}
