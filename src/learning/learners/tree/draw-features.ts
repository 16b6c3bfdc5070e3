// Which features a leaf of a random forest observes.
import type { Prng } from '../../../base/prng.ts'

/** Writes a draw without replacement of `count` of the features to the front; all of them in their order where that is all. */
export function drawFeatures(drawn: Int32Array, count: number, random: Prng | undefined): void {
  for (let i = 0; i < drawn.length; i++) drawn[i] = i
  if (count === drawn.length || random === undefined) return
  for (let i = 0; i < count; i++) {
    const other = i + random.below(drawn.length - i)
    const feature = drawn[other]
    drawn[other] = drawn[i]
    drawn[i] = feature
  }
}
