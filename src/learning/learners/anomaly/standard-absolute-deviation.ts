// How many deviations a value lies from the mean.
import { MomentsLearner, type MomentsOptions } from './moments-learner.ts'

/** What is added to the deviation, as in River: without a spread the score is huge, not infinite. */
const FLOOR = 1e-10

/**
 * |value - mean| / deviation, from 0 on, at the scores of River 0.26's StandardAbsoluteDeviation (Rousseeuw and Hubert, "Anomaly Detection
 * by Robust Statistics", 2018, call it the z-score). 24 bytes a feature, and 32 more for each row of the window.
 */
export class StandardAbsoluteDeviation extends MomentsLearner {
  constructor(options: MomentsOptions) {
    super('standard-absolute-deviation', options, {})
  }

  protected score(feature: number, value: number): number {
    const { moments } = this
    return Math.abs(value - moments.mean(feature)) / (Math.sqrt(moments.variance(feature)) + FLOOR)
  }
}
