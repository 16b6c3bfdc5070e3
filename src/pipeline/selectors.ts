// One selector for one function: a function that several features share is then one column and one call, not several.
import type { KeySelector, Selector } from '../contracts/selector.ts'
import { keySelector, selector } from '../schema/selector.ts'
import { frozen } from './check.ts'

type Call = (row: never) => unknown

const selectors = new WeakMap<Call, Selector>()
const keySelectors = new WeakMap<Call, KeySelector>()

/** What is known of a function; the same object for the same function. */
export function selectorOf(call: Call): Selector {
  const known = selectors.get(call)
  if (known !== undefined) return known
  const made = frozen(selector(call))
  selectors.set(call, made)
  return made
}

/** What is known of a function that gives a key; the same object for the same function. */
export function keySelectorOf(call: Call): KeySelector {
  const known = keySelectors.get(call)
  if (known !== undefined) return known
  const made = frozen(keySelector(call))
  keySelectors.set(call, made)
  return made
}
