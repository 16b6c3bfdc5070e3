// How good a model of numbers is, pair by pair as labels arrive.
import { assert } from '../../base/assert.ts'
import { ExactSum, SUM_DOUBLES } from './exact-sum.ts'
import { bump, type MetricMemory } from './metric-memory.ts'
import type { Metrics, MetricsKind } from './metrics-kind.ts'

export interface RegressionReport {
  readonly count: number
  /** Mean of |predicted - label|. */
  readonly mae: number | undefined
  /** Root of the mean of (predicted - label)^2. */
  readonly rmse: number | undefined
  /** Mean of predicted - label. */
  readonly bias: number | undefined
  /** RMSE of always saying the mean of all labels: their standard deviation. */
  readonly baseRmse: number | undefined
}

const ABSOLUTE = 1
const SQUARED = ABSOLUTE + SUM_DOUBLES
const BIAS = SQUARED + SUM_DOUBLES
const LABELS = BIAS + SUM_DOUBLES
const LABELS_SQUARED = LABELS + SUM_DOUBLES
const DOUBLES = LABELS_SQUARED + SUM_DOUBLES

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

  constructor(memory: MetricMemory, at = 0) {
    this.#memory = memory
    this.#at = at
    this.#absolute = new ExactSum(memory, at + ABSOLUTE)
    this.#squared = new ExactSum(memory, at + SQUARED)
    this.#bias = new ExactSum(memory, at + BIAS)
    this.#labels = new ExactSum(memory, at + LABELS)
    this.#labelsSquared = new ExactSum(memory, at + LABELS_SQUARED)
  }

  add(predicted: number, label: number): void {
    checkPair(predicted, label)
    const error = predicted - label
    bump(this.#memory, this.#at, 1)
    this.#absolute.add(Math.abs(error))
    this.#squared.add(error ** 2)
    this.#bias.add(error)
    this.#labels.add(label)
    this.#labelsSquared.add(label ** 2)
  }

  remove(predicted: number, label: number): void {
    checkPair(predicted, label)
    const error = predicted - label
    bump(this.#memory, this.#at, -1)
    this.#absolute.subtract(Math.abs(error))
    this.#squared.subtract(error ** 2)
    this.#bias.subtract(error)
    this.#labels.subtract(label)
    this.#labelsSquared.subtract(label ** 2)
  }

  merge(from: RegressionMetrics): void {
    bump(this.#memory, this.#at, from.#memory.f64[from.#at])
    this.#absolute.merge(from.#absolute)
    this.#squared.merge(from.#squared)
    this.#bias.merge(from.#bias)
    this.#labels.merge(from.#labels)
    this.#labelsSquared.merge(from.#labelsSquared)
  }

  value(): RegressionReport {
    const count = this.#memory.f64[this.#at]
    if (count === 0) {
      return { count, mae: undefined, rmse: undefined, bias: undefined, baseRmse: undefined }
    }
    const mean = this.#labels.value() / count
    const variance = this.#labelsSquared.value() / count - mean ** 2
    return {
      count,
      mae: this.#absolute.value() / count,
      rmse: Math.sqrt(this.#squared.value() / count),
      bias: this.#bias.value() / count,
      baseRmse: Math.sqrt(Math.max(0, variance)),
    }
  }
}

/** Layout of regression metrics. */
export function regressionMetrics(): MetricsKind<RegressionReport, RegressionMetrics> {
  return {
    doubles: DOUBLES,
    over: (memory, at) => new RegressionMetrics(memory, at),
    merge: (into, from) => into.merge(from),
  }
}

/** Beyond 1e100 a square would leave the range of doubles after a few more. */
function checkPair(predicted: number, label: number): void {
  assert(
    Math.abs(predicted) < 1e100 && Math.abs(label) < 1e100,
    'a predicted number and a label that are judged are finite, and less than 1e100',
  )
}
