// Each feature less its mean, divided by its deviation, where newer rows count more.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT, type Rows } from '../../contracts/learner.ts'
import { scaledRows } from '../export/scaled-rows.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { BasePreparer } from './base-preparer.ts'

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
export class AdaptiveStandardScaler extends BasePreparer {
  readonly #fading: number
  /** NaN where nothing was seen. */
  readonly #means: Float64Array
  readonly #variances: Float64Array

  constructor({ features, fading = 0.3 }: AdaptiveStandardScalerOptions) {
    const kind = 'adaptive-standard-scaler'
    checkSetting(kind, 'fading', fading, { above: 0, below: 1 })
    super({ kind, version: 1, features, outputs: features, settings: { fading } })
    this.#fading = fading
    this.#means = new Float64Array(features).fill(Number.NaN)
    this.#variances = new Float64Array(features)
  }

  transform({ columns, from, to }: Rows, out: readonly Float64Array[]): void {
    for (let i = 0; i < this.features; i++) {
      const given = columns[i]
      const written = out[i]
      const mean = this.#means[i]
      const deviation = Math.sqrt(this.#variances[i])
      for (let row = from; row < to; row++)
        written[row - from] = scaled(given[row], mean, deviation)
    }
  }

  learn({ columns, from, to }: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    const fading = this.#fading
    for (let i = 0; i < this.features; i++) {
      const given = columns[i]
      const written = out[i]
      let mean = this.#means[i]
      let variance = this.#variances[i]
      for (let row = from; row < to; row++) {
        const value = given[row]
        if (value === value) {
          const apart = mean === mean ? value - mean : 0
          mean = mean === mean ? mean + fading * apart : value
          variance = (1 - fading) * (variance + fading * apart * apart)
        }
        written[row - from] = scaled(value, mean, Math.sqrt(variance))
      }
      this.#means[i] = mean
      this.#variances[i] = variance
    }
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const divisors = this.#variances.map((variance) => Math.sqrt(variance))
    return scaledRows(graph, rows, { offsets: this.#means, divisors })
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#means, this.#variances]
  }
}

/** Without a spread all is 0; NaN stays NaN. */
function scaled(value: number, mean: number, deviation: number): number {
  if (!(deviation > 0)) return value === value ? 0 : value
  const part = (value - mean) / deviation
  return part > VALUE_LIMIT ? VALUE_LIMIT : part < -VALUE_LIMIT ? -VALUE_LIMIT : part
}
