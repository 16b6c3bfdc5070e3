// Learners that grow trees with the stream.
import type { LearnerFactory } from '../../contracts/learner.ts'
import { learnerOf, type Settings } from '../factory.ts'
import { HoeffdingTree, type HoeffdingTreeOptions } from '../learners/tree/hoeffding-tree.ts'
import {
  AdaptiveRandomForest,
  type AdaptiveRandomForestOptions,
} from '../learners/ensemble/adaptive-random-forest.ts'
import { AdwinBagging, type WatchedBaggingOptions } from '../learners/ensemble/adwin-bagging.ts'
import {
  LeveragingBagging,
  type LeveragingBaggingOptions,
} from '../learners/ensemble/leveraging-bagging.ts'
import { OzaBagging } from '../learners/ensemble/oza-bagging.ts'
import { type EnsembleOptions } from '../learners/ensemble/tree-ensemble.ts'

/**
 * The probabilities of classes by a decision tree that grows with the stream.
 * @example
 * hoeffdingTree({ grace: 100 })
 */
export function hoeffdingTree(options: Settings<HoeffdingTreeOptions> = {}): LearnerFactory {
  return learnerOf(
    'hoeffding-tree',
    'classes',
    (size) => new HoeffdingTree({ ...options, ...size }),
  )
}

/**
 * Trees that differ in the rows and features they see, each replaced when it gets worse.
 * @example
 * adaptiveRandomForest({ members: 10, seed: 7 })
 */
export function adaptiveRandomForest(
  options: Settings<AdaptiveRandomForestOptions> = {},
): LearnerFactory {
  return learnerOf(
    'adaptive-random-forest',
    'classes',
    (size) => new AdaptiveRandomForest({ ...options, ...size }),
  )
}

/**
 * Trees that each see rows a random number of times, six on the average; the worst is replaced when one drifts.
 * @example
 * leveragingBagging({ members: 10 })
 */
export function leveragingBagging(
  options: Settings<LeveragingBaggingOptions> = {},
): LearnerFactory {
  return learnerOf(
    'leveraging-bagging',
    'classes',
    (size) => new LeveragingBagging({ ...options, ...size }),
  )
}

/**
 * Bagged trees; the worst is replaced when one drifts.
 * @example
 * adwinBagging({ members: 10 })
 */
export function adwinBagging(options: Settings<WatchedBaggingOptions> = {}): LearnerFactory {
  return learnerOf('adwin-bagging', 'classes', (size) => new AdwinBagging({ ...options, ...size }))
}

/**
 * Trees that each see rows a random number of times, once on the average.
 * @example
 * ozaBagging({ members: 10 })
 */
export function ozaBagging(options: Settings<EnsembleOptions> = {}): LearnerFactory {
  return learnerOf('oza-bagging', 'classes', (size) => new OzaBagging({ ...options, ...size }))
}
