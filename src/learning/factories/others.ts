// Learners by probabilities, neighbours and isolation.
import type { LearnerFactory } from '../../contracts/learner.ts'
import { learnerOf, type Settings } from '../factory.ts'
import { GaussianNaiveBayes } from '../learners/gaussian-naive-bayes.ts'
import {
  NeighboursClassifier,
  NeighboursRegressor,
  type NeighboursOptions,
} from '../learners/nearest-neighbours.ts'
import { AmRules, type AmRulesOptions } from '../learners/rules/am-rules.ts'
import { HalfSpaceTrees, type HalfSpaceTreesOptions } from '../learners/anomaly/half-space-trees.ts'

/**
 * The probabilities of classes, as if each feature were normal within a class and alone.
 * @example
 * gaussianNaiveBayes()
 */
export function gaussianNaiveBayes(): LearnerFactory {
  return learnerOf('gaussian-naive-bayes', 'classes', (size) => new GaussianNaiveBayes(size))
}

/**
 * The probabilities of classes among the nearest of the newest rows. Scale the features first.
 * @example
 * neighboursClassifier({ window: 2000 })
 */
export function neighboursClassifier(options: Settings<NeighboursOptions> = {}): LearnerFactory {
  return learnerOf(
    'neighbours-classifier',
    'classes',
    (size) => new NeighboursClassifier({ ...options, ...size }),
  )
}

/**
 * The mean of the nearest of the newest rows. Scale the features first.
 * @example
 * neighboursRegressor({ window: 2000 })
 */
export function neighboursRegressor(options: Settings<NeighboursOptions> = {}): LearnerFactory {
  return learnerOf(
    'neighbours-regressor',
    'number',
    (size) => new NeighboursRegressor({ ...options, ...size }),
  )
}

/**
 * A score of anomaly, by how few rows fell where a row falls.
 * @example
 * halfSpaceTrees({ trees: 25 })
 */
export function halfSpaceTrees(options: Settings<HalfSpaceTreesOptions> = {}): LearnerFactory {
  return learnerOf(
    'half-space-trees',
    'none',
    (size) => new HalfSpaceTrees({ ...options, ...size }),
  )
}

/**
 * A number, by rules that grow narrower as more is known and go when they become wrong. Scale the features first.
 * @example
 * pipe(standardScaler(), amRules())
 */
export function amRules(options: Settings<AmRulesOptions> = {}): LearnerFactory {
  return learnerOf('am-rules', 'number', ({ features }) => new AmRules({ ...options, features }))
}
