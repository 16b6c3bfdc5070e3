// The probabilities of classes by which features are there and which are not.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { sharesOfLogs } from '../../export/class-logs.ts'
import { asNumber } from '../../export/columns.ts'
import { nothing } from '../../export/nothing.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { FLOOR, logShare, votesOf } from './class-votes.ts'

export interface BernoulliNaiveBayesOptions {
  readonly features: number
  readonly classes: number
  /** Added to each count (Laplace, Lidstone). Default 1. */
  readonly alpha?: number
  /** A feature is there where its value is above. Default 0. */
  readonly threshold?: number
}

/** Of a class and a feature: rows with a value, and those above the threshold. */
const STRIDE = 2

/**
 * Bernoulli naive Bayes (McCallum and Nigam, "A Comparison of Event Models for Naive Bayes Text Classification", 1998), at the
 * probabilities of River 0.26. A missing value is left out; a class never seen has probability 0. It forgets nothing. 16 bytes a feature
 * and class.
 */
export class BernoulliNaiveBayes extends RowLearner {
  readonly #alpha: number
  readonly #threshold: number
  readonly #counts: Float64Array
  readonly #there: Float64Array

  constructor(options: BernoulliNaiveBayesOptions) {
    const kind = 'bernoulli-naive-bayes'
    const { features, classes, alpha = 1, threshold = 0 } = options
    checkSetting(kind, 'alpha', alpha, { above: 0, atMost: 1e6 })
    checkSetting(kind, 'threshold', threshold, { atLeast: -1e100, atMost: 1e100 })
    super({
      kind,
      task: 'classes',
      version: 1,
      features,
      outputs: classes,
      settings: { alpha, threshold },
    })
    this.#alpha = alpha
    this.#threshold = threshold
    this.#counts = new Float64Array(classes)
    this.#there = new Float64Array(classes * features * STRIDE)
  }

  protected predictRow(out: Float64Array, at: number): void {
    const { x, outputs } = this
    const there = this.#there
    for (let c = 0; c < outputs; c++) {
      let sum = logShare(this.#counts, c)
      for (let i = 0, of = c * x.length * STRIDE; i < x.length; i++, of += STRIDE) {
        const value = x[i]
        if (value !== value) continue
        const share = (there[of + 1] + this.#alpha) / (there[of] + 2 * this.#alpha)
        sum += Math.log(FLOOR + (value > this.#threshold ? share : 1 - share))
      }
      out[at + c] = sum
    }
    votesOf(this.#counts, out, at)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features, outputs: classes } = this
    if (this.#counts.every((count) => count === 0)) {
      return nothing(graph, rows, { columns: features, outputs: classes })
    }
    const there = this.#there
    const logs = (of: (share: number) => number): GraphValue => {
      const table = new Float64Array(features * classes)
      for (let i = 0; i < table.length; i++) {
        const at = ((i % classes) * features + Math.floor(i / classes)) * STRIDE
        const share = (there[at + 1] + this.#alpha) / (there[at] + 2 * this.#alpha)
        table[i] = Math.log(FLOOR + of(share))
      }
      return graph.doubles(table, [features, classes])
    }
    // A missing value is neither above nor not above.
    const threshold = graph.doubles([this.#threshold], [])
    const above = asNumber(graph, graph.node('Greater', [rows.value(), threshold]))
    const others = asNumber(graph, graph.node('LessOrEqual', [rows.value(), threshold]))
    const sums = graph.node('Add', [
      graph.node('MatMul', [above, logs((share) => share)]),
      graph.node('MatMul', [others, logs((share) => 1 - share)]),
    ])
    // What is added to a class never seen does not matter.
    const shares = this.#counts.map((count, c) => (count > 0 ? logShare(this.#counts, c) : 0))
    const all = graph.node('Add', [sums, graph.doubles(shares)])
    return sharesOfLogs(graph, all, this.#counts)
  }

  protected learnRow(label: number): void {
    const { x } = this
    const there = this.#there
    this.#counts[label]++
    for (let i = 0, at = label * x.length * STRIDE; i < x.length; i++, at += STRIDE) {
      const value = x[i]
      if (value !== value) continue
      there[at]++
      if (value > this.#threshold) there[at + 1]++
    }
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#counts, this.#there]
  }
}
