// The sum of a number over the window.
import type { Aggregate } from '../contracts/aggregate.ts'

/** State: [sum]. The value of nothing is 0. */
export const sum: Aggregate = {
  name: 'sum',
  width: 1,
  takesValue: true,
  empty(state, at) {
    state[at] = 0
  },
  add(state, at, value) {
    state[at] += value
  },
  addAll(state, at, values, count) {
    let total = state[at]
    for (let i = 0; i < count; i++) total += values[i]
    state[at] = total
  },
  merge(into, at, from, fromAt) {
    into[at] += from[fromAt]
  },
  value(state, at) {
    return state[at]
  },
}
