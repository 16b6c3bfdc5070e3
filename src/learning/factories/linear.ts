// Learners by a weighted sum of the features.
import type { LearnerFactory } from '../../contracts/learner.ts'
import { learnerOf, type Settings } from '../factory.ts'
import { Alma, type AlmaOptions } from '../learners/linear/alma.ts'
import {
  BayesianLinearRegression,
  type BayesianLinearOptions,
} from '../learners/linear/bayesian-linear-regression.ts'
import { LinearRegression } from '../learners/linear/linear-regression.ts'
import type { LinearOptions } from '../learners/linear/linear-learner.ts'
import { LogisticRegression, type LogisticOptions } from '../learners/linear/logistic-regression.ts'
import {
  PassiveAggressiveClassifier,
  PassiveAggressiveRegressor,
  type PassiveAggressiveOptions,
  type PassiveAggressiveRegressorOptions,
} from '../learners/linear/passive-aggressive.ts'
import { Perceptron } from '../learners/linear/perceptron.ts'
import { SoftmaxRegression, type SoftmaxOptions } from '../learners/linear/softmax-regression.ts'

/**
 * The probability of one of two classes, by the gradient of log loss. Scale the features first.
 * @example
 * logisticRegression({ optimizer: sgd(0.05), l2: 1e-4 })
 */
export function logisticRegression(options: Settings<LogisticOptions> = {}): LearnerFactory {
  return learnerOf(
    'logistic-regression',
    'classes',
    (size) => new LogisticRegression({ ...options, ...size }),
  )
}

/**
 * The probabilities of any number of classes, by the gradient of log loss. Scale the features first.
 * @example
 * softmaxRegression({ optimizer: adam() })
 */
export function softmaxRegression(options: Settings<SoftmaxOptions> = {}): LearnerFactory {
  return learnerOf(
    'softmax-regression',
    'classes',
    (size) => new SoftmaxRegression({ ...options, ...size }),
  )
}

/**
 * A number, by the gradient of the squared error. Scale the features first.
 * @example
 * linearRegression({ optimizer: sgd(0.01) })
 */
export function linearRegression(options: Settings<LinearOptions> = {}): LearnerFactory {
  return learnerOf(
    'linear-regression',
    'number',
    (size) => new LinearRegression({ ...options, ...size }),
  )
}

/**
 * A number, by the exact posterior of a linear model. Memory and time go with the square of the features.
 * @example
 * bayesianLinearRegression({ beta: 10 })
 */
export function bayesianLinearRegression(
  options: Settings<BayesianLinearOptions> = {},
): LearnerFactory {
  return learnerOf(
    'bayesian-linear-regression',
    'number',
    (size) => new BayesianLinearRegression({ ...options, ...size }),
  )
}

/**
 * One of two classes, by the least step that makes each label right: it follows the newest labels.
 * @example
 * passiveAggressiveClassifier({ c: 0.1 })
 */
export function passiveAggressiveClassifier(
  options: Settings<PassiveAggressiveOptions> = {},
): LearnerFactory {
  return learnerOf(
    'passive-aggressive-classifier',
    'classes',
    (size) => new PassiveAggressiveClassifier({ ...options, ...size }),
  )
}

/**
 * A number, by the least step that makes each error small enough.
 * @example
 * passiveAggressiveRegressor({ epsilon: 0.5 })
 */
export function passiveAggressiveRegressor(
  options: Settings<PassiveAggressiveRegressorOptions> = {},
): LearnerFactory {
  return learnerOf(
    'passive-aggressive-regressor',
    'number',
    (size) => new PassiveAggressiveRegressor({ ...options, ...size }),
  )
}

/**
 * One of two classes, by a step after each mistake.
 * @example
 * perceptron()
 */
export function perceptron(): LearnerFactory {
  return learnerOf('perceptron', 'classes', (size) => new Perceptron(size))
}

/**
 * One of two classes, by approximately the widest margin.
 * @example
 * alma({ alpha: 0.8 })
 */
export function alma(options: Settings<AlmaOptions> = {}): LearnerFactory {
  return learnerOf('alma', 'classes', (size) => new Alma({ ...options, ...size }))
}
