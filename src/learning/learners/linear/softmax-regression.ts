// The probabilities of several classes, by a weighted sum of the features for each.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { weightedSums } from '../../export/weighted-sum.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import type { Optimizer, OptimizerSpec } from './optimizer.ts'
import { sgd } from './sgd.ts'

export interface SoftmaxOptions {
  readonly features: number
  readonly classes: number
  /** Default `sgd(0.01)`. */
  readonly optimizer?: OptimizerSpec
  /** Default 0. */
  readonly l2?: number
  /** Rate of the intercepts; 0 for none. Default 0.01. */
  readonly interceptRate?: number
}

/**
 * Softmax (multinomial logistic) regression by the gradient of cross entropy, row by row (Bishop, "Pattern Recognition and Machine
 * Learning", 2006, 4.3.4). All classes are there from the start, and each has an intercept; River 0.26 has neither.
 */
export class SoftmaxRegression extends RowLearner {
  readonly #weights: readonly Float64Array[]
  readonly #intercepts: Float64Array
  readonly #optimizers: readonly Optimizer[]
  readonly #probabilities: Float64Array
  readonly #l2: number
  readonly #interceptRate: number

  constructor(options: SoftmaxOptions) {
    const { features, classes, optimizer = sgd(), l2 = 0, interceptRate = 0.01 } = options
    checkSetting('softmax-regression', 'l2', l2, { atLeast: 0, atMost: 1e6 })
    checkSetting('softmax-regression', 'interceptRate', interceptRate, { atLeast: 0, atMost: 1e6 })
    const { kind, settings } = optimizer(1)
    super({
      kind: 'softmax-regression',
      task: 'classes',
      version: 1,
      features,
      outputs: classes,
      settings: { l2, interceptRate, optimizer: kind, ...settings },
      missing: 0,
    })
    const each = Array.from({ length: classes }, () => features)
    this.#weights = each.map((count) => new Float64Array(count))
    this.#optimizers = each.map((count) => optimizer(count))
    this.#intercepts = new Float64Array(classes)
    this.#probabilities = new Float64Array(classes)
    this.#l2 = l2
    this.#interceptRate = interceptRate
  }

  protected predictRow(out: Float64Array, at: number): void {
    const { x, outputs } = this
    let greatest = -Infinity
    for (let c = 0; c < outputs; c++) {
      const weights = this.#weights[c]
      let sum = this.#intercepts[c]
      for (let i = 0; i < x.length; i++) sum += weights[i] * x[i]
      out[at + c] = sum
      if (sum > greatest) greatest = sum
    }
    let total = 0
    for (let c = 0; c < outputs; c++) {
      out[at + c] = Math.exp(out[at + c] - greatest)
      total += out[at + c]
    }
    for (let c = 0; c < outputs; c++) out[at + c] /= total
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features, outputs } = this
    const weights = new Float64Array(features * outputs)
    this.#weights.forEach((own, c) => own.forEach((each, i) => (weights[i * outputs + c] = each)))
    const sums = weightedSums(graph, rows, { weights, intercepts: this.#intercepts })
    return graph.node('Softmax', [sums], { axis: 1 })
  }

  protected learnRow(label: number): void {
    this.predictRow(this.#probabilities, 0)
    for (let c = 0; c < this.outputs; c++) {
      const slope = this.#probabilities[c] - (c === label ? 1 : 0)
      this.#intercepts[c] -= this.#interceptRate * slope
      this.#optimizers[c].step(this.#weights[c], this.x, slope, this.#l2)
    }
  }

  protected override arrays(): readonly StateArray[] {
    return [...this.#weights, this.#intercepts, ...this.#optimizers.flatMap(({ state }) => state)]
  }
}
