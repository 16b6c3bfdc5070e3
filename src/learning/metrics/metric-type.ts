// What is measured, apart from over which rows: sums over rows, each with a weight. A window adds a row and takes it back, fading gives
// newer rows more weight; neither knows what is summed.
import type { MetricMemory } from './metric-memory.ts'

export interface WeighedMetric<Report> {
  /**
   * Adds a row so many times; with -1 it takes one back that was added with 1.
   * @param previous the label of the row before; -1 where there is none.
   */
  add(said: Float64Array, at: number, label: number, previous: number, weight: number): void
  /** Makes every row weigh so many times what it weighs. */
  scale(factor: number): void
  /** @param unit the weight that counts as one row. */
  value(unit: number): Report
}

/** A metric that can be taken over all rows, a window, fading, or by slice. */
export interface MetricType<Report> {
  /** `confusion`, `ranking` ... */
  readonly kind: string
  /** What labels are. */
  readonly task: 'classes' | 'number'
  /** Numbers a learner gives for a row. */
  readonly outputs: number
  /** All of them: bytes of other settings are refused. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Doubles of memory, all zero at first. */
  readonly doubles: number
  /** The sums, kept in this memory. */
  over(memory: MetricMemory): WeighedMetric<Report>
}
