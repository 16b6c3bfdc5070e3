// Each feature less its median, divided by the distance of two of its quantiles.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import { P2_STRIDE, p2Start, p2Update, p2Value } from '../p2-quantile.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { RowPreparer } from './row-preparer.ts'
import { scaled } from './scaled.ts'

export interface RobustScalerOptions {
  readonly features: number
  /** The lower quantile. Default 0.25. */
  readonly low?: number
  /** The upper quantile. Default 0.75. */
  readonly high?: number
}

/**
 * (value - median) / (upper - lower quantile), by P2 estimates over all rows so far, at the values of River 0.26: outliers do not move it.
 * A feature whose quantiles are equal is 0; a missing value stays missing and is not counted. 384 bytes a feature.
 */
export class RobustScaler extends RowPreparer {
  readonly #quantiles: readonly number[]
  /** Three estimates a feature: lower quantile, median, upper quantile. */
  readonly #state: Float64Array

  constructor({ features, low = 0.25, high = 0.75 }: RobustScalerOptions) {
    const kind = 'robust-scaler'
    checkSetting(kind, 'low', low, { above: 0, below: 1 })
    checkSetting(kind, 'high', high, { above: low, below: 1 })
    super({ kind, version: 1, features, settings: { low, high } })
    this.#quantiles = [low, 0.5, high]
    this.#state = new Float64Array(features * 3 * P2_STRIDE)
    for (let i = 0; i < features * 3; i++) {
      p2Start(this.#state, i * P2_STRIDE, this.#quantiles[i % 3])
    }
  }

  transformRow(x: Float64Array): void {
    for (let i = 0; i < x.length; i++) {
      x[i] = scaled(x[i], this.#value(i, 1), this.#value(i, 2) - this.#value(i, 0))
    }
  }

  learnRow(x: Float64Array): void {
    const [low, middle, high] = this.#quantiles
    for (let i = 0, at = 0; i < x.length; i++, at += 3 * P2_STRIDE) {
      const value = x[i]
      if (value !== value) continue
      p2Update(this.#state, at, low, value)
      p2Update(this.#state, at + P2_STRIDE, middle, value)
      p2Update(this.#state, at + 2 * P2_STRIDE, high, value)
    }
    this.transformRow(x)
  }

  #value(feature: number, which: number): number {
    return p2Value(this.#state, (feature * 3 + which) * P2_STRIDE, this.#quantiles[which])
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const each = new Float64Array(this.features)
    return scaledRows(graph, rows, {
      offsets: each.map((_, i) => this.#value(i, 1)),
      divisors: each.map((_, i) => this.#value(i, 2) - this.#value(i, 0)),
    })
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#state]
  }
}
