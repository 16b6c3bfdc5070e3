// A metric that forgets little by little.
import type { Metric } from '../../contracts/metric.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { BaseMetric } from './base-metric.ts'
import type { MetricType } from './metric-type.ts'

/** What `fading` takes. */
export interface FadingOptions {
  /** What a row weighs, one row later. Default 0.999: the newest 1,000 rows or so count. */
  readonly factor?: number
}

/**
 * A row weighs `factor` as much as the one after it (the fading factors of Gama, Sebastiao and Rodrigues, "On evaluating stream learning
 * algorithms", Machine Learning 90, 2013). Constant memory, that of the metric.
 * @example
 * fading(probability(), { factor: 0.99 })
 */
export function fading<Report>(
  of: MetricType<Report>,
  { factor = 0.999 }: FadingOptions = {},
): Metric<Report> {
  checkSetting('fading', 'factor', factor, { above: 0, below: 1 })
  return new Fading(of, factor)
}

/** In the marks: what the newest row weighs, and its label. */
const WEIGHT = 0
const PREVIOUS = 1
/** Where all weights are brought down again, so that sums stay far below 2^53. */
const HEAVY = 2 ** 20

class Fading<Report> extends BaseMetric<Report> {
  readonly #growth: number
  readonly #marks = Float64Array.of(1, -1)

  constructor(of: MetricType<Report>, factor: number) {
    super(of, 'fading', { factor })
    this.#growth = 1 / factor
  }

  value(): Report {
    return this.sums.value(this.#marks[WEIGHT])
  }

  protected take(said: Float64Array, at: number, label: number): void {
    const marks = this.#marks
    // Newer rows weigh more, instead of all older ones less: a row costs no more than without fading.
    marks[WEIGHT] *= this.#growth
    if (marks[WEIGHT] > HEAVY) {
      this.sums.scale(1 / marks[WEIGHT])
      marks[WEIGHT] = 1
    }
    this.sums.add(said, at, label, marks[PREVIOUS], marks[WEIGHT])
    marks[PREVIOUS] = label
  }

  protected own(): readonly StateArray[] {
    return [this.#marks]
  }
}
