// How often a member of an ensemble sees a row: what a bootstrap sample becomes where the rows never end.
import type { Prng } from '../../../base/prng.ts'

/** Draws of the Poisson distribution with one mean, up to about 30, by the inverse of its distribution: one uniform a draw. */
export class Poisson {
  /** The chance of each count or fewer, as far as a double tells it from 1. */
  readonly #upTo: readonly number[]

  constructor(mean: number) {
    const upTo: number[] = []
    let chance = Math.exp(-mean)
    for (let sum = chance; sum > (upTo.at(-1) ?? 0); sum += chance) {
      upTo.push(sum)
      chance *= mean / upTo.length
    }
    this.#upTo = upTo
  }

  draw(random: Prng): number {
    const uniform = random.next()
    const upTo = this.#upTo
    let count = 0
    while (count < upTo.length && uniform >= upTo[count]) count++
    return count
  }
}

/** From here on a Poisson distribution is drawn as the normal distribution with its mean and variance. */
const MANY = 50

/** A draw of the Poisson distribution with any mean: by Knuth's product of uniforms, or by Box and Muller's normal where it is great. */
export function drawPoisson(mean: number, random: Prng): number {
  if (mean >= MANY) {
    const size = Math.sqrt(-2 * Math.log(1 - random.next()))
    const normal = size * Math.cos(2 * Math.PI * random.next())
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal))
  }
  const least = Math.exp(-mean)
  let product = random.next()
  let count = 0
  while (product > least) {
    product *= random.next()
    count++
  }
  return count
}
