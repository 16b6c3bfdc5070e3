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
