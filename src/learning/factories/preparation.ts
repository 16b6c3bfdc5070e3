// Preparations, for `pipe`.
import type { PreparerFactory } from '../../contracts/learner.ts'
import { preparerOf, type Settings } from '../factory.ts'
import {
  AdaptiveStandardScaler,
  type AdaptiveStandardScalerOptions,
} from '../preparation/adaptive-standard-scaler.ts'
import { RobustScaler, type RobustScalerOptions } from '../preparation/robust-scaler.ts'
import { StandardScaler } from '../preparation/standard-scaler.ts'
import { MinMaxScaler } from '../preparation/min-max-scaler.ts'
import { MaxAbsScaler } from '../preparation/max-abs-scaler.ts'

/**
 * Each feature less its mean, by its deviation, of all rows so far.
 * @example
 * pipe(standardScaler(), logisticRegression())
 */
export function standardScaler(): PreparerFactory {
  return preparerOf('standard-scaler', (features) => new StandardScaler({ features }))
}

/**
 * Each feature between its least and its greatest value so far.
 * @example
 * pipe(minMaxScaler(), logisticRegression())
 */
export function minMaxScaler(): PreparerFactory {
  return preparerOf('min-max-scaler', (features) => new MinMaxScaler({ features }))
}

/**
 * Each feature by its greatest magnitude so far.
 * @example
 * pipe(maxAbsScaler(), logisticRegression())
 */
export function maxAbsScaler(): PreparerFactory {
  return preparerOf('max-abs-scaler', (features) => new MaxAbsScaler({ features }))
}

/**
 * Each feature less its median, by the distance of two of its quantiles: outliers do not move it.
 * @example
 * pipe(robustScaler(), logisticRegression())
 */
export function robustScaler(options: Settings<RobustScalerOptions> = {}): PreparerFactory {
  return preparerOf('robust-scaler', (features) => new RobustScaler({ ...options, features }))
}

/**
 * Each feature less its mean, by its deviation, where newer rows count more.
 * @example
 * pipe(adaptiveStandardScaler({ fading: 0.01 }), logisticRegression())
 */
export function adaptiveStandardScaler(
  options: Settings<AdaptiveStandardScalerOptions> = {},
): PreparerFactory {
  return preparerOf(
    'adaptive-standard-scaler',
    (features) => new AdaptiveStandardScaler({ ...options, features }),
  )
}
