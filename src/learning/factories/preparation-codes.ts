// Preparations of codes and of what is missing, for `pipe`. Columns are counted as the step takes them, from 0.
import type { PreparerFactory } from '../../contracts/learner.ts'
import { preparerOf, type Settings } from '../factory.ts'
import { FeatureHashing, type FeatureHashingOptions } from '../preparation/feature-hashing.ts'
import { Imputer, type ImputerOptions } from '../preparation/imputer.ts'
import { OneHot, type OneHotOptions } from '../preparation/one-hot.ts'
import { TargetMean, type TargetMeanOptions } from '../preparation/target-mean.ts'

/**
 * A column for each value of columns of codes, in the order the values come; those of all other values in one more. The other columns come first.
 * @example
 * pipe(oneHot({ columns: [0], values: 10 }), logisticRegression())
 */
export function oneHot(options: Settings<OneHotOptions> = {}): PreparerFactory {
  return preparerOf('one-hot', (features) => new OneHot({ ...options, features }))
}

/**
 * Columns of codes hashed into a fixed number of columns, whatever values come. The other columns come first.
 * @example
 * pipe(featureHashing({ columns: [0, 1], buckets: 256 }), logisticRegression())
 */
export function featureHashing(options: Settings<FeatureHashingOptions> = {}): PreparerFactory {
  return preparerOf('feature-hashing', (features) => new FeatureHashing({ ...options, features }))
}

/**
 * For columns of codes, what the labels of rows with the same value were on average, never with a row's own. The other columns come first.
 * @example
 * pipe(targetMean({ columns: [0] }), logisticRegression())
 */
export function targetMean(options: Settings<TargetMeanOptions> = {}): PreparerFactory {
  return preparerOf('target-mean', (features) => new TargetMean({ ...options, features }))
}

/**
 * The mean, the median, the last value or a number where a value is missing, and a mark that it was if asked to.
 * @example
 * pipe(imputer({ by: 'median', mark: true }), logisticRegression())
 */
export function imputer(options: Settings<ImputerOptions> = {}): PreparerFactory {
  return preparerOf('imputer', (features) => new Imputer({ ...options, features }))
}
