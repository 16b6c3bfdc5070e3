// Each feature less its mean, divided by its deviation, over all rows so far.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT, type Rows } from '../../contracts/learner.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import type { StateArray } from '../state-codec.ts'
import { BasePreparer } from './base-preparer.ts'

/**
 * Welford's mean and population variance ("Note on a Method for Calculating Corrected Sums of Squares and Products", 1962), at the values
 * of River 0.26. A feature without variance is 0; a missing value stays missing and is not counted.
 */
export class StandardScaler extends BasePreparer {
  readonly #counts: Float64Array
  readonly #means: Float64Array
  readonly #variances: Float64Array

  constructor({ features }: { readonly features: number }) {
    super({ kind: 'standard-scaler', version: 1, features, outputs: features, settings: {} })
    this.#counts = new Float64Array(features)
    this.#means = new Float64Array(features)
    this.#variances = new Float64Array(features)
  }

  transform({ columns, from, to }: Rows, out: readonly Float64Array[]): void {
    for (let i = 0; i < this.features; i++) {
      const mean = this.#means[i]
      const deviation = Math.sqrt(this.#variances[i])
      const given = columns[i]
      const written = out[i]
      for (let row = from; row < to; row++) {
        const value = given[row]
        written[row - from] = scaled(value, mean, deviation)
      }
    }
  }

  learn({ columns, from, to }: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    for (let i = 0; i < this.features; i++) {
      const given = columns[i]
      const written = out[i]
      let count = this.#counts[i]
      let mean = this.#means[i]
      let variance = this.#variances[i]
      for (let row = from; row < to; row++) {
        const value = given[row]
        if (value !== value) {
          written[row - from] = value
          continue
        }
        count++
        const before = mean
        mean += (value - before) / count
        variance += ((value - before) * (value - mean) - variance) / count
        written[row - from] = scaled(value, mean, Math.sqrt(variance))
      }
      this.#counts[i] = count
      this.#means[i] = mean
      this.#variances[i] = variance
    }
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const divisors = this.#variances.map((variance) => Math.sqrt(variance))
    return scaledRows(graph, rows, { offsets: this.#means, divisors })
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#counts, this.#means, this.#variances]
  }
}

/** Without a spread all is 0; NaN stays NaN. */
function scaled(value: number, mean: number, deviation: number): number {
  if (!(deviation > 0)) return value === value ? 0 : value
  const part = (value - mean) / deviation
  return part > VALUE_LIMIT ? VALUE_LIMIT : part < -VALUE_LIMIT ? -VALUE_LIMIT : part
}
