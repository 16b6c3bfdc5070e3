// A threshold of a prepared column, said of the column as it was given.
import type { GraphSource } from '../../contracts/graph-writer.ts'

/** Doubles in their order as whole numbers. */
const bits = new DataView(new ArrayBuffer(8))

function toOrder(value: number): bigint {
  bits.setFloat64(0, value)
  const own = bits.getBigInt64(0)
  return own < 0n ? -(own & 0x7fff_ffff_ffff_ffffn) : own
}

function fromOrder(order: bigint): number {
  bits.setBigInt64(0, order < 0n ? -order | -0x8000_0000_0000_0000n : order)
  return bits.getFloat64(0)
}

/**
 * The greatest double whose value behind the preparations is at most the threshold, or `below` it: exact, because what prepares a column
 * never falls, rounding included. The ends of the doubles where all are, or none is.
 */
export function givenThreshold(source: GraphSource, threshold: number, below = false): number {
  const within = (given: number): boolean =>
    below ? source.at(given) < threshold : source.at(given) <= threshold
  // Of a column that is as it was given, found at once.
  const first = toOrder(threshold) - (below ? 1n : 0n)
  if (within(fromOrder(first)) && !within(fromOrder(first + 1n))) return fromOrder(first)
  let low = toOrder(-Number.MAX_VALUE)
  let high = toOrder(Number.MAX_VALUE)
  if (within(fromOrder(high))) return Number.MAX_VALUE
  if (!within(fromOrder(low))) return -Number.MAX_VALUE
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (within(fromOrder(middle))) low = middle
    else high = middle
  }
  return fromOrder(low)
}
