// What a user will say of an item. Ids are columns of whole numbers or hashes, counted from 0.
import { DefinitionError } from '../../base/errors.ts'
import type { LearnerFactory } from '../../contracts/learner.ts'
import { learnerOf, type Settings } from '../factory.ts'
import {
  FactorizationMachine,
  type FactorizationMachineOptions,
} from '../learners/recommendation/factorization-machine.ts'
import {
  MatrixFactorization,
  type MatrixFactorizationOptions,
} from '../learners/recommendation/matrix-factorization.ts'

/**
 * The rating of an item by a user. Its inputs are two: the id of the user, then the id of the item.
 * @example
 * matrixFactorization({ factors: 20 })
 */
export function matrixFactorization(options: MatrixFactorizationOptions = {}): LearnerFactory {
  return learnerOf('matrix-factorization', 'number', ({ features }) => {
    if (features === 2) return new MatrixFactorization(options)
    throw new DefinitionError(
      `matrix-factorization: expected two inputs, the id of the user and the id of the item, found ${features}; name these two`,
    )
  })
}

/**
 * A number, or the probability of one of two classes, by features and all their pairs: ids of `ids`, and numbers.
 * @example
 * factorizationMachine({ task: 'classes', ids: [0, 1] })
 */
export function factorizationMachine(
  options: Settings<FactorizationMachineOptions>,
): LearnerFactory {
  return learnerOf(
    'factorization-machine',
    options.task,
    ({ features }) => new FactorizationMachine({ ...options, features }),
  )
}
