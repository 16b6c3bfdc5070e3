// Distances between two samples of numbers, from the sorted values.
import { Prng } from '../../../base/prng.ts'

export interface Comparison {
  /** How far apart, in the unit that the floor of the test is stated in. */
  readonly effect: number
  /** Chance of at least that, were both samples of one law. */
  readonly pValue: number
}

/** Greatest distance of the two distribution functions (Kolmogorov, 1933; Smirnov, 1939). Both samples are sorted. */
export function kolmogorovDistance(first: Float64Array, second: Float64Array): number {
  let [i, j, greatest] = [0, 0, 0]
  while (i < first.length && j < second.length) {
    const value = Math.min(first[i], second[j])
    while (i < first.length && first[i] === value) i++
    while (j < second.length && second[j] === value) j++
    greatest = Math.max(greatest, Math.abs(i / first.length - j / second.length))
  }
  return greatest
}

/**
 * Area between the two distribution functions: the first Wasserstein distance, in the unit of the values (Vallender, 1974). Both samples
 * are sorted.
 */
export function wassersteinDistance(first: Float64Array, second: Float64Array): number {
  const { gaps, ofFirst } = merged(first, second)
  return area(gaps, ofFirst, first.length)
}

/**
 * The first Wasserstein distance as a share of a deviation, with its chance by permutation: of `permutations` random partings of all values
 * into two samples of these sizes, how many are as far apart (Phipson and Smyth, 2010: (1 + as far) / (1 + permutations), so never 0).
 * Cost: `permutations` passes over all values.
 */
export function wassersteinTest(
  first: Float64Array,
  second: Float64Array,
  { deviation, permutations, seed }: { deviation: number; permutations: number; seed: number },
): Comparison {
  const { gaps, ofFirst } = merged(first, second)
  const found = area(gaps, ofFirst, first.length)
  const random = new Prng(seed)
  let asFar = 0
  for (let i = 0; i < permutations; i++) {
    part(ofFirst, first.length, random)
    // As far but for rounding, which must not make equal partings unequal.
    if (area(gaps, ofFirst, first.length) >= found * (1 - 1e-12)) asFar++
  }
  return {
    effect: deviation > 0 ? found / deviation : found === 0 ? 0 : Infinity,
    pValue: (1 + asFar) / (1 + permutations),
  }
}

interface Merged {
  /** From each value to the next. */
  readonly gaps: Float64Array
  /** 1 where the value is of the first sample. */
  readonly ofFirst: Uint8Array
}

function merged(first: Float64Array, second: Float64Array): Merged {
  const length = first.length + second.length
  const gaps = new Float64Array(length)
  const ofFirst = new Uint8Array(length)
  let [i, j, before] = [0, 0, 0]
  for (let at = 0; at < length; at++) {
    const fromFirst = j === second.length || (i < first.length && first[i] <= second[j])
    const value = fromFirst ? first[i++] : second[j++]
    ofFirst[at] = fromFirst ? 1 : 0
    if (at > 0) gaps[at - 1] = value - before
    before = value
  }
  return { gaps, ofFirst }
}

function area(gaps: Float64Array, ofFirst: Uint8Array, first: number): number {
  const second = gaps.length - first
  let [seenFirst, sum] = [0, 0]
  for (let at = 0; at < gaps.length; at++) {
    seenFirst += ofFirst[at]
    sum += gaps[at] * Math.abs(seenFirst / first - (at + 1 - seenFirst) / second)
  }
  return sum
}

/** Takes `first` places of all at random (selection sampling; Knuth, volume 2, algorithm S). */
function part(ofFirst: Uint8Array, first: number, random: Prng): void {
  let left = first
  for (let at = 0; at < ofFirst.length; at++) {
    const taken = random.next() * (ofFirst.length - at) < left
    ofFirst[at] = taken ? 1 : 0
    if (taken) left--
  }
}
