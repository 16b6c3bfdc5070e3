// The standard deviation of a number over the window: of the sample (divided by n - 1).
// Never from a sum of squares: that loses every digit when the mean is large against the spread.
import type { Aggregate } from '../contracts/aggregate.ts'

/**
 * State: [count, mean, sum of squared distances from the mean]. The value of fewer than two events is none (NaN).
 * `add` is Welford's step (Technometrics 4, 1962); `merge` is the pairwise update of Chan, Golub and LeVeque
 * ("Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", Stanford STAN-CS-79-773, 1979).
 * 2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and squared distances 32 in all: the value is sqrt(32 / 7) = 2.138...
 */
export const std: Aggregate = {
  name: 'std',
  width: 3,
  takesValue: true,
  empty(state, at) {
    state[at] = 0
    state[at + 1] = 0
    state[at + 2] = 0
  },
  add(state, at, value) {
    const n = state[at] + 1
    const distance = value - state[at + 1]
    const mean = state[at + 1] + distance / n
    state[at] = n
    state[at + 1] = mean
    state[at + 2] += distance * (value - mean)
  },
  merge(into, at, from, fromAt) {
    const right = from[fromAt]
    if (right === 0) return
    const left = into[at]
    if (left === 0) {
      into[at] = right
      into[at + 1] = from[fromAt + 1]
      into[at + 2] = from[fromAt + 2]
      return
    }
    const n = left + right
    const distance = from[fromAt + 1] - into[at + 1]
    into[at] = n
    into[at + 1] += (distance * right) / n
    into[at + 2] += from[fromAt + 2] + distance * distance * ((left * right) / n)
  },
  value(state, at) {
    return state[at] < 2 ? Number.NaN : Math.sqrt(state[at + 2] / (state[at] - 1))
  },
}
