// Each feature less its median, divided by the distance of two of its quantiles.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT, type Rows } from '../../contracts/learner.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import { P2_STRIDE, p2Start, p2Update, p2Value } from '../p2-quantile.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { BasePreparer } from './base-preparer.ts'

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
export class RobustScaler extends BasePreparer {
  readonly #quantiles: readonly number[]
  /** Three estimates a feature: lower quantile, median, upper quantile. */
  readonly #state: Float64Array

  constructor({ features, low = 0.25, high = 0.75 }: RobustScalerOptions) {
    const kind = 'robust-scaler'
    checkSetting(kind, 'low', low, { above: 0, below: 1 })
    checkSetting(kind, 'high', high, { above: low, below: 1 })
    super({ kind, version: 1, features, outputs: features, settings: { low, high } })
    this.#quantiles = [low, 0.5, high]
    this.#state = new Float64Array(features * 3 * P2_STRIDE)
    for (let i = 0; i < features * 3; i++) {
      p2Start(this.#state, i * P2_STRIDE, this.#quantiles[i % 3])
    }
  }

  transform({ columns, from, to }: Rows, out: readonly Float64Array[]): void {
    for (let i = 0; i < this.features; i++) {
      const given = columns[i]
      const written = out[i]
      const median = this.#value(i, 1)
      const width = this.#value(i, 2) - this.#value(i, 0)
      for (let row = from; row < to; row++) written[row - from] = scaled(given[row], median, width)
    }
  }

  learn({ columns, from, to }: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    const [low, middle, high] = this.#quantiles
    for (let i = 0; i < this.features; i++) {
      const given = columns[i]
      const written = out[i]
      const at = i * 3 * P2_STRIDE
      for (let row = from; row < to; row++) {
        const value = given[row]
        if (value === value) {
          p2Update(this.#state, at, low, value)
          p2Update(this.#state, at + P2_STRIDE, middle, value)
          p2Update(this.#state, at + 2 * P2_STRIDE, high, value)
        }
        const width = this.#value(i, 2) - this.#value(i, 0)
        written[row - from] = scaled(value, this.#value(i, 1), width)
      }
    }
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

/** Where nothing was seen, or the quantiles are equal, all is 0; NaN stays NaN. */
function scaled(value: number, median: number, width: number): number {
  if (value !== value) return value
  if (!(width > 0)) return 0
  const part = (value - median) / width
  return part > VALUE_LIMIT ? VALUE_LIMIT : part < -VALUE_LIMIT ? -VALUE_LIMIT : part
}
