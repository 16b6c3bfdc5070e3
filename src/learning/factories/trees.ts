// Learners that grow trees with the stream.
import type { LearnerFactory } from '../../contracts/learner.ts'
import { learnerOf, type Settings } from '../factory.ts'
import {
  ExtremelyFastDecisionTree,
  type ExtremelyFastDecisionTreeOptions,
} from '../learners/tree/extremely-fast-decision-tree.ts'
import {
  HoeffdingAdaptiveTree,
  type HoeffdingAdaptiveTreeOptions,
} from '../learners/tree/hoeffding-adaptive-tree.ts'
import {
  HoeffdingAdaptiveTreeRegressor,
  type HoeffdingAdaptiveTreeRegressorOptions,
} from '../learners/tree/hoeffding-adaptive-tree-regressor.ts'
import { HoeffdingTree } from '../learners/tree/hoeffding-tree.ts'
import {
  HoeffdingTreeRegressor,
  type HoeffdingTreeRegressorOptions,
} from '../learners/tree/hoeffding-tree-regressor.ts'
import type { HoeffdingTreeOptions } from '../learners/tree/tree-rules.ts'
import {
  AdaptiveRandomForest,
  type AdaptiveRandomForestOptions,
} from '../learners/ensemble/adaptive-random-forest.ts'
import {
  AdaptiveRandomForestRegressor,
  type AdaptiveRandomForestRegressorOptions,
} from '../learners/ensemble/adaptive-random-forest-regressor.ts'
import { AdwinBagging, type WatchedBaggingOptions } from '../learners/ensemble/adwin-bagging.ts'
import {
  LeveragingBagging,
  type LeveragingBaggingOptions,
} from '../learners/ensemble/leveraging-bagging.ts'
import { OzaBagging } from '../learners/ensemble/oza-bagging.ts'
import { OzaBoosting } from '../learners/ensemble/oza-boosting.ts'
import {
  StreamingRandomPatches,
  type StreamingRandomPatchesOptions,
} from '../learners/ensemble/streaming-random-patches.ts'
import type { EnsembleOptions } from '../learners/ensemble/tree-ensemble.ts'

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
 * The probabilities of classes by a tree that grows with the stream, and whose branches are replaced when they get worse.
 * @example
 * hoeffdingAdaptiveTree({ grace: 100, seed: 7 })
 */
export function hoeffdingAdaptiveTree(
  options: Settings<HoeffdingAdaptiveTreeOptions> = {},
): LearnerFactory {
  return learnerOf(
    'hoeffding-adaptive-tree',
    'classes',
    (size) => new HoeffdingAdaptiveTree({ ...options, ...size }),
  )
}

/**
 * The probabilities of classes by a tree that splits as soon as a split is better than none, and takes a better one when it comes.
 * @example
 * extremelyFastDecisionTree({ reevaluateEvery: 50 })
 */
export function extremelyFastDecisionTree(
  options: Settings<ExtremelyFastDecisionTreeOptions> = {},
): LearnerFactory {
  return learnerOf(
    'extremely-fast-decision-tree',
    'classes',
    (size) => new ExtremelyFastDecisionTree({ ...options, ...size }),
  )
}

/**
 * A number by a decision tree that grows with the stream, with linear models in its leaves. Put a scaler in front.
 * @example
 * pipe(standardScaler(), hoeffdingTreeRegressor({ grace: 100 }))
 */
export function hoeffdingTreeRegressor(
  options: Settings<HoeffdingTreeRegressorOptions> = {},
): LearnerFactory {
  return learnerOf(
    'hoeffding-tree-regressor',
    'number',
    ({ features }) => new HoeffdingTreeRegressor({ ...options, features }),
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

/**
 * Trees of which each sees the more of a row the more the ones before it had it wrong.
 * @example
 * ozaBoosting({ members: 10, seed: 7 })
 */
export function ozaBoosting(options: Settings<EnsembleOptions> = {}): LearnerFactory {
  return learnerOf('oza-boosting', 'classes', (size) => new OzaBoosting({ ...options, ...size }))
}

/**
 * Trees that differ in the rows they see and in the features of the whole tree, each replaced when it gets worse.
 * @example
 * streamingRandomPatches({ members: 10, seed: 7 })
 */
export function streamingRandomPatches(
  options: Settings<StreamingRandomPatchesOptions> = {},
): LearnerFactory {
  return learnerOf(
    'streaming-random-patches',
    'classes',
    (size) => new StreamingRandomPatches({ ...options, ...size }),
  )
}

/**
 * A number by trees that differ in the rows and features they see, each replaced when its errors change. Put a scaler in front.
 * @example
 * pipe(standardScaler(), adaptiveRandomForestRegressor({ members: 10 }))
 */
export function adaptiveRandomForestRegressor(
  options: Settings<AdaptiveRandomForestRegressorOptions> = {},
): LearnerFactory {
  return learnerOf(
    'adaptive-random-forest-regressor',
    'number',
    ({ features }) => new AdaptiveRandomForestRegressor({ ...options, features }),
  )
}

/**
 * A number by a tree that grows with the stream, and whose branches are replaced when they get worse. Put a scaler in front.
 * @example
 * pipe(standardScaler(), hoeffdingAdaptiveTreeRegressor({ seed: 7 }))
 */
export function hoeffdingAdaptiveTreeRegressor(
  options: Settings<HoeffdingAdaptiveTreeRegressorOptions> = {},
): LearnerFactory {
  return learnerOf(
    'hoeffding-adaptive-tree-regressor',
    'number',
    ({ features }) => new HoeffdingAdaptiveTreeRegressor({ ...options, features }),
  )
}
