// What a definition writes makes what it says, of the size the model has.
import { describe, expect, it } from 'vitest'
import * as anomaly from '../../src/learning/factories/anomaly.ts'
import * as bayes from '../../src/learning/factories/bayes.ts'
import * as linear from '../../src/learning/factories/linear.ts'
import * as others from '../../src/learning/factories/others.ts'
import * as codes from '../../src/learning/factories/preparation-codes.ts'
import * as preparation from '../../src/learning/factories/preparation.ts'
import * as recommendation from '../../src/learning/factories/recommendation.ts'
import * as trees from '../../src/learning/factories/trees.ts'
import * as wrappers from '../../src/learning/factories/wrappers.ts'
import { pipe } from '../../src/learning/factory.ts'
import type { LearnerFactory, PreparerFactory } from '../../src/learning/index.ts'

const { logisticRegression } = linear
const { balanced, calibrated, classWeights, perKey } = wrappers
const { factorizationMachine, matrixFactorization } = recommendation
const learning = {
  ...anomaly,
  ...bayes,
  ...linear,
  ...others,
  ...codes,
  ...preparation,
  ...recommendation,
  ...trees,
  ...wrappers,
}

const learners: Readonly<Record<string, (() => LearnerFactory) | undefined>> = {
  balanced: () => balanced(logisticRegression(), { by: 'over' }),
  calibrated: () => calibrated(logisticRegression()),
  classWeights: () => classWeights(logisticRegression(), { weights: [1, 2] }),
  factorizationMachine: () => factorizationMachine({ task: 'classes', ids: [0] }),
  perKey: () => perKey(logisticRegression(), { key: 2 }),
  pipe: () => pipe(codes.oneHot({ columns: [0], values: 3 }), logisticRegression()),
}
/** What all other names make without settings. */
const plain = Object.entries(learning)
  .filter(([name]) => !Object.keys(learners).includes(name))
  .map(([name, make]) => [name, (make as () => LearnerFactory | PreparerFactory)()] as const)
const all = [...plain, ...Object.entries(learners).map(([name, make]) => [name, make?.()] as const)]

describe('a learner or preparation by its public name', () => {
  it.each(all)('%s is of the kind, the task and the features that it says', (name, factory) => {
    if (factory === undefined) throw new Error(`no example of ${name}`)
    const features = name === 'matrixFactorization' ? 2 : 3
    if ('task' in factory) {
      const made = factory.make({ features, classes: 2 })
      expect([made.kind, made.task, made.features]).toEqual([factory.kind, factory.task, features])
    } else {
      const made = factory.make(features)
      expect([made.kind, made.features]).toEqual([factory.kind, features])
    }
  })

  it('says of a recommender without its two inputs what they are', () => {
    expect(() => matrixFactorization().make({ features: 3, classes: 2 })).toThrow(
      'expected two inputs, the id of the user and the id of the item, found 3',
    )
  })
})
