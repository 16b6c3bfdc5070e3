// The root of the mean square of a number over the window.
import type { Aggregate } from '../contracts/aggregate.ts'

/** State: [count, sum of squares]. The value of nothing is none (NaN). Squares are never negative, so nothing cancels. */
export const rms: Aggregate = {
  name: 'rms',
  width: 2,
  takesValue: true,
  empty(state, at) {
    state[at] = 0
    state[at + 1] = 0
  },
  add(state, at, value) {
    state[at] += 1
    state[at + 1] += value * value
  },
  merge(into, at, from, fromAt) {
    into[at] += from[fromAt]
    into[at + 1] += from[fromAt + 1]
  },
  value(state, at) {
    return state[at] === 0 ? Number.NaN : Math.sqrt(state[at + 1] / state[at])
  },
}
