// The probabilities of classes by how often each feature occurs.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { sharesOfLogs } from '../../export/class-logs.ts'
import { nothing } from '../../export/nothing.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { logShare, votesOf } from './class-votes.ts'

export interface FrequencyNaiveBayesOptions {
  readonly features: number
  readonly classes: number
  /** Added to each count (Laplace, Lidstone). Default 1. */
  readonly alpha?: number
}

/** Rows of each class, and how often each feature occurred in each: what the multinomial and the complement classifier count. */
abstract class FrequencyNaiveBayes extends RowLearner {
  protected readonly alpha: number
  protected readonly counts: Float64Array
  /** By class, then feature. */
  protected readonly frequencies: Float64Array
  /** Of all features, by class. */
  protected readonly totals: Float64Array

  constructor(kind: string, { features, classes, alpha = 1 }: FrequencyNaiveBayesOptions) {
    checkSetting(kind, 'alpha', alpha, { above: 0, atMost: 1e6 })
    super({
      kind,
      task: 'classes',
      version: 1,
      features,
      outputs: classes,
      settings: { alpha },
      missing: 0,
    })
    this.alpha = alpha
    this.counts = new Float64Array(classes)
    this.frequencies = new Float64Array(classes * features)
    this.totals = new Float64Array(classes)
  }

  protected learnRow(label: number): void {
    const { x, frequencies } = this
    this.counts[label]++
    for (let i = 0, at = label * x.length; i < x.length; i++, at++) {
      const value = x[i]
      if (!(value > 0)) continue
      frequencies[at] += value
      this.totals[label] += value
    }
  }

  /** What a feature of that place that occurs once adds to the log likelihood of a class. */
  protected abstract logOf(feature: number, label: number): number
  /** What the log likelihood of a class begins with. */
  protected abstract prior(label: number): number

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { features, outputs: classes, counts } = this
    if (counts.every((count) => count === 0)) {
      return nothing(graph, rows, { columns: features, outputs: classes })
    }
    const none = graph.doubles([0], [])
    const given = rows.value()
    const there = graph.node('Where', [graph.node('Greater', [given, none]), given, none])
    const table = Float64Array.from({ length: features * classes }, (_, i) =>
      this.logOf(Math.floor(i / classes), i % classes),
    )
    const sums = graph.node('MatMul', [there, graph.doubles(table, [features, classes])])
    // What is added to a class never seen does not matter.
    const priors = counts.map((count, c) => (count > 0 ? this.prior(c) : 0))
    return sharesOfLogs(graph, graph.node('Add', [sums, graph.doubles(priors)]), counts)
  }

  protected override arrays(): readonly StateArray[] {
    return [this.counts, this.frequencies, this.totals]
  }
}

/**
 * Multinomial naive Bayes (McCallum and Nigam, "A Comparison of Event Models for Naive Bayes Text Classification", 1998), at the
 * probabilities of River 0.26. Features are frequencies, or weights of at least 0; a missing value or one below 0 counts as 0. A class never
 * seen has probability 0. It forgets nothing. 8 bytes a feature and class.
 */
export class MultinomialNaiveBayes extends FrequencyNaiveBayes {
  constructor(options: FrequencyNaiveBayesOptions) {
    super('multinomial-naive-bayes', options)
  }

  protected logOf(feature: number, label: number): number {
    const { alpha, features, frequencies, totals } = this
    const all = totals[label] + alpha * features
    return Math.log((frequencies[label * features + feature] + alpha) / all)
  }

  protected prior(label: number): number {
    return logShare(this.counts, label)
  }

  protected predictRow(out: Float64Array, at: number): void {
    const { x } = this
    for (let c = 0; c < this.outputs; c++) {
      let sum = this.prior(c)
      for (let i = 0; i < x.length; i++) if (x[i] > 0) sum += x[i] * this.logOf(i, c)
      out[at + c] = sum
    }
    votesOf(this.counts, out, at)
  }
}

/**
 * Complement naive Bayes: a class is judged by how unlike the row is to all other classes, which does better where classes are of very
 * unequal size (Rennie, Shih, Teevan and Karger, "Tackling the Poor Assumptions of Naive Bayes Text Classifiers", ICML 2003, with neither
 * the weights' norm nor the class share), at the probabilities of River 0.26. Else as `MultinomialNaiveBayes`.
 */
export class ComplementNaiveBayes extends FrequencyNaiveBayes {
  constructor(options: FrequencyNaiveBayesOptions) {
    super('complement-naive-bayes', options)
  }

  protected logOf(feature: number, label: number): number {
    return this.#logOf(feature, label, this.#ofAllClasses(feature))
  }

  protected prior(): number {
    return 0
  }

  protected predictRow(out: Float64Array, at: number): void {
    const { x, outputs } = this
    out.fill(0, at, at + outputs)
    for (let i = 0; i < x.length; i++) {
      if (!(x[i] > 0)) continue
      const total = this.#ofAllClasses(i)
      for (let c = 0; c < outputs; c++) out[at + c] += x[i] * this.#logOf(i, c, total)
    }
    votesOf(this.counts, out, at)
  }

  /** How often a feature occurred. */
  #ofAllClasses(feature: number): number {
    const { features, frequencies, outputs } = this
    let total = 0
    for (let c = 0; c < outputs; c++) total += frequencies[c * features + feature]
    return total
  }

  #logOf(feature: number, label: number, total: number): number {
    const { alpha, features, frequencies, outputs, totals } = this
    let all = 0
    for (let c = 0; c < outputs; c++) all += totals[c]
    // Rounding may leave less than nothing of all but one.
    const others = Math.max(0, total - frequencies[label * features + feature]) + alpha
    const most = Math.max(0, all - totals[label]) + alpha * features
    return -Math.log(others / most)
  }
}
