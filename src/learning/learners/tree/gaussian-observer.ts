// What a leaf knows of one numeric feature in one class: weight, mean, spread, and ends, in five doubles of a long array.
import { erf } from './erf.ts'

export const WEIGHT = 0
export const MEAN = 1
/** Sum of squared distances from the mean. */
export const SQUARES = 2
export const LEAST = 3
export const GREATEST = 4
/** Doubles of one. */
export const OBSERVER = 5

/** Welford's update with a weight, as River does it. */
export function observeNumber(
  state: Float64Array,
  at: number,
  value: number,
  weight: number,
): void {
  const total = state[at + WEIGHT] + weight
  if (total === weight) {
    state[at + LEAST] = value
    state[at + GREATEST] = value
  } else if (value < state[at + LEAST]) state[at + LEAST] = value
  else if (value > state[at + GREATEST]) state[at + GREATEST] = value
  const before = state[at + MEAN]
  const mean = before + (weight / total) * (value - before)
  state[at + WEIGHT] = total
  state[at + MEAN] = mean
  state[at + SQUARES] += weight * (value - before) * (value - mean)
}

/** The logarithm of a density: -(value - mean)^2 * inverse - scale. */
export interface Density {
  readonly mean: number
  readonly inverse: number
  readonly scale: number
}

/** Below it a feature counts as without spread, so that half its inverse is finite, and a product too. */
const LEAST_VARIANCE = 1e-200

/** The variance, with n - 1; 0 where there is no spread. */
export function spreadOf(state: Float64Array, at: number): number {
  const total = state[at + WEIGHT]
  const variance = total > 1 ? state[at + SQUARES] / (total - 1) : 0
  return variance > LEAST_VARIANCE ? variance : 0
}

/**
 * Where a feature without spread has one value: half an inverse variance so great that any other value leaves a vote below `LEAST_VOTE`.
 */
export const POINT_INVERSE = 1e150
/** Logarithms of votes below it count as none. */
export const LEAST_VOTE = -1e100
/** Where a class had no value of a feature: farther from every value than the square root of the greatest double. */
const NOWHERE = 1e110

/** The one value that a feature without spread has in a class. */
export function pointMean(state: Float64Array, at: number): number {
  return state[at + WEIGHT] > 0 ? state[at + MEAN] : NOWHERE
}

/** undefined where there is no spread and it is not strict. */
export function densityOf(state: Float64Array, at: number, strict: boolean): Density | undefined {
  const variance = spreadOf(state, at)
  if (variance === 0) {
    if (!strict) return undefined
    return { mean: pointMean(state, at), inverse: POINT_INVERSE, scale: 0 }
  }
  const scale = 0.5 * Math.log(2 * Math.PI * variance)
  return { mean: state[at + MEAN], inverse: 0.5 / variance, scale }
}

/** Weight of the values that are at most that one. */
export function weightUpTo(state: Float64Array, at: number, value: number): number {
  const total = state[at + WEIGHT]
  const variance = total > 1 ? state[at + SQUARES] / (total - 1) : 0
  if (!(variance > 0)) return 0
  // Divided twice, as the reference does: the last bit decides when a leaf tries to split.
  const apart = (value - state[at + MEAN]) / Math.sqrt(variance) / Math.SQRT2
  return 0.5 * (1 + erf(apart)) * total
}
