// Broken invariants stop the task: going on would commit what nobody can explain.
import { StateError, type ErrorDetails } from './errors.ts'

/** Throws ML_INTERNAL when an invariant of Millrace itself does not hold. Never used for input of a user. */
export function assert(holds: boolean, invariant: string, details?: ErrorDetails): asserts holds {
  if (!holds) {
    throw new StateError(
      'ML_INTERNAL',
      `broken invariant: ${invariant}`,
      details === undefined ? {} : { details },
    )
  }
}
