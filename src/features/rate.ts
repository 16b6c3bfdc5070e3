// How many events come in a unit of time, over the window.
import type { Aggregate } from '../contracts/aggregate.ts'
import { count } from './count.ts'

const known = new Map<number, Aggregate>()

/** The state is that of `count`; the value is the count for each `perMs` of the window's own length. The same object for the same unit. */
export function rate(perMs: number): Aggregate {
  const found = known.get(perMs)
  if (found !== undefined) return found
  const made: Aggregate = {
    ...count,
    name: 'rate',
    variant: `${perMs}`,
    foldsAs: count,
    value(state, at, from, to) {
      return (state[at] * perMs) / (to - from)
    },
  }
  known.set(perMs, made)
  return made
}
