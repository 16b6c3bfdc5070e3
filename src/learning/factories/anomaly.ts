// Scores of anomaly, and clusters: what learns without labels.
import type { LearnerFactory } from '../../contracts/learner.ts'
import { learnerOf, type Settings } from '../factory.ts'
import { GaussianScorer, type GaussianScorerOptions } from '../learners/anomaly/gaussian-scorer.ts'
import type { MomentsOptions } from '../learners/anomaly/moments-learner.ts'
import { QuantileScorer, type QuantileScorerOptions } from '../learners/anomaly/quantile-scorer.ts'
import {
  RobustRandomCutForest,
  type RobustRandomCutForestOptions,
} from '../learners/anomaly/robust-random-cut-forest.ts'
import { StandardAbsoluteDeviation } from '../learners/anomaly/standard-absolute-deviation.ts'
import { DbStream, type DbStreamOptions } from '../learners/clusters/db-stream.ts'
import { KMeans, type KMeansOptions } from '../learners/clusters/k-means.ts'

/**
 * From 0 to 1, how much of a normal distribution lies nearer to the mean than the most unusual feature.
 * @example
 * gaussianScorer({ window: 1000 })
 */
export function gaussianScorer(options: Settings<GaussianScorerOptions> = {}): LearnerFactory {
  return learnerOf(
    'gaussian-scorer',
    'none',
    ({ features }) => new GaussianScorer({ ...options, features }),
  )
}

/**
 * How many deviations the most unusual feature lies from its mean.
 * @example
 * standardAbsoluteDeviation()
 */
export function standardAbsoluteDeviation(options: Settings<MomentsOptions> = {}): LearnerFactory {
  return learnerOf(
    'standard-absolute-deviation',
    'none',
    ({ features }) => new StandardAbsoluteDeviation({ ...options, features }),
  )
}

/**
 * How far outside its usual range the most unusual feature lies; 1 at the ends of the range.
 * @example
 * quantileScorer({ low: 0.001, high: 0.999 })
 */
export function quantileScorer(options: Settings<QuantileScorerOptions> = {}): LearnerFactory {
  return learnerOf(
    'quantile-scorer',
    'none',
    ({ features }) => new QuantileScorer({ ...options, features }),
  )
}

/**
 * How much simpler random trees of the newest rows would be without a row.
 * @example
 * robustRandomCutForest({ window: 512 })
 */
export function robustRandomCutForest(
  options: Settings<RobustRandomCutForestOptions> = {},
): LearnerFactory {
  return learnerOf(
    'robust-random-cut-forest',
    'none',
    ({ features }) => new RobustRandomCutForest({ ...options, features }),
  )
}

/**
 * The number of the nearest of a fixed number of centres. Scale the features first.
 * @example
 * kMeans({ clusters: 8 })
 */
export function kMeans(options: Settings<KMeansOptions> = {}): LearnerFactory {
  return learnerOf('k-means', 'clusters', ({ features }) => new KMeans({ ...options, features }))
}

/**
 * The number of a cluster of any shape, -1 for noise; clusters come and go. Scale the features first.
 * @example
 * dbStream({ radius: 0.5 })
 */
export function dbStream(options: Settings<DbStreamOptions> = {}): LearnerFactory {
  return learnerOf(
    'db-stream',
    'clusters',
    ({ features }) => new DbStream({ ...options, features }),
  )
}
