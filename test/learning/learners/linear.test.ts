// Linear learners give the predictions of their references, row by row.
import { describe, expect, it } from 'vitest'
import type { Learner } from '../../../src/contracts/learner.ts'
import { adaGrad } from '../../../src/learning/learners/linear/ada-grad.ts'
import { adam } from '../../../src/learning/learners/linear/adam.ts'
import { Alma } from '../../../src/learning/learners/linear/alma.ts'
import { BayesianLinearRegression } from '../../../src/learning/learners/linear/bayesian-linear-regression.ts'
import { ftrl } from '../../../src/learning/learners/linear/ftrl.ts'
import { LinearRegression } from '../../../src/learning/learners/linear/linear-regression.ts'
import { LogisticRegression } from '../../../src/learning/learners/linear/logistic-regression.ts'
import {
  PassiveAggressiveClassifier,
  PassiveAggressiveRegressor,
} from '../../../src/learning/learners/linear/passive-aggressive.ts'
import { Perceptron } from '../../../src/learning/learners/linear/perceptron.ts'
import { sgd } from '../../../src/learning/learners/linear/sgd.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { classificationData, missing, note, regressionData } from '../golden.ts'
import { classesApart, numbersApart } from '../prequential.ts'

const classifiers: Readonly<Record<string, (features: number) => Learner>> = {
  logreg: (features) => new LogisticRegression({ features, optimizer: sgd(0.005) }),
  adagrad: (features) => new LogisticRegression({ features, optimizer: adaGrad(0.1) }),
  adam: (features) => new LogisticRegression({ features, optimizer: adam() }),
  'ftrl-mcmahan': (features) => new LogisticRegression({ features, optimizer: ftrl() }),
  'ftrl-mcmahan-l1': (features) => new LogisticRegression({ features, optimizer: ftrl({ l1: 1 }) }),
  pa1: (features) => new PassiveAggressiveClassifier({ features }),
  pa2: (features) => new PassiveAggressiveClassifier({ features, mode: 2 }),
  alma: (features) => new Alma({ features }),
  perceptron: (features) => new Perceptron({ features }),
}

const regressors: Readonly<Record<string, (features: number) => Learner>> = {
  linreg: (features) => new LinearRegression({ features }),
  'linreg-l2': (features) => new LinearRegression({ features, l2: 1 }),
  'linreg-l1': (features) => new LinearRegression({ features, l1: 1 }),
  'linreg-adagrad': (features) => new LinearRegression({ features, optimizer: adaGrad(1) }),
  bayes: (features) => new BayesianLinearRegression({ features }),
  'pa1-crammer': (features) => new PassiveAggressiveRegressor({ features }),
}

const scaled = (learner: Learner): Learner =>
  pipe(new StandardScaler({ features: learner.features }), learner)

describe.skipIf(missing)(`linear learners against their references${note}`, () => {
  describe.each(['elec2', 'electricity-tiny', 'phishing'])('on %s', (data) => {
    it.each(Object.keys(classifiers))('%s gives its probabilities, row by row', (name) => {
      const { columns } = classificationData(data)
      const found = classesApart(scaled(classifiers[name](columns.length)), data, name)
      expect(found.rows).toBeGreaterThanOrEqual(1250)
      expect(found.greatest).toBeLessThan(1e-9)
    })

    it('logistic regression without a scaler gives its probabilities', () => {
      const { columns } = classificationData(data)
      const found = classesApart(classifiers['logreg'](columns.length), data, 'logreg-raw')
      expect(found.greatest).toBeLessThan(1e-9)
    })
  })

  describe.each(['cmapss', 'taxi'] as const)('on %s', (data) => {
    it.each(Object.keys(regressors))('%s gives its predictions, row by row', (name) => {
      const { columns } = regressionData(data)
      const found = numbersApart(scaled(regressors[name](columns.length)), data, name)
      expect(found.rows).toBe(5000)
      expect(found).toMatchObject({ first: undefined })
    })
  })
})
