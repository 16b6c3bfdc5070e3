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
  let missing = markEach(tiles, { from: 0, to: whole, limit })
  // Other lanes of the last tile hold rows of another run.
  if (rest > 0)
    for (let from = whole; from < whole + LANES * features; from += LANES)
      if (markEach(tiles, { from, to: from + rest, limit })) missing = true
  return missing
}

function markEach(
  values: Numbers,
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): boolean {
  let missing = false
  for (let i = from; i < to; i++) {
    if (Math.abs(values[i]) <= limit) continue
    values[i] = Number.NaN
    missing = true
  }
  return missing
}
