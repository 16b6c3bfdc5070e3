// What a definition writes makes what it says, of the size the model has.
import { describe, expect, it } from 'vitest'
import * as learning from '../../src/learning/index.ts'
import type { LearnerFactory, PreparerFactory } from '../../src/learning/index.ts'

const {
  balanced,
  calibrated,
  classWeights,
  factorizationMachine,
  logisticRegression,
  perKey,
  pipe,
} = learning

const learners: Readonly<Record<string, (() => LearnerFactory) | undefined>> = {
  balanced: () => balanced(logisticRegression(), { by: 'over' }),
  calibrated: () => calibrated(logisticRegression()),
  classWeights: () => classWeights(logisticRegression(), { weights: [1, 2] }),
  factorizationMachine: () => factorizationMachine({ task: 'classes', ids: [0] }),
  perKey: () => perKey(logisticRegression(), { key: 2 }),
  pipe: () => pipe(learning.oneHot({ columns: [0], values: 3 }), logisticRegression()),
}
const bandits = ['epsilonGreedy', 'linUcb', 'thompson', 'ucb']
const optimizers = ['adaGrad', 'adam', 'ftrl', 'rmsProp', 'sgd']

/** What all other names make without settings. */
const others = Object.entries(learning)
  .filter(([name]) => ![...Object.keys(learners), ...bandits, ...optimizers].includes(name))
  .map(([name, make]) => [name, (make as () => LearnerFactory | PreparerFactory)()] as const)
const all = [
  ...others,
  ...Object.entries(learners).map(([name, make]) => [name, make?.()] as const),
]

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
    expect(() => learning.matrixFactorization().make({ features: 3, classes: 2 })).toThrow(
      'expected two inputs, the id of the user and the id of the item, found 3',
    )
  })
})
