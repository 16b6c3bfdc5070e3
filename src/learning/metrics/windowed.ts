// A metric over the newest rows.
import type { Metric } from '../../contracts/metric.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { BaseMetric } from './base-metric.ts'
import type { MetricType } from './metric-type.ts'

/** What `windowed` takes. */
export interface WindowedOptions {
  /** Default 1000, as in MOA. */
  readonly rows?: number
}

/**
 * The newest `rows` rows count, all the same. What leaves the window is taken back exactly: the figures are those of the rows in it alone,
 * however long the stream was. Memory: that of the metric, and `outputs` + 2 numbers a row.
 * @example
 * windowed(regression(), { rows: 500 })
 */
export function windowed<Report>(
  of: MetricType<Report>,
  { rows = 1000 }: WindowedOptions = {},
): Metric<Report> {
  checkSetting('windowed', 'rows', rows, { atLeast: 1, whole: true })
  return new Windowed(of, rows)
}

/** In the marks: rows seen, and the label of the newest. */
const SEEN = 0
const PREVIOUS = 1

class Windowed<Report> extends BaseMetric<Report> {
  readonly #rows: number
  readonly #marks = Float64Array.of(0, -1)
  /** A row is what was said, its label, and the label before it. */
  readonly #ring: Float64Array

  constructor(of: MetricType<Report>, rows: number) {
    super(of, 'windowed', { rows })
    this.#rows = rows
    this.#ring = new Float64Array(rows * (of.outputs + 2))
  }

  value(): Report {
    return this.sums.value(1)
  }

  protected take(said: Float64Array, at: number, label: number): void {
    const { outputs } = this
    const marks = this.#marks
    const ring = this.#ring
    const place = (marks[SEEN] % this.#rows) * (outputs + 2)
    const last = place + outputs
    if (marks[SEEN] >= this.#rows) this.sums.add(ring, place, ring[last], ring[last + 1], -1)
    for (let i = 0; i < outputs; i++) ring[place + i] = said[at + i]
    ring[last] = label
    ring[last + 1] = marks[PREVIOUS]
    this.sums.add(said, at, label, marks[PREVIOUS], 1)
    marks[SEEN]++
    marks[PREVIOUS] = label
  }

  protected own(): readonly StateArray[] {
    return [this.#marks, this.#ring]
  }
}
