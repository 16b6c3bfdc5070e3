// A perceptron that asks for a margin, which it lowers with each mistake, and keeps its weights within the unit ball.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { twoClasses, weightedSums } from '../../export/weighted-sum.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { sigmoid } from './sigmoid.ts'

export interface AlmaOptions {
  readonly features: number
  /** How near the margin comes to the greatest one. Default 0.9. */
  readonly alpha?: number
  /** Default 1 / 0.9. */
  readonly b?: number
  /** Default the square root of 2. */
  readonly c?: number
}

/**
 * ALMA for p = 2 (Gentile, "A New Approximate Maximal Margin Classification Algorithm", JMLR 2001), at the predictions of River 0.26: no
 * intercept. Its probability is the logistic of its margin: no calibrated one.
 */
export class Alma extends RowLearner {
  readonly #weights: Float64Array
  readonly #mistakes = Float64Array.of(1)
  readonly #alpha: number
  readonly #b: number
  readonly #c: number

  constructor({ features, alpha = 0.9, b = 1 / 0.9, c = Math.SQRT2 }: AlmaOptions) {
    checkSetting('alma', 'alpha', alpha, { above: 0, atMost: 1 })
    checkSetting('alma', 'b', b, { above: 0, atMost: 1e6 })
    checkSetting('alma', 'c', c, { above: 0, atMost: 1e6 })
    super({
      kind: 'alma',
      task: 'classes',
      version: 1,
      features,
      outputs: 2,
      settings: { alpha, b, c },
      missing: 0,
    })
    this.#weights = new Float64Array(features)
    this.#alpha = alpha
    this.#b = b
    this.#c = c
  }

  #sum(): number {
    const { x } = this
    let sum = 0
    for (let i = 0; i < x.length; i++) sum += this.#weights[i] * x[i]
    return sum
  }

  protected predictRow(out: Float64Array, at: number): void {
    const probability = sigmoid(this.#sum())
    out[at] = 1 - probability
    out[at + 1] = probability
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const intercepts = new Float64Array(1)
    return twoClasses(graph, weightedSums(graph, rows, { weights: this.#weights, intercepts }))
  }

  protected learnRow(label: number): void {
    const side = label === 1 ? 1 : -1
    const root = Math.sqrt(this.#mistakes[0])
    if (side * this.#sum() >= (1 - this.#alpha) * (this.#b / root)) return
    const { x } = this
    const weights = this.#weights
    const step = (this.#c / root) * side
    let squares = 0
    for (let i = 0; i < x.length; i++) {
      weights[i] += step * x[i]
      squares += weights[i] * weights[i]
    }
    const norm = Math.sqrt(squares)
    if (norm > 1) for (let i = 0; i < x.length; i++) weights[i] /= norm
    this.#mistakes[0]++
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#weights, this.#mistakes]
  }
}
