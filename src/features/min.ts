// The least number in the window.
import type { Aggregate } from '../contracts/aggregate.ts'

/** State: [min], NaN for nothing, which is also its value. Of 0 and -0 the first counts. */
export const min: Aggregate = {
  name: 'min',
  width: 1,
  takesValue: true,
  empty(state, at) {
    state[at] = Number.NaN
  },
  add(state, at, value) {
    if (!(state[at] <= value)) state[at] = value
  },
  addAll(state, at, values, count) {
    let least = state[at]
    for (let i = 0; i < count; i++) if (!(least <= values[i])) least = values[i]
    state[at] = least
  },
  merge(into, at, from, fromAt) {
    const value = from[fromAt]
    if (value === value && !(into[at] <= value)) into[at] = value
  },
  value(state, at) {
    return state[at]
  },
}
