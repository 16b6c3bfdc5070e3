// Moves its weights just so far that the row at hand is right by a margin, or nearly.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { twoClasses, weightedSums } from '../../export/weighted-sum.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { sigmoid } from './sigmoid.ts'

export interface PassiveAggressiveOptions {
  readonly features: number
  /** How far one row may move the weights. Default 1. */
  readonly c?: number
  /** 1: no farther than `c` (PA-I); 2: slowed in proportion (PA-II). Default 1. */
  readonly mode?: 1 | 2
}

abstract class PassiveAggressive extends RowLearner {
  /** The last is the intercept. */
  readonly #weights: Float64Array
  readonly #c: number
  readonly #mode: 1 | 2

  constructor(
    kind: string,
    task: 'classes' | 'number',
    { features, c = 1, mode = 1 }: PassiveAggressiveOptions,
    settings: Readonly<Record<string, number>>,
  ) {
    checkSetting(kind, 'c', c, { above: 0, atMost: 1e6 })
    super({
      kind,
      task,
      version: 1,
      features,
      outputs: task === 'classes' ? 2 : 1,
      settings: { c, mode, ...settings },
      missing: 0,
    })
    this.#weights = new Float64Array(features + 1)
    this.#c = c
    this.#mode = mode
  }

  protected sum(): number {
    const { x } = this
    const weights = this.#weights
    let sum = 0
    for (let i = 0; i < x.length; i++) sum += weights[i] * x[i]
    return sum + weights[x.length]
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const weights = this.#weights.subarray(0, this.features)
    const intercepts = this.#weights.subarray(this.features)
    const sum = weightedSums(graph, rows, { weights, intercepts })
    return this.task === 'classes' ? twoClasses(graph, sum) : sum
  }

  protected move(loss: number, side: number): void {
    if (loss === 0) return
    const { x } = this
    const weights = this.#weights
    let norm = 0
    for (let i = 0; i < x.length; i++) norm += x[i] * x[i]
    let tau = 0
    if (this.#mode === 2) tau = loss / (norm + 0.5 / this.#c)
    else if (norm > 0) tau = Math.min(this.#c, loss / norm)
    const step = tau * side
    for (let i = 0; i < x.length; i++) weights[i] += step * x[i]
    weights[x.length] += step
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#weights]
  }
}

/**
 * Passive-aggressive classification (Crammer, Dekel, Keshet, Shalev-Shwartz and Singer, "Online Passive-Aggressive Algorithms", JMLR
 * 2006), at the predictions of River 0.26. Its probability is the logistic of its margin: no calibrated one. It follows the newest labels.
 */
export class PassiveAggressiveClassifier extends PassiveAggressive {
  constructor(options: PassiveAggressiveOptions) {
    super('passive-aggressive-classifier', 'classes', options, {})
  }

  protected predictRow(out: Float64Array, at: number): void {
    const probability = sigmoid(this.sum())
    out[at] = 1 - probability
    out[at + 1] = probability
  }

  protected learnRow(label: number): void {
    const side = label === 1 ? 1 : -1
    this.move(Math.max(0, 1 - side * this.sum()), side)
  }
}

export interface PassiveAggressiveRegressorOptions extends PassiveAggressiveOptions {
  /** An error within it moves nothing. Default 0.1. */
  readonly epsilon?: number
}

/**
 * Passive-aggressive regression of the same paper. River 0.26 takes its loss against 2y - 1, a rule for bits; this takes the label as
 * it is, as the paper does.
 */
export class PassiveAggressiveRegressor extends PassiveAggressive {
  readonly #epsilon: number

  constructor(options: PassiveAggressiveRegressorOptions) {
    const { epsilon = 0.1 } = options
    checkSetting('passive-aggressive-regressor', 'epsilon', epsilon, { atLeast: 0 })
    super('passive-aggressive-regressor', 'number', options, { epsilon })
    this.#epsilon = epsilon
  }

  protected predictRow(out: Float64Array, at: number): void {
    out[at] = this.sum()
  }

  protected learnRow(label: number): void {
    const apart = label - this.sum()
    this.move(Math.max(0, Math.abs(apart) - this.#epsilon), Math.sign(apart))
  }
}
