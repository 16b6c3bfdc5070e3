// Learners around a learner: rare classes, probabilities, keys.
import type { LearnerFactory } from '../../contracts/learner.ts'
import { learnerOf } from '../factory.ts'
import { Balanced, type BalancedOptions } from '../imbalance/balanced.ts'
import { Calibrated, type CalibratedOptions } from '../imbalance/calibrated.ts'
import { ClassWeights, type ClassWeightsOptions } from '../imbalance/class-weights.ts'
import { PerKey, type PerKeyOptions } from '../learners/per-key.ts'

/**
 * A learner that learns rows of each class as often as the class weighs.
 * @example
 * classWeights(pipe(standardScaler(), logisticRegression()), { weights: [1, 20] })
 */
export function classWeights(
  learner: LearnerFactory,
  options: Omit<ClassWeightsOptions, 'learner'>,
): LearnerFactory {
  return learnerOf(
    `class-weights(${learner.kind})`,
    learner.task,
    (size) => new ClassWeights({ ...options, learner: learner.make(size) }),
  )
}

/**
 * A learner that learns the classes in stated shares, by leaving rows out or by learning them more than once.
 * @example
 * balanced(adaptiveRandomForest(), { by: 'under', shares: [4, 1] })
 */
export function balanced(
  learner: LearnerFactory,
  options: Omit<BalancedOptions, 'learner'>,
): LearnerFactory {
  return learnerOf(
    `balanced(${learner.kind})`,
    learner.task,
    (size) => new Balanced({ ...options, learner: learner.make(size) }),
  )
}

/**
 * A learner of two classes whose probabilities are as often right as they say.
 * @example
 * calibrated(gaussianNaiveBayes())
 */
export function calibrated(
  learner: LearnerFactory,
  options: Omit<CalibratedOptions, 'learner'> = {},
): LearnerFactory {
  return learnerOf(
    `calibrated(${learner.kind})`,
    learner.task,
    (size) => new Calibrated({ ...options, learner: learner.make(size) }),
  )
}

/**
 * A learner for each value of one column, of a bounded number; the value not learnt for longest makes room, and with `ttl` is forgotten when it
 * was not learnt for so long. The learner reads the other columns.
 * @example
 * perKey(pipe(standardScaler(), linearRegression()), { key: 0, most: 5000, ttl: '30d', grace: 20 })
 */
export function perKey(
  learner: LearnerFactory,
  options: Omit<PerKeyOptions, 'make'> = {},
): LearnerFactory {
  return learnerOf(`per-key(${learner.kind})`, learner.task, ({ features, classes }) => {
    const make = (): ReturnType<typeof learner.make> =>
      learner.make({ features: features - 1, classes })
    return new PerKey({ ...options, make })
  })
}
