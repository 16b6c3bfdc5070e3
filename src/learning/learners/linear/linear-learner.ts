// A weighted sum of the features, learnt by the gradient of a loss: what regression, logistic regression and the perceptron share.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { twoClasses, weightedSums } from '../../export/weighted-sum.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import type { Optimizer, OptimizerSpec } from './optimizer.ts'
import { sgd } from './sgd.ts'

export interface LinearOptions {
  readonly features: number
  /** Default `sgd(0.01)`. */
  readonly optimizer?: OptimizerSpec
  /** Pulls weights towards 0 in proportion to them. Default 0. Not with `l1`. */
  readonly l2?: number
  /** Pulls weights towards 0 by a fixed amount, cumulative (Tsuruoka, Tsujii and Ananiadou, ACL 2009). Default 0. */
  readonly l1?: number
  /** Rate of the intercept, which neither optimiser nor penalty touches; 0 for none. Default 0.01. */
  readonly interceptRate?: number
  /** Greatest magnitude of the slope of the loss. Default 1e12, which is none to speak of. */
  readonly clip?: number
}

export interface LinearKind {
  readonly kind: string
  readonly task: 'classes' | 'number'
  /** The slope of the loss at that weighted sum. */
  readonly slope: (sum: number, label: number) => number
  readonly options: LinearOptions
  /** What the slope depends on. */
  readonly settings?: Readonly<Record<string, number>>
}

/** Intercept, and how much l1 every weight could have been pulled so far. */
const INTERCEPT = 0
const PULLED = 1

/** Missing values count 0. Cost and memory are proportional to the features. */
export abstract class LinearLearner extends RowLearner {
  readonly #weights: Float64Array
  readonly #own = new Float64Array(2)
  readonly #pulls: Float64Array
  readonly #optimizer: Optimizer
  readonly #slope: (sum: number, label: number) => number
  readonly #l1: number
  readonly #l2: number
  readonly #interceptRate: number
  readonly #clip: number

  constructor({ kind, task, slope, options, settings = {} }: LinearKind) {
    const { features, l1 = 0, l2 = 0, interceptRate = 0.01, clip = 1e12 } = options
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'l1', l1, { atLeast: 0, atMost: 1e6 })
    checkSetting(kind, 'l2', l2, l1 > 0 ? { atLeast: 0, atMost: 0 } : { atLeast: 0, atMost: 1e6 })
    checkSetting(kind, 'interceptRate', interceptRate, { atLeast: 0, atMost: 1e6 })
    checkSetting(kind, 'clip', clip, { above: 0, atMost: 1e12 })
    const optimizer = (options.optimizer ?? sgd())(features)
    super({
      kind,
      task,
      version: 1,
      features,
      outputs: task === 'classes' ? 2 : 1,
      settings: {
        l1,
        l2,
        interceptRate,
        clip,
        ...settings,
        optimizer: optimizer.kind,
        ...optimizer.settings,
      },
      missing: 0,
    })
    this.#weights = new Float64Array(features)
    this.#pulls = new Float64Array(l1 > 0 ? features : 0)
    this.#optimizer = optimizer
    this.#slope = slope
    this.#l1 = l1
    this.#l2 = l2
    this.#interceptRate = interceptRate
    this.#clip = clip
  }

  /** A copy. */
  get weights(): Float64Array {
    return this.#weights.slice()
  }

  get intercept(): number {
    return this.#own[INTERCEPT]
  }

  /** The weighted sum of the row at hand. */
  protected sum(): number {
    const { x } = this
    const weights = this.#weights
    let sum = 0
    for (let i = 0; i < x.length; i++) sum += weights[i] * x[i]
    return sum + this.#own[INTERCEPT]
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const intercepts = Float64Array.of(this.intercept)
    const sum = weightedSums(graph, rows, { weights: this.#weights, intercepts })
    return this.task === 'classes' ? twoClasses(graph, sum) : sum
  }

  protected learnRow(label: number): void {
    const slope = Math.max(-this.#clip, Math.min(this.#clip, this.#slope(this.sum(), label)))
    this.#own[INTERCEPT] -= this.#interceptRate * slope
    this.#optimizer.step(this.#weights, this.x, slope, this.#l2)
    if (this.#l1 > 0) this.#pull()
  }

  #pull(): void {
    const { x } = this
    const weights = this.#weights
    const pulls = this.#pulls
    this.#own[PULLED] += this.#l1 * this.#optimizer.rate
    const pulled = this.#own[PULLED]
    for (let i = 0; i < x.length; i++) {
      const before = weights[i]
      if (before > 0) weights[i] = Math.max(0, before - (pulled + pulls[i]))
      else if (before < 0) weights[i] = Math.min(0, before + (pulled - pulls[i]))
      pulls[i] += weights[i] - before
    }
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#weights, this.#own, this.#pulls, ...this.#optimizer.state]
  }
}
