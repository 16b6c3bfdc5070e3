// A metric over all rows.
import type { Metric } from '../../contracts/metric.ts'
import type { StateArray } from '../state-codec.ts'
import { BaseMetric } from './base-metric.ts'
import type { MetricType } from './metric-type.ts'

/**
 * Every row counts the same, from the first on.
 * @example
 * const metric = cumulative(confusion())
 * metric.add(Float64Array.of(0.2, 0.8), 0, 1)
 */
export function cumulative<Report>(of: MetricType<Report>): Metric<Report> {
  return new Cumulative(of, '', {})
}

class Cumulative<Report> extends BaseMetric<Report> {
  readonly #previous = Float64Array.of(-1)

  value(): Report {
    return this.sums.value(1)
  }

  protected take(said: Float64Array, at: number, label: number): void {
    this.sums.add(said, at, label, this.#previous[0], 1)
    this.#previous[0] = label
  }

  protected own(): readonly StateArray[] {
    return [this.#previous]
  }
}
