// The variance of a number over the window: of the sample (divided by n - 1).
import type { Aggregate } from '../contracts/aggregate.ts'
import { std } from './std.ts'

/** The state is that of `std`. The value of fewer than two events is none (NaN). */
export const variance: Aggregate = {
  ...std,
  name: 'variance',
  foldsAs: std,
  value(state, at) {
    return state[at] < 2 ? Number.NaN : state[at + 2] / (state[at] - 1)
  },
}
