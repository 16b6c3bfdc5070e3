// Each feature less its mean, divided by its deviation, over all rows so far.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import type { StateArray } from '../state-codec.ts'
import { RowPreparer } from './row-preparer.ts'
import { scaled } from './scaled.ts'

/**
 * Welford's mean and population variance ("Note on a Method for Calculating Corrected Sums of Squares and Products", 1962), at the values
 * of River 0.26. A feature without variance is 0; a missing value stays missing and is not counted.
 */
export class StandardScaler extends RowPreparer {
  readonly #counts: Float64Array
  readonly #means: Float64Array
  readonly #variances: Float64Array
  /** The roots of the variances, from which they follow. */
  readonly #deviations: Float64Array

  constructor({ features }: { readonly features: number }) {
    super({ kind: 'standard-scaler', version: 1, features, settings: {} })
    this.#counts = new Float64Array(features)
    this.#means = new Float64Array(features)
    this.#variances = new Float64Array(features)
    this.#deviations = new Float64Array(features)
  }

  transformRow(x: Float64Array): void {
    for (let i = 0; i < x.length; i++) x[i] = scaled(x[i], this.#means[i], this.#deviations[i])
  }

  learnRow(x: Float64Array): void {
    const means = this.#means
    for (let i = 0; i < x.length; i++) {
      const value = x[i]
      if (value !== value) continue
      const count = ++this.#counts[i]
      const before = means[i]
      const mean = before + (value - before) / count
      const variance =
        this.#variances[i] + ((value - before) * (value - mean) - this.#variances[i]) / count
      const deviation = Math.sqrt(variance)
      means[i] = mean
      this.#variances[i] = variance
      this.#deviations[i] = deviation
      x[i] = scaled(value, mean, deviation)
    }
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    return scaledRows(graph, rows, { offsets: this.#means, divisors: this.#deviations })
  }

  override restore(bytes: Uint8Array): void {
    super.restore(bytes)
    this.#variances.forEach((variance, i) => (this.#deviations[i] = Math.sqrt(variance)))
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#counts, this.#means, this.#variances]
  }
}
