// How fast a number rises over the window: the slope of the least-squares line through (time, value).
import type { Aggregate } from '../contracts/aggregate.ts'

const known = new Map<number, Aggregate>()

// State: count, time of the first event, then as of it: mean time, mean value, squared distances of times, products of distances.
const COUNT = 0
const BEGIN = 1
const TIME = 2
const VALUE = 3
const SQUARES = 4
const PRODUCTS = 5

/**
 * In units of the value for each `perMs`. None (NaN) of fewer than two different times.
 * Times are counted from the first event, because an epoch time squared has no digits left for ms. `add` is Welford's step for a
 * pair; `merge` the pairwise update of Chan, Golub and LeVeque (STAN-CS-79-773, 1979) for a co-moment.
 * The same object for the same unit.
 */
export function slope(perMs: number): Aggregate {
  const found = known.get(perMs)
  if (found !== undefined) return found
  const made: Aggregate = {
    name: 'slope',
    variant: `${perMs}`,
    width: 6,
    takesValue: true,
    empty(state, at) {
      for (let w = 0; w < 6; w++) state[at + w] = 0
    },
    add(state, at, value, time) {
      if (state[at + COUNT] === 0) {
        state[at + BEGIN] = time
        state[at + VALUE] = value
        state[at + COUNT] = 1
        return
      }
      const n = state[at + COUNT] + 1
      const later = time - state[at + BEGIN] - state[at + TIME]
      const higher = value - state[at + VALUE]
      state[at + COUNT] = n
      state[at + TIME] += later / n
      state[at + VALUE] += higher / n
      state[at + SQUARES] += later * (time - state[at + BEGIN] - state[at + TIME])
      state[at + PRODUCTS] += later * (value - state[at + VALUE])
    },
    merge(into, at, from, fromAt) {
      const right = from[fromAt + COUNT]
      if (right === 0) return
      const left = into[at + COUNT]
      if (left === 0) {
        for (let w = 0; w < 6; w++) into[at + w] = from[fromAt + w]
        return
      }
      const n = left + right
      const later = from[fromAt + BEGIN] - into[at + BEGIN] + from[fromAt + TIME] - into[at + TIME]
      const higher = from[fromAt + VALUE] - into[at + VALUE]
      const both = (left * right) / n
      into[at + COUNT] = n
      into[at + TIME] += (later * right) / n
      into[at + VALUE] += (higher * right) / n
      into[at + SQUARES] += from[fromAt + SQUARES] + later * later * both
      into[at + PRODUCTS] += from[fromAt + PRODUCTS] + later * higher * both
    },
    value(state, at) {
      const squares = state[at + SQUARES]
      return squares === 0 ? Number.NaN : (state[at + PRODUCTS] / squares) * perMs
    },
  }
  known.set(perMs, made)
  return made
}
