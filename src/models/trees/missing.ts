// Missing values among the rows of a run.
import { LANES } from './walk-tiles.ts'

export type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

interface Run {
  readonly rows: number
  readonly features: number
  readonly limit: number
}

/**
 * Makes NaN of values of a magnitude beyond the limit, in tiles.
 *
 * @returns whether a value of these rows is NaN.
 */
export function markMissing(tiles: Numbers, { rows, features, limit }: Run): boolean {
  const rest = rows % LANES
  const whole = (rows - rest) * features
  // Other lanes of the last tile hold rows of another run.
  const end = rest === 0 ? whole : whole + LANES * features
  let missing = false
  for (let i = 0; i < end; i++) {
    if (Math.abs(tiles[i]) <= limit || (i >= whole && i % LANES >= rest)) continue
    tiles[i] = Number.NaN
    missing = true
  }
  return missing
}
