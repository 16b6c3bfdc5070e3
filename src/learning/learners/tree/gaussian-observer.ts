// What a leaf knows of one feature in one class: weight, mean, spread, and ends, in eight doubles of a long array.
import { erf } from './erf.ts'

export const WEIGHT = 0
const MEAN = 1
/** Sum of squared distances from the mean. */
const SQUARES = 2
export const LEAST = 3
export const GREATEST = 4
/** Kept beside, so that a density takes no division and no logarithm: 1 / (2 variance), 0 where there is none. */
const INVERSE = 5
/** ln(2 pi variance) / 2. */
const SCALE = 6
/** Doubles of one. */
export const OBSERVER = 8

/** Welford's update with a weight, as River does it. */
export function observe(state: Float64Array, at: number, value: number, weight: number): void {
  if (state[at + WEIGHT] === 0) {
    state[at + LEAST] = value
    state[at + GREATEST] = value
  } else if (value < state[at + LEAST]) state[at + LEAST] = value
  else if (value > state[at + GREATEST]) state[at + GREATEST] = value
  const total = state[at + WEIGHT] + weight
  const before = state[at + MEAN]
  const mean = before + (weight / total) * (value - before)
  const squares = state[at + SQUARES] + weight * (value - before) * (value - mean)
  state[at + WEIGHT] = total
  state[at + MEAN] = mean
  state[at + SQUARES] = squares
  const variance = total > 1 ? squares / (total - 1) : 0
  if (variance > 0) {
    state[at + INVERSE] = 0.5 / variance
    state[at + SCALE] = 0.5 * Math.log(2 * Math.PI * variance)
  } else state[at + INVERSE] = 0
}

/** ln of the density at that value; 0 where there is no spread, so that the feature says nothing of this class. */
export function logDensity(state: Float64Array, at: number, value: number): number {
  const inverse = state[at + INVERSE]
  if (inverse === 0) return 0
  const distance = value - state[at + MEAN]
  return -distance * distance * inverse - state[at + SCALE]
}

/** What `logDensity` is made of: -(value - mean)^2 * inverse - scale. */
export interface Density {
  readonly mean: number
  readonly inverse: number
  readonly scale: number
}

/** undefined where there is no spread. */
export function densityOf(state: Float64Array, at: number): Density | undefined {
  const inverse = state[at + INVERSE]
  return inverse === 0 ? undefined : { mean: state[at + MEAN], inverse, scale: state[at + SCALE] }
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
