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
  let missing = false
  for (let i = 0; i < whole; i++) {
    if (Math.abs(tiles[i]) <= limit) continue
    tiles[i] = Number.NaN
    missing = true
  }
  // Other lanes of the last tile hold rows of another run.
  for (let lane = 0; lane < rest; lane++) {
    const end = whole + LANES * features
    for (let i = whole + lane; i < end; i += LANES) {
      if (Math.abs(tiles[i]) <= limit) continue
      tiles[i] = Number.NaN
      missing = true
    }
  }
  return missing
}
