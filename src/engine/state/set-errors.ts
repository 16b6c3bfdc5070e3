// What can go wrong with the state of a set.
import { StateError } from '../../base/errors.ts'

/** @param has what the task's part of the set has. */
export function overBudget(
  set: string,
  has: { readonly keys: number; readonly usedBytes: number },
  keysMax: number,
  bytesMax: number,
): StateError {
  const text = (most: number): string => (most === Infinity ? 'any number of' : String(most))
  return new StateError(
    'ML_STATE',
    `set ${set} expects at most ${text(keysMax)} keys and ${text(bytesMax)} bytes in a task, its part of the budget; found ${has.keys} keys and ${has.usedBytes} bytes. Raise the budget, shorten keep, or let it evict the oldest key; nothing is lost: the task goes on from here when it is started again`,
    { details: { set } },
  )
}

export function noInputs(set: string, feature: string): StateError {
  return new StateError(
    'ML_INTERNAL',
    `set ${set} expects the inputs of its rows for feature ${feature}; found none. A set that is looked up has no values of the event`,
  )
}
