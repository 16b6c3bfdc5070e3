// Naive Bayes on what is there and how often.
import type { LearnerFactory } from '../../contracts/learner.ts'
import { learnerOf, type Settings } from '../factory.ts'
import {
  BernoulliNaiveBayes,
  type BernoulliNaiveBayesOptions,
} from '../learners/bayes/bernoulli-naive-bayes.ts'
import {
  ComplementNaiveBayes,
  MultinomialNaiveBayes,
  type FrequencyNaiveBayesOptions,
} from '../learners/bayes/multinomial-naive-bayes.ts'

/**
 * The probabilities of classes, by which features are above a threshold.
 * @example
 * bernoulliNaiveBayes({ threshold: 0.5 })
 */
export function bernoulliNaiveBayes(
  options: Settings<BernoulliNaiveBayesOptions> = {},
): LearnerFactory {
  return learnerOf(
    'bernoulli-naive-bayes',
    'classes',
    (size) => new BernoulliNaiveBayes({ ...options, ...size }),
  )
}

/**
 * The probabilities of classes, by how often each feature occurs: counts of words, of events.
 * @example
 * multinomialNaiveBayes()
 */
export function multinomialNaiveBayes(
  options: Settings<FrequencyNaiveBayesOptions> = {},
): LearnerFactory {
  return learnerOf(
    'multinomial-naive-bayes',
    'classes',
    (size) => new MultinomialNaiveBayes({ ...options, ...size }),
  )
}

/**
 * The same, by how unlike a row is to all other classes: better where classes are of very unequal size.
 * @example
 * complementNaiveBayes()
 */
export function complementNaiveBayes(
  options: Settings<FrequencyNaiveBayesOptions> = {},
): LearnerFactory {
  return learnerOf(
    'complement-naive-bayes',
    'classes',
    (size) => new ComplementNaiveBayes({ ...options, ...size }),
  )
}
