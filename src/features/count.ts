// How many events are in the window. It takes no value.
import type { Aggregate } from '../contracts/aggregate.ts'

/** State: [count]. The value of nothing is 0. */
export const count: Aggregate = {
  name: 'count',
  width: 1,
  takesValue: false,
  empty(state, at) {
    state[at] = 0
  },
  add(state, at) {
    state[at] += 1
  },
  addAll(state, at, _values, events) {
    state[at] += events
  },
  merge(into, at, from, fromAt) {
    into[at] += from[fromAt]
  },
  value(state, at) {
    return state[at]
  },
}
