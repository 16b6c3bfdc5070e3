// The value that a share `q` of the window's values do not exceed: exact where its events are kept, a DDSketch where they are not.
import type { Aggregate, Monoid } from '../contracts/aggregate.ts'
import { nearestRank, selected } from './selected.ts'

/** Buckets of a sketch, at most: the lowest ones are joined when there are more. */
const BUCKETS = 256
const TWO_32 = 0x1_0000_0000
/** Bucket numbers are moved up by this, so that those of negative numbers are positive too. */
const MIDDLE = 2 ** 20

const sketches = new Map<number, Monoid & { readonly of: Buckets }>()
const known = new Map<string, Aggregate>()

/** Which bucket a number is in, and the number that stands for a bucket. */
interface Buckets {
  bucket(value: number): number
  middle(bucket: number): number
}

/**
 * DDSketch (Masson, Rim and Lee, PVLDB 12, 2019): buckets at powers of (1 + error) / (1 - error), so that the value is within
 * `error` of the exact one, relative to it; of the same number and sign where it is 0. Of more than 256 buckets with values the
 * lowest are joined, and quantiles that fall among those lose the bound: at an error of 2 % these are values below 1 / 28,000 of
 * the greatest.
 * State: how many buckets, then each as number * 2^32 + count, ascending: a function of the values alone, in any order.
 * @param q from 0 to 1. @param error from 0.005 to 0.2. The same object for the same figures.
 */
export function quantile(q: number, error: number): Aggregate {
  const key = `${q} ${error}`
  const found = known.get(key)
  if (found !== undefined) return found
  const sketch = sketchOf(error)
  const made: Aggregate = {
    ...sketch,
    variant: `${q}`,
    foldsAs: sketch,
    value: (state, at) => sketched(sketch.of, q, { state, at }),
    exact: (values, count) =>
      count === 0 ? Number.NaN : selected(values, count, nearestRank(q, count)),
  }
  known.set(key, made)
  return made
}

function sketched(
  of: Buckets,
  q: number,
  { state, at }: { readonly state: Float64Array; readonly at: number },
): number {
  let count = 0
  for (let i = 1; i <= state[at]; i++) count += state[at + i] % TWO_32
  if (count === 0) return Number.NaN
  let before = 0
  const rank = nearestRank(q, count)
  for (let i = 1; i <= state[at]; i++) {
    before += state[at + i] % TWO_32
    if (before > rank) return of.middle(Math.floor(state[at + i] / TWO_32))
  }
  return Number.NaN
}

function sketchOf(error: number): Monoid & { readonly of: Buckets } {
  const found = sketches.get(error)
  if (found !== undefined) return found
  const of = bucketsOf(error)
  const made = {
    of,
    name: 'quantile',
    variant: `${error}`,
    width: 1 + BUCKETS,
    takesValue: true,
    bound: `within ${error * 100} % of the value`,
    empty(state: Float64Array, at: number) {
      state[at] = 0
    },
    add(state: Float64Array, at: number, value: number) {
      addCount(state, at, of.bucket(value), 1)
    },
    merge(into: Float64Array, at: number, from: Float64Array, fromAt: number) {
      for (let i = 1; i <= from[fromAt]; i++) {
        const entry = from[fromAt + i]
        addCount(into, at, Math.floor(entry / TWO_32), entry % TWO_32)
      }
    },
  }
  sketches.set(error, made)
  return made
}

/** Adds to a bucket, which is made where it is missing. */
function addCount(state: Float64Array, at: number, bucket: number, count: number): void {
  const buckets = state[at]
  let low = 1
  let high = buckets + 1
  const entry = bucket * TWO_32
  while (low < high) {
    const middle = (low + high) >>> 1
    if (state[at + middle] < entry) low = middle + 1
    else high = middle
  }
  if (low <= buckets && state[at + low] < entry + TWO_32) {
    state[at + low] += count
  } else if (buckets < BUCKETS) {
    state.copyWithin(at + low + 1, at + low, at + buckets + 1)
    state[at + low] = entry + count
    state[at] = buckets + 1
  } else if (low === 1) {
    // Below all that there are: it joins the lowest.
    state[at + 1] += count
  } else {
    const joined = state[at + 1] % TWO_32
    state.copyWithin(at + 1, at + 2, at + low)
    if (low === 2) state[at + 1] = entry + count + joined
    else {
      state[at + low - 1] = entry + count
      state[at + 1] += joined
    }
  }
}

function bucketsOf(error: number): Buckets {
  const logGamma = Math.log((1 + error) / (1 - error))
  // The least number there is has a bucket above 0.
  const offset = Math.ceil(-Math.log(Number.MIN_VALUE) / logGamma) + 2
  // Of the bucket of (low, low gamma], the number that is as far from both, relative to each.
  const middleOf = (index: number): number =>
    Math.min(Number.MAX_VALUE, Math.exp((index - offset) * logGamma) * (1 - error))
  return {
    bucket: (value) => {
      if (value === 0) return MIDDLE
      const index = Math.ceil(Math.log(Math.abs(value)) / logGamma) + offset
      return value > 0 ? MIDDLE + index : MIDDLE - index
    },
    middle: (bucket) => {
      if (bucket === MIDDLE) return 0
      return bucket > MIDDLE ? middleOf(bucket - MIDDLE) : -middleOf(MIDDLE - bucket)
    },
  }
}
