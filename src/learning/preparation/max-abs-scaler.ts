// Each feature divided by its greatest magnitude so far.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT, type Rows } from '../../contracts/learner.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import type { StateArray } from '../state-codec.ts'
import { BasePreparer } from './base-preparer.ts'

/** value / greatest magnitude, at the values of River 0.26: zeros stay zeros. A missing value stays missing. 8 bytes a feature. */
export class MaxAbsScaler extends BasePreparer {
  readonly #greatest: Float64Array

  constructor({ features }: { readonly features: number }) {
    super({ kind: 'max-abs-scaler', version: 1, features, outputs: features, settings: {} })
    this.#greatest = new Float64Array(features)
  }

  transform({ columns, from, to }: Rows, out: readonly Float64Array[]): void {
    for (let i = 0; i < this.features; i++) {
      for (let row = from; row < to; row++) {
        out[i][row - from] = scaled(columns[i][row], this.#greatest[i])
      }
    }
  }

  learn({ columns, from, to }: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    for (let i = 0; i < this.features; i++) {
      for (let row = from; row < to; row++) {
        const value = columns[i][row]
        if (Math.abs(value) > this.#greatest[i]) this.#greatest[i] = Math.abs(value)
        out[i][row - from] = scaled(value, this.#greatest[i])
      }
    }
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const offsets = new Float64Array(this.features)
    return scaledRows(graph, rows, { offsets, divisors: this.#greatest })
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#greatest]
  }
}

function scaled(value: number, greatest: number): number {
  if (value !== value) return value
  if (greatest === 0) return 0
  const part = value / greatest
  return part > VALUE_LIMIT ? VALUE_LIMIT : part < -VALUE_LIMIT ? -VALUE_LIMIT : part
}
