// A metric: what a learner said of a row, and what came true, one row after the other. It reads no clock, and everything it knows is in
// `encode`, so that a metric that was restored goes on to the same figures.

/** Takes rows, one after the other, and says how good what was said of them is. */
export interface Metric<Report> {
  /** `confusion`, `windowed/ranking` ...: part of its encoding. */
  readonly kind: string
  /** `classes`: a label is a class, 0 .. outputs - 1. `number`: label and output are numbers. */
  readonly task: 'classes' | 'number'
  /** Numbers a learner gives for a row: a probability a class, or one number. */
  readonly outputs: number
  /**
   * Takes a row: what was said is `said[at .. at + outputs)`.
   * @throws EventError ML_EVENT where the label is no class or no number within 1e100, or what was said is no number, or no probability;
   * nothing is changed then.
   */
  add(said: Float64Array, at: number, label: number): void
  /** The figures so far. A figure that rows do not define yet is undefined. */
  value(): Report
  /** Everything it knows, with a version in front. */
  encode(): Uint8Array
  /** @throws StateError ML_STATE where the bytes are not those of such a metric with the same settings. */
  restore(bytes: Uint8Array): void
  /** Bytes of its state, about. */
  readonly memoryBytes: number
}
