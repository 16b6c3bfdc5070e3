// Naive Bayes and nearest neighbours give the predictions of their references, row by row.
import { describe, expect, it } from 'vitest'
import { BernoulliNaiveBayes } from '../../../src/learning/learners/bayes/bernoulli-naive-bayes.ts'
import {
  ComplementNaiveBayes,
  MultinomialNaiveBayes,
} from '../../../src/learning/learners/bayes/multinomial-naive-bayes.ts'
import { GaussianNaiveBayes } from '../../../src/learning/learners/gaussian-naive-bayes.ts'
import {
  NeighboursClassifier,
  NeighboursRegressor,
} from '../../../src/learning/learners/nearest-neighbours.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { classificationData, missing, note, regressionData, type Table } from '../golden.ts'
import { classesApart, numbersApart, prequential } from '../prequential.ts'

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

/** The rows the figures below were made on with River 0.26.1: three classes, four counts, one of them greater in its class. */
function counted(): Table {
  let state = 7
  const next = (): number => {
    state = (state * 16807) % 2147483647
    return Math.floor(state / 65536)
  }
  const labels = new Float64Array(60)
  const columns = Array.from({ length: 4 }, () => new Float64Array(60))
  for (let row = 0; row < 60; row++) {
    labels[row] = next() % 3
    columns.forEach((column, i) => {
      column[row] = next() % (i === labels[row] ? 9 : 4)
    })
  }
  return { columns, labels, rows: 60 }
}

describe('naive Bayes on counts', () => {
  const options = { features: 4, classes: 3 }

  it.each([
    [
      new BernoulliNaiveBayes(options),
      [
        [0.46021092960656135, 0.30680728717139216, 0.23298178322204635],
        [0.18789938242983037, 0.14962571922843704, 0.6624748983417325],
        [0.17950571898681877, 0.28678155382012416, 0.533712727193057],
      ],
    ],
    [
      new MultinomialNaiveBayes(options),
      [
        [0.01009190467784905, 0.3857186034890554, 0.6041894918330964],
        [0.3556773225944196, 0.05965466623490101, 0.5846680111706798],
        [0.03695296842234911, 0.10342914703416232, 0.8596178845434884],
      ],
    ],
    [
      new ComplementNaiveBayes(options),
      [
        [0.040420127989935085, 0.41383027142428613, 0.5457496005857783],
        [0.505239254147388, 0.07496833223558846, 0.41979241361702424],
        [0.1294907466520737, 0.1580629081512669, 0.7124463451966597],
      ],
    ],
  ])('$kind gives the probabilities of its reference', (learner, wanted) => {
    const found = prequential(learner, counted())
    expect([10, 30, 59].map((row) => [...found.subarray(3 * row, 3 * row + 3)])).toEqual(
      wanted.map((row) => row.map((value) => expect.closeTo(value, 10))),
    )
  })
})
