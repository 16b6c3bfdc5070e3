// What is thrown by nobody's plan, as an error that can be told.
import { MillraceError, StateError } from '../base/errors.ts'

/** @param must what must have been possible. */
export function asMillraceError(error: unknown, must: string): MillraceError {
  return error instanceof MillraceError
    ? error
    : new StateError('ML_INTERNAL', must, { cause: error })
}
