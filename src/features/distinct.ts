// How many different values come in the window: exact where its events are kept, a HyperLogLog where they are not.
import type { Aggregate } from '../contracts/aggregate.ts'
import { addHash, estimate, mergeRegisters, REGISTERS_A_WORD } from './hyper-log-log.ts'

const known = new Map<number, Aggregate>()

/** Word 0 where the rest are registers; else how many hashes are in the rest. */
const DENSE = -1

/**
 * Of hashes of 53 bits. State: word 0, then `2^bits / 8` words, in which stand the different hashes themselves, as they came, until
 * there are more of them than words; from then on the registers of a HyperLogLog. So small sets are exact, and the state is a
 * function of the set of values alone, but for the order of hashes.
 * The standard error beyond that is 1.04 / sqrt(2^bits): Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog" (AofA 2007); the
 * estimator is Ertl's improved one, without bias over the whole range ("New cardinality estimation algorithms for HyperLogLog
 * sketches", 2017, algorithm 6).
 * @param bits 6 to 14. The same object for the same bits.
 */
export function distinct(bits: number): Aggregate {
  const found = known.get(bits)
  if (found !== undefined) return found
  const registers = 2 ** bits
  const words = registers / REGISTERS_A_WORD
  const add = (state: Float64Array, at: number, hash: number): void => {
    const count = state[at]
    if (count === DENSE) {
      addHash(state, at + 1, hash, bits)
      return
    }
    for (let i = 1; i <= count; i++) if (state[at + i] === hash) return
    if (count < words) {
      state[at] = count + 1
      state[at + count + 1] = hash
      return
    }
    // The hashes become registers: they are moved out of the way first.
    const hashes = state.slice(at + 1, at + 1 + words)
    state[at] = DENSE
    state.fill(0, at + 1, at + 1 + words)
    for (const each of hashes) addHash(state, at + 1, each, bits)
    addHash(state, at + 1, hash, bits)
  }
  const made: Aggregate = {
    name: 'distinct',
    variant: `${bits}`,
    width: 1 + words,
    takesValue: true,
    takesHash: true,
    bound: `within ${(104 / Math.sqrt(registers)).toFixed(1)} % (standard error; exact until ${words})`,
    empty(state, at) {
      state.fill(0, at, at + 1 + words)
    },
    add,
    merge(into, at, from, fromAt) {
      if (from[fromAt] !== DENSE) {
        for (let i = 1; i <= from[fromAt]; i++) add(into, at, from[fromAt + i])
        return
      }
      if (into[at] !== DENSE) {
        const hashes = into.slice(at + 1, at + 1 + into[at])
        into[at] = DENSE
        into.fill(0, at + 1, at + 1 + words)
        for (const hash of hashes) addHash(into, at + 1, hash, bits)
      }
      mergeRegisters(into, at + 1, { from, at: fromAt + 1, words })
    },
    value(state, at) {
      return state[at] === DENSE ? estimate(state, at + 1, bits) : state[at]
    },
    exact: differentIn,
  }
  known.set(bits, made)
  return made
}

let table = new Float64Array(64)

/** How many different ones there are, by a table of twice as many places: hashes are placed by their low bits. */
function differentIn(hashes: Float64Array, count: number): number {
  if (count < 2) return count
  const size = 2 ** Math.ceil(Math.log2(count * 2))
  if (table.length < size) table = new Float64Array(size)
  table.fill(-1, 0, size)
  let different = 0
  for (let i = 0; i < count; i++) {
    const hash = hashes[i]
    let place = (hash >>> 0) & (size - 1)
    while (table[place] >= 0 && table[place] !== hash) place = (place + 1) & (size - 1)
    if (table[place] >= 0) continue
    table[place] = hash
    different++
  }
  return different
}
