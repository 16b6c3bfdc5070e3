// Naive Bayes and nearest neighbours give the predictions of their references, row by row.
import { describe, expect, it } from 'vitest'
import { GaussianNaiveBayes } from '../../../src/learning/learners/gaussian-naive-bayes.ts'
import {
  NeighboursClassifier,
  NeighboursRegressor,
} from '../../../src/learning/learners/nearest-neighbours.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { classificationData, missing, note, regressionData } from '../golden.ts'
import { classesApart, numbersApart } from '../prequential.ts'

describe.skipIf(missing)(`naive Bayes and neighbours against their references${note}`, () => {
  describe.each(['elec2', 'electricity-tiny', 'phishing'])('on %s', (data) => {
    it('Gaussian naive Bayes gives its probabilities, row by row', () => {
      const features = classificationData(data).columns.length
      const found = classesApart(new GaussianNaiveBayes({ features, classes: 2 }), data, 'nb')
      expect(found).toMatchObject({ first: undefined })
    })

    it.each([100, 1000])('neighbours in a window of %i give their probabilities', (window) => {
      const features = classificationData(data).columns.length
      const learner = pipe(
        new StandardScaler({ features }),
        new NeighboursClassifier({ features, classes: 2, window }),
      )
      const found = classesApart(learner, data, `knn-w${window}`)
      expect(found).toMatchObject({ first: undefined })
    })
  })

  it.each(['cmapss', 'taxi'] as const)('neighbours give their numbers on %s', (data) => {
    const features = regressionData(data).columns.length
    const learner = pipe(
      new StandardScaler({ features }),
      new NeighboursRegressor({ features, window: 100 }),
    )
    expect(numbersApart(learner, data, 'knn-w100')).toMatchObject({ first: undefined })
  })
})
