// How good a model of numbers is, pair by pair as labels arrive.
import { assert } from '../../base/assert.ts'
import { ExactSum, SUM_DOUBLES } from './exact-sum.ts'
import { bump, scaleDoubles, type MetricMemory } from './metric-memory.ts'
import type { Metrics, MetricsKind } from './metrics-kind.ts'

/** What `regression` measures. */
export interface RegressionReport {
  /** Rows. */
  readonly count: number
  /** Mean of |predicted - label|. */
  readonly mae: number | undefined
  /** Root of the mean of (predicted - label)^2. */
  readonly rmse: number | undefined
  /** Mean of predicted - label. */
  readonly bias: number | undefined
  /** RMSE of always saying the mean of all labels: their standard deviation. */
  readonly baseRmse: number | undefined
  /** Coefficient of determination: 1 - (rmse / baseRmse)^2; undefined where all labels are equal. */
  readonly r2: number | undefined
  /**
   * Symmetric mean absolute percentage error, 0 to 200: the mean of 200 |predicted - label| / (|predicted| + |label|), 0 where both are 0
   * (Armstrong, 1985, as in the M3 competition).
   */
  readonly smape: number | undefined
}

const ABSOLUTE = 1
const SQUARED = ABSOLUTE + SUM_DOUBLES
const BIAS = SQUARED + SUM_DOUBLES
const LABELS = BIAS + SUM_DOUBLES
const LABELS_SQUARED = LABELS + SUM_DOUBLES
const SMAPE = LABELS_SQUARED + SUM_DOUBLES
const DOUBLES = SMAPE + SUM_DOUBLES

/**
 * A function of the set of pairs: order and merging change no bit, and `remove` undoes `add`, while
 * sums are below 2^53.
 */
export class RegressionMetrics implements Metrics<RegressionReport> {
  static readonly doubles: number = DOUBLES
  readonly #memory: MetricMemory
  readonly #at: number
  readonly #absolute: ExactSum
  readonly #squared: ExactSum
  readonly #bias: ExactSum
  readonly #labels: ExactSum
  readonly #labelsSquared: ExactSum
  readonly #smape: ExactSum

  constructor(memory: MetricMemory, at = 0) {
    this.#memory = memory
    this.#at = at
    this.#absolute = new ExactSum(memory, at + ABSOLUTE)
    this.#squared = new ExactSum(memory, at + SQUARED)
    this.#bias = new ExactSum(memory, at + BIAS)
    this.#labels = new ExactSum(memory, at + LABELS)
    this.#labelsSquared = new ExactSum(memory, at + LABELS_SQUARED)
    this.#smape = new ExactSum(memory, at + SMAPE)
  }

  add(predicted: number, label: number): void {
    this.addWeighted(predicted, label, 1)
  }

  remove(predicted: number, label: number): void {
    this.addWeighted(predicted, label, -1)
  }

  /** Adds a pair so many times. */
  addWeighted(predicted: number, label: number, weight: number): void {
    checkPair(predicted, label)
    const error = predicted - label
    bump(this.#memory, this.#at, weight)
    this.#absolute.addWeighted(Math.abs(error), weight)
    this.#squared.addWeighted(error ** 2, weight)
    this.#bias.addWeighted(error, weight)
    this.#labels.addWeighted(label, weight)
    this.#labelsSquared.addWeighted(label ** 2, weight)
    const size = Math.abs(predicted) + Math.abs(label)
    this.#smape.addWeighted(size === 0 ? 0 : (200 * Math.abs(error)) / size, weight)
  }

  /** Makes every pair weigh so many times what it weighs. */
  scale(factor: number): void {
    scaleDoubles(this.#memory, this.#at, 1, factor)
    for (const sum of this.#sums()) sum.scale(factor)
  }

  merge(from: RegressionMetrics): void {
    bump(this.#memory, this.#at, from.#memory.f64[from.#at])
    const theirs = from.#sums()
    this.#sums().forEach((sum, i) => sum.merge(theirs[i]))
  }

  value(): RegressionReport {
    const count = this.#memory.f64[this.#at]
    if (count === 0) return NOTHING
    const mean = this.#labels.value() / count
    const variance = Math.max(0, this.#labelsSquared.value() / count - mean ** 2)
    const squared = this.#squared.value() / count
    return {
      count,
      mae: this.#absolute.value() / count,
      rmse: Math.sqrt(squared),
      bias: this.#bias.value() / count,
      baseRmse: Math.sqrt(variance),
      r2: variance === 0 ? undefined : 1 - squared / variance,
      smape: this.#smape.value() / count,
    }
  }

  #sums(): readonly ExactSum[] {
    return [
      this.#absolute,
      this.#squared,
      this.#bias,
      this.#labels,
      this.#labelsSquared,
      this.#smape,
    ]
  }
}

const NOTHING: RegressionReport = {
  count: 0,
  mae: undefined,
  rmse: undefined,
  bias: undefined,
  baseRmse: undefined,
  r2: undefined,
  smape: undefined,
}

/** Layout of regression metrics. */
export function regressionMetrics(): MetricsKind<RegressionReport, RegressionMetrics> {
  return {
    doubles: DOUBLES,
    over: (memory, at) => new RegressionMetrics(memory, at),
    merge: (into, from) => into.merge(from),
  }
}

/** The greatest magnitude of a number and of a label that are measured. */
export const MEASURED_MAX = 1e100

/** Beyond it a square would leave the range of doubles after a few more. */
function checkPair(predicted: number, label: number): void {
  assert(
    Math.abs(predicted) <= MEASURED_MAX && Math.abs(label) <= MEASURED_MAX,
    'a predicted number and a label that are judged are finite, and at most 1e100',
  )
}
