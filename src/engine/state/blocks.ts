// Blocks of memory in classes of growing size, each class in a region of its own; a freed block is taken again first.
// Which block is taken is a function of the calls so far, so that equal runs give equal bytes.
import { assert } from '../../base/assert.ts'
import type { StateMemory } from './memory.ts'
import { WORD_BYTES, type Region } from './region.ts'

/** Numbers of classes are below it. */
export const BLOCK_CLASSES = 64
const FIRST_BLOCKS = 16

/** Size of a class, in halves of the smallest: 2, 3, 4, 6, 8, 12, so that less than a third of the smallest that fits is free. */
export function halvesOf(cls: number): number {
  return (2 + (cls & 1)) << (cls >> 1)
}

export class Blocks {
  /** Of the smallest block: even. */
  readonly baseWords: number
  readonly #halfWords: number
  readonly #memory: StateMemory
  readonly #name: string
  /** f64 word 0: words in use. Then i32 pairs a class: blocks ever taken, 1 + first free block. */
  readonly #heads: Region
  readonly #regions: (Region | undefined)[] = []

  constructor(memory: StateMemory, name: string, baseWords: number) {
    this.#memory = memory
    this.#name = name
    assert(baseWords % 2 === 0, 'a block and a half has whole words', { baseWords })
    this.baseWords = baseWords
    this.#halfWords = baseWords >> 1
    this.#heads = memory.region(`${name}/free`, WORD_BYTES * (1 + BLOCK_CLASSES))
  }

  get usedBytes(): number {
    return this.#heads.f64[0] * WORD_BYTES
  }

  /** The smallest class whose blocks have that many words. */
  classFor(words: number): number {
    if (words <= this.baseWords) return 0
    const doubled = 2 * (32 - Math.clz32(Math.ceil(words / this.baseWords) - 1))
    const cls = words <= this.words(doubled - 1) ? doubled - 1 : doubled
    // Sizes begin again behind the largest one, of 3 * 2^30 halves.
    assert(this.words(cls) >= words, 'a block fits a class', { words })
    return cls
  }

  words(cls: number): number {
    return this.#halfWords * (halvesOf(cls) >>> 0)
  }

  region(cls: number): Region {
    return (this.#regions[cls] ??= this.#memory.region(
      `${this.#name}/${this.words(cls)}`,
      this.words(cls) * WORD_BYTES * Math.max(1, FIRST_BLOCKS >> (cls >> 1)),
    ))
  }

  /** How many blocks of the class were ever taken: those of lesser numbers. */
  taken(cls: number): number {
    return this.#heads.i32[2 + cls * 2]
  }

  /** A block that may hold anything. It may grow the region of the class. */
  take(cls: number): number {
    const heads = this.#heads
    const region = this.region(cls)
    const words = this.words(cls)
    const at = 2 + cls * 2
    heads.setF64(0, heads.f64[0] + words)
    const free = heads.i32[at + 1] - 1
    if (free >= 0) {
      heads.setI32(at + 1, region.i32[free * words * 2])
      return free
    }
    const block = heads.i32[at]
    heads.setI32(at, block + 1)
    region.grow((block + 1) * words * WORD_BYTES)
    return block
  }

  release(cls: number, block: number): void {
    const heads = this.#heads
    const words = this.words(cls)
    const at = 2 + cls * 2
    heads.setF64(0, heads.f64[0] - words)
    this.region(cls).setI32(block * words * 2, heads.i32[at + 1])
    heads.setI32(at + 1, block + 1)
  }
}
