// The values that come most often in the window: exact where its events are kept, Misra-Gries where they are not.
import type { ListAggregate } from '../contracts/aggregate.ts'

const known = new Map<number, ListAggregate>()

/** Counters for each value of the list, and at least. */
const COUNTERS_A_PLACE = 8
const LEAST_COUNTERS = 32

/**
 * The most frequent first; of equally frequent ones the one that was there first. State: how many counters, then (value, count) in
 * the order the values came. A count is too small by at most n / (counters + 1) of n events, and exact while there are no more
 * different values than counters: Misra and Gries, "Finding repeated elements" (1982); merged by taking the count of the first
 * counter that does not fit from all of them (Agarwal, Cormode, Huang, Phillips, Wei and Yi, "Mergeable Summaries", PODS 2012).
 * The same object for the same k.
 */
export function topK(k: number): ListAggregate {
  const found = known.get(k)
  if (found !== undefined) return found
  const counters = Math.max(LEAST_COUNTERS, COUNTERS_A_PLACE * k)
  // Twice as many, while two states are merged.
  const scratch = new Float64Array(1 + 4 * counters)
  const made: ListAggregate = {
    name: 'topK',
    variant: `${k}`,
    width: 1 + 2 * counters,
    takesValue: true,
    items: k,
    bound: `counts within 1/${counters + 1} of the events (exact until ${counters} values)`,
    empty(state, at) {
      state[at] = 0
    },
    add(state, at, value) {
      const used = state[at]
      const place = placeOf(state, at, value)
      if (place > 0) state[place + 1] += 1
      else if (used < counters) append(state, at, value, 1)
      else take(state, at, 1)
    },
    merge(into, at, from, fromAt) {
      if (from[fromAt] === 0) return
      copy(scratch, 0, into, at)
      for (let i = 0; i < from[fromAt]; i++) {
        const value = from[fromAt + 1 + 2 * i]
        const count = from[fromAt + 2 + 2 * i]
        const place = placeOf(scratch, 0, value)
        if (place > 0) scratch[place + 1] += count
        else append(scratch, 0, value, count)
      }
      if (scratch[0] > counters) take(scratch, 0, nthCount(scratch, counters))
      copy(into, at, scratch, 0)
    },
    references(state, at, into) {
      for (let i = 0; i < state[at]; i++) into[i] = state[at + 1 + 2 * i]
      return state[at]
    },
    refer(state, at, to) {
      for (let i = 0; i < state[at]; i++) state[at + 1 + 2 * i] = to(state[at + 1 + 2 * i])
    },
    list: (state, at, into) => mostFrequent(state, at, { into, k }),
    exactList: (values, count, into) => {
      counted(values, count)
      return mostFrequent(all, 0, { into, k })
    },
  }
  known.set(k, made)
  return made
}

/** Copies counters; four parameters, because it is called for each tile of a window. */
function copy(into: Float64Array, at: number, from: Float64Array, fromAt: number): void {
  const words = 1 + 2 * from[fromAt]
  for (let w = 0; w < words; w++) into[at + w] = from[fromAt + w]
}

/** Place of the counter of a value; 0 where it has none. */
function placeOf(state: Float64Array, at: number, value: number): number {
  for (let place = at + 1; place < at + 1 + 2 * state[at]; place += 2)
    if (state[place] === value) return place
  return 0
}

function append(state: Float64Array, at: number, value: number, count: number): void {
  const place = at + 1 + 2 * state[at]
  state[place] = value
  state[place + 1] = count
  state[at] += 1
}

/** Takes a count from all counters; those with nothing left go, the others keep their order. */
function take(state: Float64Array, at: number, count: number): void {
  let kept = 0
  for (let i = 0; i < state[at]; i++) {
    const left = state[at + 2 + 2 * i] - count
    if (left <= 0) continue
    state[at + 1 + 2 * kept] = state[at + 1 + 2 * i]
    state[at + 2 + 2 * kept] = left
    kept++
  }
  state.fill(0, at + 1 + 2 * kept, at + 1 + 2 * state[at])
  state[at] = kept
}

/** The count that would stand at `rank` if they were sorted, the greatest first. */
function nthCount(state: Float64Array, rank: number): number {
  const counts = new Float64Array(state[0])
  for (let i = 0; i < counts.length; i++) counts[i] = state[2 + 2 * i]
  return counts.sort()[counts.length - 1 - rank]
}

/** Writes the `k` values with the greatest counts; of equal ones the earlier. */
function mostFrequent(
  state: Float64Array,
  at: number,
  { into, k }: { readonly into: Float64Array; readonly k: number },
): number {
  const used = state[at]
  const length = Math.min(k, used)
  let bound = Infinity
  let boundPlace = -1
  for (let n = 0; n < length; n++) {
    let best = -1
    for (let i = 0; i < used; i++) {
      const count = state[at + 2 + 2 * i]
      const isAfter = count < bound || (count === bound && i > boundPlace)
      if (isAfter && (best < 0 || count > state[at + 2 + 2 * best])) best = i
    }
    into[n] = state[at + 1 + 2 * best]
    bound = state[at + 2 + 2 * best]
    boundPlace = best
  }
  return length
}

/** Counters of all values, in the order they came, and where the one of a value is: of exact windows, read at once. */
let all = new Float64Array(1 + 2 * 64)
let places = new Int32Array(128)

function counted(values: Float64Array, count: number): void {
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)))
  if (places.length < size) {
    places = new Int32Array(size)
    all = new Float64Array(1 + size)
  }
  places.fill(0, 0, size)
  all[0] = 0
  for (let i = 0; i < count; i++) {
    const value = values[i]
    let at = spread(value) & (size - 1)
    while (places[at] > 0 && all[places[at]] !== value) at = (at + 1) & (size - 1)
    if (places[at] > 0) all[places[at] + 1] += 1
    else {
      places[at] = 1 + 2 * all[0]
      append(all, 0, value, 1)
    }
  }
}

const NUMBER = new Float64Array(1)
const HALVES = new Int32Array(NUMBER.buffer)

/** References are small whole numbers, and other numbers anything. */
function spread(value: number): number {
  NUMBER[0] = value + 0
  const bits = Math.imul(HALVES[0] ^ Math.imul(HALVES[1], 0x9e3779b1), 0x85ebca6b)
  return bits ^ (bits >>> 15)
}
