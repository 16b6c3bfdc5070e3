// Preparations, for `pipe`.
import type { PreparerFactory } from '../../contracts/learner.ts'
import { preparerOf } from '../factory.ts'
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
