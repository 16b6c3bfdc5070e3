// Each feature between its least and its greatest value so far.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import type { StateArray } from '../state-codec.ts'
import { RowPreparer } from './row-preparer.ts'
import { scaled } from './scaled.ts'

/**
 * (value - least) / (greatest - least), at the values of River 0.26: 0 for a constant feature. A value beyond what was seen is below 0 or
 * above 1 until it is learnt; one outlier narrows all others for good. A missing value stays missing. 16 bytes a feature.
 */
export class MinMaxScaler extends RowPreparer {
  readonly #least: Float64Array
  readonly #greatest: Float64Array

  constructor({ features }: { readonly features: number }) {
    super({ kind: 'min-max-scaler', version: 1, features, settings: {} })
    this.#least = new Float64Array(features).fill(Number.POSITIVE_INFINITY)
    this.#greatest = new Float64Array(features).fill(Number.NEGATIVE_INFINITY)
  }

  transformRow(x: Float64Array): void {
    for (let i = 0; i < x.length; i++) {
      x[i] = scaled(x[i], this.#least[i], this.#greatest[i] - this.#least[i])
    }
  }

  learnRow(x: Float64Array): void {
    for (let i = 0; i < x.length; i++) {
      if (x[i] < this.#least[i]) this.#least[i] = x[i]
      if (x[i] > this.#greatest[i]) this.#greatest[i] = x[i]
    }
    this.transformRow(x)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const divisors = this.#greatest.map((greatest, i) => greatest - this.#least[i])
    return scaledRows(graph, rows, { offsets: this.#least, divisors })
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#least, this.#greatest]
  }
}
