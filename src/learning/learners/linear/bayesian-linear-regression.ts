// A number by a weighted sum of the features, with the exact posterior of the weights.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { weightedSums } from '../../export/weighted-sum.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'

export interface BayesianLinearOptions {
  readonly features: number
  /** Precision of the prior of each weight, whose mean is 0. Default 1. */
  readonly alpha?: number
  /** Precision of the noise of labels. Default 1. */
  readonly beta?: number
}

/**
 * Bayesian linear regression (Bishop, "Pattern Recognition and Machine Learning", 2006, equations 3.50 and 3.51), the covariance kept by
 * the formula of Sherman and Morrison. No intercept: add a feature that is always 1. It forgets nothing. Cost of a row and memory grow
 * with the square of the features.
 */
export class BayesianLinearRegression extends RowLearner {
  readonly #mean: Float64Array
  /** The covariance of the weights, row by row; symmetric. */
  readonly #covariance: Float64Array
  readonly #gain: Float64Array
  readonly #beta: number

  constructor({ features, alpha = 1, beta = 1 }: BayesianLinearOptions) {
    checkSetting('bayesian-linear-regression', 'alpha', alpha, { above: 0, atMost: 1e6 })
    checkSetting('bayesian-linear-regression', 'beta', beta, { above: 0, atMost: 1e6 })
    super({
      kind: 'bayesian-linear-regression',
      task: 'number',
      version: 1,
      features,
      outputs: 1,
      settings: { alpha, beta },
      missing: 0,
    })
    this.#mean = new Float64Array(features)
    this.#covariance = new Float64Array(features * features)
    this.#gain = new Float64Array(features)
    this.#beta = beta
    for (let i = 0; i < features; i++) this.#covariance[i * features + i] = 1 / alpha
  }

  #sum(): number {
    const { x } = this
    let sum = 0
    for (let i = 0; i < x.length; i++) sum += this.#mean[i] * x[i]
    return sum
  }

  protected predictRow(out: Float64Array, at: number): void {
    out[at] = this.#sum()
  }

  /** Of the means of the weights: the graph does not know how sure they are. */
  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    return weightedSums(graph, rows, { weights: this.#mean, intercepts: new Float64Array(1) })
  }

  protected learnRow(label: number): void {
    const { x } = this
    const count = x.length
    const gain = this.#gain
    let spread = 0
    for (let i = 0; i < count; i++) {
      let sum = 0
      for (let j = 0; j < count; j++) sum += this.#covariance[i * count + j] * x[j]
      gain[i] = sum
      spread += sum * x[i]
    }
    const share = this.#beta / (1 + this.#beta * spread)
    const step = share * (label - this.#sum())
    for (let i = 0; i < count; i++) {
      this.#mean[i] += step * gain[i]
      const down = share * gain[i]
      for (let j = 0; j < count; j++) this.#covariance[i * count + j] -= down * gain[j]
    }
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#mean, this.#covariance]
  }
}
