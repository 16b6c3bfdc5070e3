// A hash that fits a double: how values of any kind are told apart where they are not kept. Part of the format.

const A = 0x85ebca6b
const B = 0xc2b2ae35
const TWO_32 = 0x1_0000_0000

/**
 * 53 bits of the bytes, as a whole number: two lanes of multiply and xor a byte, each finished by the mixer of MurmurHash3
 * (Austin Appleby). Two different values share one with a probability of 1 in 9e15.
 */
export function hash53(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let a = 0xdeadbeef ^ (end - start)
  let b = 0x41c6ce57 ^ (end - start)
  for (let i = start; i < end; i++) {
    a = Math.imul(a ^ bytes[i], 0x9e3779b1)
    b = Math.imul(b ^ bytes[i], 0x5f356495)
    b ^= b >>> 15
  }
  return joined(a, b)
}

/** Of a number by the halves of its eight bytes; whoever calls it has made -0 a 0. */
export function hash53OfNumber(low: number, high: number): number {
  let a = Math.imul(0xdeadbeef ^ low, 0x9e3779b1)
  let b = Math.imul(0x41c6ce57 ^ high, 0x5f356495)
  a = Math.imul(a ^ (a >>> 15) ^ high, 0x9e3779b1)
  b = Math.imul(b ^ (b >>> 15) ^ low, 0x5f356495)
  return joined(a, b)
}

function joined(a: number, b: number): number {
  const low = mixed(a ^ Math.imul(b ^ (b >>> 13), B))
  const high = mixed(b ^ Math.imul(a ^ (a >>> 16), A))
  return (high >>> 11) * TWO_32 + low
}

function mixed(bits: number): number {
  let h = bits
  h = Math.imul(h ^ (h >>> 16), A)
  h = Math.imul(h ^ (h >>> 13), B)
  return (h ^ (h >>> 16)) >>> 0
}
