// A number of [0, 1) for a place in a source: what takes the place of chance, so that a replay takes the same. Part of the format.
import { hash53OfNumber } from './hash53.ts'

const TWO_32 = 2 ** 32
const TWO_53 = 2 ** 53

/**
 * 53 bits of the seed, the partition and the offset, over their range. Other seeds give other numbers for the same places.
 * @param seed a whole number below 2^32. @param offset a whole number below 2^53.
 */
export function placeDraw(seed: number, partition: number, offset: number): number {
  const of = hash53OfNumber(seed, partition)
  return hash53OfNumber(offset ^ of, Math.floor(offset / TWO_32) ^ Math.floor(of / TWO_32)) / TWO_53
}
