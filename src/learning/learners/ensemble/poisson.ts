// How often a member of an ensemble sees a row: what a bootstrap sample becomes where the rows never end.
import type { Prng } from '../../../base/prng.ts'

/** A draw of the Poisson distribution with that mean, by Knuth's product of uniforms; for means up to about 30. */
export function poisson(mean: number, random: Prng): number {
  const least = Math.exp(-mean)
  let product = random.next()
  let count = 0
  while (product > least) {
    product *= random.next()
    count++
  }
  return count
}
