// The oldest value in the window.
import type { Aggregate } from '../contracts/aggregate.ts'

/** State: [value], NaN for nothing, which is also its value. Texts and vectors stand in it as references. */
export const first: Aggregate = {
  name: 'first',
  width: 1,
  takesValue: true,
  empty(state, at) {
    state[at] = Number.NaN
  },
  add(state, at, value) {
    if (state[at] !== state[at]) state[at] = value
  },
  merge(into, at, from, fromAt) {
    if (into[at] !== into[at]) into[at] = from[fromAt]
  },
  value(state, at) {
    return state[at]
  },
  refer(state, at, to) {
    state[at] = to(state[at])
  },
  references(state, at, into) {
    into[0] = state[at]
    return state[at] === state[at] ? 1 : 0
  },
}
