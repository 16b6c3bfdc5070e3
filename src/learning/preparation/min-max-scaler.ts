// Each feature between its least and its greatest value so far.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT, type Rows } from '../../contracts/learner.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import type { StateArray } from '../state-codec.ts'
import { BasePreparer } from './base-preparer.ts'

/**
 * (value - least) / (greatest - least), at the values of River 0.26: 0 for a constant feature. A value beyond what was seen is below 0 or
 * above 1 until it is learnt; one outlier narrows all others for good. A missing value stays missing. 16 bytes a feature.
 */
export class MinMaxScaler extends BasePreparer {
  readonly #least: Float64Array
  readonly #greatest: Float64Array

  constructor({ features }: { readonly features: number }) {
    super({ kind: 'min-max-scaler', version: 1, features, outputs: features, settings: {} })
    this.#least = new Float64Array(features).fill(Number.POSITIVE_INFINITY)
    this.#greatest = new Float64Array(features).fill(Number.NEGATIVE_INFINITY)
  }

  transform({ columns, from, to }: Rows, out: readonly Float64Array[]): void {
    for (let i = 0; i < this.features; i++) {
      const least = this.#least[i]
      const width = this.#greatest[i] - least
      const given = columns[i]
      const written = out[i]
      for (let row = from; row < to; row++) written[row - from] = scaled(given[row], least, width)
    }
  }

  learn({ columns, from, to }: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    for (let i = 0; i < this.features; i++) {
      const given = columns[i]
      const written = out[i]
      let least = this.#least[i]
      let greatest = this.#greatest[i]
      for (let row = from; row < to; row++) {
        const value = given[row]
        if (value < least) least = value
        if (value > greatest) greatest = value
        written[row - from] = scaled(value, least, greatest - least)
      }
      this.#least[i] = least
      this.#greatest[i] = greatest
    }
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const divisors = this.#greatest.map((greatest, i) => greatest - this.#least[i])
    return scaledRows(graph, rows, { offsets: this.#least, divisors })
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#least, this.#greatest]
  }
}

/** Between two values of nothing, or of one, all is 0; NaN stays NaN. */
function scaled(value: number, least: number, width: number): number {
  if (value !== value) return value
  if (!(width > 0)) return 0
  const part = (value - least) / width
  return part > VALUE_LIMIT ? VALUE_LIMIT : part < -VALUE_LIMIT ? -VALUE_LIMIT : part
}
