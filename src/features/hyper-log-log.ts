// The registers of a HyperLogLog in doubles: eight of six bits a double, as a whole number of 48 bits, because a double may be
// copied as a number and as nothing else.

export const REGISTERS_A_WORD = 8
const TWO_24 = 0x100_0000
const TWO_32 = 0x1_0000_0000
/** Bits of a hash. */
const HASH_BITS = 53

/** Adds a hash: its lowest `bits` bits choose a register, the rank of its first 1 above them may raise it. */
export function addHash(state: Float64Array, at: number, hash: number, bits: number): void {
  const index = hash % 2 ** bits
  raise(state, at, index, rank(Math.floor(hash / 2 ** bits), HASH_BITS - bits))
}

/** 1 + how many zeros stand before the first 1 in the lowest `width` bits; width + 1 where all are zero. */
function rank(rest: number, width: number): number {
  const high = Math.floor(rest / TWO_32)
  const zeros = high !== 0 ? Math.clz32(high) : 32 + Math.clz32(rest >>> 0)
  return zeros - (64 - width) + 1
}

function raise(state: Float64Array, at: number, index: number, to: number): void {
  const word = at + (index >>> 3)
  const place = index & 7
  let low = state[word] % TWO_24
  let high = Math.floor(state[word] / TWO_24)
  const shift = (place & 3) * 6
  const half = place < 4 ? low : high
  if (((half >>> shift) & 63) >= to) return
  const raised = (half & ~(63 << shift)) | (to << shift)
  if (place < 4) low = raised
  else high = raised
  state[word] = high * TWO_24 + low
}

/** The greater of each pair of registers. */
export function mergeRegisters(
  into: Float64Array,
  at: number,
  other: { readonly from: Float64Array; readonly at: number; readonly words: number },
): void {
  for (let word = 0; word < other.words; word++) {
    const a = into[at + word]
    const b = other.from[other.at + word]
    if (a === b) continue
    const low = greater(a % TWO_24, b % TWO_24)
    const high = greater(Math.floor(a / TWO_24), Math.floor(b / TWO_24))
    into[at + word] = high * TWO_24 + low
  }
}

/** Of four registers each. */
function greater(a: number, b: number): number {
  let merged = 0
  for (let shift = 0; shift < 24; shift += 6)
    merged |= Math.max((a >>> shift) & 63, (b >>> shift) & 63) << shift
  return merged
}

const counts = new Int32Array(64)

/** Ertl's improved raw estimator (2017, algorithm 6): how many different hashes were added, to a whole number. */
export function estimate(state: Float64Array, at: number, bits: number): number {
  const registers = 2 ** bits
  const most = HASH_BITS - bits
  counts.fill(0)
  for (let word = 0; word < registers / REGISTERS_A_WORD; word++) {
    const low = state[at + word] % TWO_24
    const high = Math.floor(state[at + word] / TWO_24)
    for (let shift = 0; shift < 24; shift += 6) {
      counts[(low >>> shift) & 63]++
      counts[(high >>> shift) & 63]++
    }
  }
  let z = registers * tau((registers - counts[most + 1]) / registers)
  for (let k = most; k >= 1; k--) z = 0.5 * (z + counts[k])
  z += registers * sigma(counts[0] / registers)
  return Math.round((registers * registers) / (2 * Math.LN2 * z))
}

/** x + the sum of x^(2^k) 2^(k - 1) over k from 1 on. */
function sigma(x: number): number {
  if (x === 1) return Infinity
  let power = x
  let sum = x
  for (let weight = 1, before = -1; sum !== before; weight *= 2) {
    before = sum
    power *= power
    sum += power * weight
  }
  return sum
}

/** (1 - x - the sum of (1 - x^(2^-k))^2 2^-k over k from 1 on) / 3. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let root = x
  let sum = 1 - x
  for (let weight = 0.5, before = -1; sum !== before; weight /= 2) {
    before = sum
    root = Math.sqrt(root)
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}
