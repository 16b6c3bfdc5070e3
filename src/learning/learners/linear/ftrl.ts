// Weights as a closed form of all gradients so far: those that do not matter are exactly 0.
import { checkSetting } from '../../settings.ts'
import type { OptimizerSpec } from './optimizer.ts'

export interface FtrlOptions {
  /** Default 0.05. */
  readonly alpha?: number
  /** Default 1. */
  readonly beta?: number
  /** Weights whose sum of gradients is within it are 0. Default 0. */
  readonly l1?: number
  /** Default 1. */
  readonly l2?: number
}

/**
 * FTRL-Proximal (McMahan and others, "Ad Click Prediction: a View from the Trenches", KDD 2013, Algorithm 1). River 0.26 predicts with
 * the weights of one row ago and never sets a weight back to 0; this does not. Two doubles a weight besides the weight.
 * @example
 * logisticRegression({ optimizer: ftrl({ l1: 0.1 }) })
 */
export function ftrl({ alpha = 0.05, beta = 1, l1 = 0, l2 = 1 }: FtrlOptions = {}): OptimizerSpec {
  checkSetting('ftrl', 'alpha', alpha, { above: 0, atMost: 1e6 })
  checkSetting('ftrl', 'beta', beta, { above: 0 })
  checkSetting('ftrl', 'l1', l1, { atLeast: 0 })
  checkSetting('ftrl', 'l2', l2, { atLeast: 0 })
  return (count) => {
    const sums = new Float64Array(count)
    const squares = new Float64Array(count)
    return {
      kind: 'ftrl',
      settings: { alpha, beta, l1, l2 },
      rate: alpha,
      state: [sums, squares],
      step(weights, x, slope, penalty) {
        for (let i = 0; i < x.length; i++) {
          const gradient = slope * x[i] + penalty * weights[i]
          const before = Math.sqrt(squares[i])
          squares[i] += gradient * gradient
          const after = Math.sqrt(squares[i])
          sums[i] += gradient - ((after - before) / alpha) * weights[i]
          const sum = sums[i]
          weights[i] =
            Math.abs(sum) <= l1 ? 0 : -(sum - Math.sign(sum) * l1) / ((beta + after) / alpha + l2)
        }
      },
    }
  }
}
