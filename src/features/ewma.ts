// A mean of the window in which an event counts half as much for each half-life it is older.
import type { Aggregate } from '../contracts/aggregate.ts'

const known = new Map<number, Aggregate>()

/**
 * State: [time of the newest event, weight, weighted sum], both as of that time; time NaN for nothing. The value of nothing is none.
 * The weights of Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay" (ICDE 2009), exponential: the mean is the same as of any
 * later time, so that only the distances of events count. Merging ages the earlier state. The same object for the same half-life.
 */
export function ewma(halfLifeMs: number): Aggregate {
  const found = known.get(halfLifeMs)
  if (found !== undefined) return found
  const made: Aggregate = {
    name: 'ewma',
    variant: `${halfLifeMs}`,
    width: 3,
    takesValue: true,
    empty(state, at) {
      state[at] = Number.NaN
      state[at + 1] = 0
      state[at + 2] = 0
    },
    add(state, at, value, time) {
      if (state[at] !== state[at]) {
        state[at] = time
        state[at + 1] = 1
        state[at + 2] = value
        return
      }
      const aged = Math.pow(2, (state[at] - time) / halfLifeMs)
      state[at] = time
      state[at + 1] = state[at + 1] * aged + 1
      state[at + 2] = state[at + 2] * aged + value
    },
    merge(into, at, from, fromAt) {
      const time = from[fromAt]
      if (time !== time) return
      if (into[at] !== into[at]) {
        into[at] = time
        into[at + 1] = from[fromAt + 1]
        into[at + 2] = from[fromAt + 2]
        return
      }
      const aged = Math.pow(2, (into[at] - time) / halfLifeMs)
      into[at] = time
      into[at + 1] = into[at + 1] * aged + from[fromAt + 1]
      into[at + 2] = into[at + 2] * aged + from[fromAt + 2]
    },
    value(state, at) {
      return state[at + 1] === 0 ? Number.NaN : state[at + 2] / state[at + 1]
    },
  }
  known.set(halfLifeMs, made)
  return made
}
