// How much of a normal distribution lies nearer to its mean than a value.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { cannotExport } from '../../export/cannot-export.ts'
import { checkSetting } from '../../settings.ts'
import { erf } from '../tree/erf.ts'
import { MomentsLearner, type MomentsOptions } from './moments-learner.ts'

export interface GaussianScorerOptions extends MomentsOptions {
  /** Values of a feature before it is scored. Default 100. */
  readonly grace?: number
}

/**
 * From 0 (the mean) to 1: the probability that a normal value with the mean and the variance so far lies nearer to the mean; 0.9973 is
 * three deviations. The scores of River 0.26's GaussianScorer, for its one value. Beyond eight deviations it is 1 and ranks no more: use
 * `StandardAbsoluteDeviation` there. 24 bytes a feature, and 32 more for each row of the window.
 */
export class GaussianScorer extends MomentsLearner {
  readonly #grace: number

  constructor(options: GaussianScorerOptions) {
    const { grace = 100 } = options
    checkSetting('gaussian-scorer', 'grace', grace, { atLeast: 2, whole: true })
    super('gaussian-scorer', options, { grace })
    this.#grace = grace
  }

  override writeGraph(_graph: GraphWriter, _rows: GraphRows): GraphValue {
    return cannotExport(
      this.kind,
      'it needs the error function, which ONNX Runtime has in float32 alone (standard-absolute-deviation ranks rows the same and can be written)',
    )
  }

  protected score(feature: number, value: number): number {
    const { moments } = this
    if (moments.count(feature) < this.#grace) return 0
    const apart = Math.abs(value - moments.mean(feature))
    const variance = moments.variance(feature)
    // Without a spread any other value is as unusual as can be.
    if (!(variance > 0)) return apart > 0 ? 1 : 0
    return erf(apart / Math.sqrt(2 * variance))
  }
}
