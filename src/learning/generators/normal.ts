// Normal numbers from uniform ones.
import type { Prng } from '../../base/prng.ts'

/** One number of mean 0 and deviation 1, by the polar method (Marsaglia and Bray, 1964); its twin is thrown away. */
export function normal(random: Prng): number {
  for (;;) {
    const u = 2 * random.next() - 1
    const v = 2 * random.next() - 1
    const square = u * u + v * v
    if (square > 0 && square < 1) return u * Math.sqrt((-2 * Math.log(square)) / square)
  }
}
