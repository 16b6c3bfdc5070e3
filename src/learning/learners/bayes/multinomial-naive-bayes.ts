// The probabilities of classes by how often each feature occurs.
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

  protected predictRow(out: Float64Array, at: number): void {
    const { x, alpha, frequencies } = this
    for (let c = 0; c < this.outputs; c++) {
      let sum = logShare(this.counts, c)
      const all = this.totals[c] + alpha * x.length
      for (let i = 0, of = c * x.length; i < x.length; i++, of++) {
        if (x[i] > 0) sum += x[i] * Math.log((frequencies[of] + alpha) / all)
      }
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

  protected predictRow(out: Float64Array, at: number): void {
    const { x, alpha, frequencies, outputs, totals } = this
    let all = 0
    for (let c = 0; c < outputs; c++) all += totals[c]
    out.fill(0, at, at + outputs)
    for (let i = 0; i < x.length; i++) {
      if (!(x[i] > 0)) continue
      let total = 0
      for (let c = 0; c < outputs; c++) total += frequencies[c * x.length + i]
      for (let c = 0; c < outputs; c++) {
        // Rounding may leave less than nothing of all but one.
        const others = Math.max(0, total - frequencies[c * x.length + i]) + alpha
        const most = Math.max(0, all - totals[c]) + alpha * x.length
        out[at + c] -= x[i] * Math.log(others / most)
      }
    }
    votesOf(this.counts, out, at)
  }
}
