// Each feature less its mean, divided by its deviation, where newer rows count more.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { RowPreparer } from './row-preparer.ts'
import { scaled } from './scaled.ts'

export interface AdaptiveStandardScalerOptions {
  readonly features: number
  /** Share of the newest row in mean and variance. Default 0.3. */
  readonly fading?: number
}

/**
 * Exponentially weighted mean and variance (Finch, "Incremental Calculation of Weighted Mean and Variance", 2009, section 9). The values
 * of River 0.26 within 1e-6: River takes the difference of two great sums, which cancels where there is little variance. A feature without
 * variance is 0; a missing value stays missing and is not counted. 16 bytes a feature.
 */
export class AdaptiveStandardScaler extends RowPreparer {
  readonly #fading: number
  /** NaN where nothing was seen. */
  readonly #means: Float64Array
  readonly #variances: Float64Array

  constructor({ features, fading = 0.3 }: AdaptiveStandardScalerOptions) {
    const kind = 'adaptive-standard-scaler'
    checkSetting(kind, 'fading', fading, { above: 0, below: 1 })
    super({ kind, version: 1, features, settings: { fading } })
    this.#fading = fading
    this.#means = new Float64Array(features).fill(Number.NaN)
    this.#variances = new Float64Array(features)
  }

  transformRow(x: Float64Array): void {
    for (let i = 0; i < x.length; i++) {
      x[i] = scaled(x[i], this.#means[i], Math.sqrt(this.#variances[i]))
    }
  }

  learnRow(x: Float64Array): void {
    const fading = this.#fading
    for (let i = 0; i < x.length; i++) {
      const value = x[i]
      if (value !== value) continue
      const mean = this.#means[i]
      const apart = mean === mean ? value - mean : 0
      this.#means[i] = mean === mean ? mean + fading * apart : value
      this.#variances[i] = (1 - fading) * (this.#variances[i] + fading * apart * apart)
    }
    this.transformRow(x)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const divisors = this.#variances.map((variance) => Math.sqrt(variance))
    return scaledRows(graph, rows, { offsets: this.#means, divisors })
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#means, this.#variances]
  }
}
