// Each feature divided by its greatest magnitude so far.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import type { StateArray } from '../state-codec.ts'
import { RowPreparer } from './row-preparer.ts'
import { scaled } from './scaled.ts'

/** value / greatest magnitude, at the values of River 0.26: zeros stay zeros. A missing value stays missing. 8 bytes a feature. */
export class MaxAbsScaler extends RowPreparer {
  readonly #greatest: Float64Array

  constructor({ features }: { readonly features: number }) {
    super({ kind: 'max-abs-scaler', version: 1, features, settings: {} })
    this.#greatest = new Float64Array(features)
  }

  transformRow(x: Float64Array): void {
    for (let i = 0; i < x.length; i++) x[i] = scaled(x[i], 0, this.#greatest[i])
  }

  learnRow(x: Float64Array): void {
    for (let i = 0; i < x.length; i++) {
      if (Math.abs(x[i]) > this.#greatest[i]) this.#greatest[i] = Math.abs(x[i])
    }
    this.transformRow(x)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const offsets = new Float64Array(this.features)
    return scaledRows(graph, rows, { offsets, divisors: this.#greatest })
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#greatest]
  }
}
