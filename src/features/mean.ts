// The arithmetic mean of a number over the window.
import type { Aggregate } from '../contracts/aggregate.ts'

/** State: [count, sum]. The value of nothing is none (NaN). */
export const mean: Aggregate = {
  name: 'mean',
  width: 2,
  takesValue: true,
  empty(state, at) {
    state[at] = 0
    state[at + 1] = 0
  },
  add(state, at, value) {
    state[at] += 1
    state[at + 1] += value
  },
  addAll(state, at, values, events) {
    let total = state[at + 1]
    for (let i = 0; i < events; i++) total += values[i]
    state[at] += events
    state[at + 1] = total
  },
  merge(into, at, from, fromAt) {
    into[at] += from[fromAt]
    into[at + 1] += from[fromAt + 1]
  },
  value(state, at) {
    return state[at] === 0 ? Number.NaN : state[at + 1] / state[at]
  },
}
