// A rate of its own for each weight, by a fading mean of the squares of its gradients.
import { checkSetting } from '../../settings.ts'
import type { OptimizerSpec } from './optimizer.ts'

export interface RmsPropOptions {
  /** Default 0.1. */
  readonly rate?: number
  /** What the mean is multiplied by at each row. Default 0.9. */
  readonly rho?: number
  readonly epsilon?: number
}

/**
 * RMSProp (Tieleman and Hinton, "Lecture 6.5", Coursera 2012).
 * @example
 * logisticRegression({ optimizer: rmsProp({ rate: 0.01 }) })
 */
export function rmsProp({
  rate = 0.1,
  rho = 0.9,
  epsilon = 1e-8,
}: RmsPropOptions = {}): OptimizerSpec {
  checkSetting('rms-prop', 'rate', rate, { above: 0, atMost: 1e6 })
  checkSetting('rms-prop', 'rho', rho, { above: 0, below: 1 })
  checkSetting('rms-prop', 'epsilon', epsilon, { above: 0 })
  return (count) => {
    const squares = new Float64Array(count)
    return {
      kind: 'rms-prop',
      settings: { rate, rho, epsilon },
      rate,
      state: [squares],
      step(weights, x, slope, l2) {
        for (let i = 0; i < x.length; i++) {
          const gradient = slope * x[i] + l2 * weights[i]
          squares[i] = rho * squares[i] + (1 - rho) * gradient * gradient
          weights[i] -= (rate / Math.sqrt(squares[i] + epsilon)) * gradient
        }
      },
    }
  }
}
