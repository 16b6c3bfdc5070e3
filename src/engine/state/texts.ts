// Bytes that state refers to by a number: strings, JSON texts and vectors of keys. Equal bytes are kept once and have one number,
// so that references can be compared; how many places hold each is counted, and what no place holds is given back.
import { murmur2 } from '../../base/murmur2.ts'
import { BLOCK_CLASSES, Blocks } from './blocks.ts'
import { KeyIndex } from './key-index.ts'
import type { StateMemory } from './memory.ts'
import { WORD_BYTES } from './region.ts'

// Halves of a text's first word; the second is 0 while a block is free, the first is then a matter of the blocks.
const LENGTH = 0
const HOLDERS = 1

export class Texts {
  readonly #blocks: Blocks
  /** Derived: from a hash to a reference. */
  readonly #index: KeyIndex
  /** Where the bytes of the last `open` lie. */
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0

  constructor(memory: StateMemory, name: string) {
    this.#blocks = new Blocks(memory, `${name}/texts`, 2)
    this.#index = KeyIndex.of((take) => {
      for (let cls = 0; cls < BLOCK_CLASSES; cls++) this.#find(cls, take)
    })
  }

  get usedBytes(): number {
    return this.#blocks.usedBytes
  }

  /** A reference to these bytes, which one more place holds. */
  put(bytes: Uint8Array, start: number, end: number): number {
    const hash = murmur2(bytes, start, end)
    for (let found = this.#index.first(hash); found >= 0; found = this.#index.next()) {
      if (!this.#holds(found, bytes, start, end)) continue
      this.retain(found)
      return found
    }
    const length = end - start
    const cls = this.#blocks.classFor(1 + length / WORD_BYTES)
    const block = this.#blocks.take(cls)
    const region = this.#blocks.region(cls)
    const word = block * this.#blocks.words(cls)
    region.i32[word * 2 + LENGTH] = length
    region.i32[word * 2 + HOLDERS] = 1
    region.u8.set(bytes.subarray(start, end), (word + 1) * WORD_BYTES)
    region.touch(word * WORD_BYTES, WORD_BYTES + length)
    const reference = block * BLOCK_CLASSES + cls
    this.#index.add(hash, reference)
    return reference
  }

  /** Sets `bytes`, `start` and `end`, which hold until the next `put`. */
  open(reference: number): void {
    const cls = reference % BLOCK_CLASSES
    const region = this.#blocks.region(cls)
    const word = Math.floor(reference / BLOCK_CLASSES) * this.#blocks.words(cls)
    this.bytes = region.u8
    this.start = (word + 1) * WORD_BYTES
    this.end = this.start + region.i32[word * 2 + LENGTH]
  }

  /** One more place holds it. */
  retain(reference: number): void {
    this.#count(reference, 1)
  }

  /** One place less holds it; the last one gives it back. */
  release(reference: number): void {
    if (this.#count(reference, -1) > 0) return
    this.open(reference)
    this.#index.remove(murmur2(this.bytes, this.start, this.end), reference)
    this.#blocks.release(reference % BLOCK_CLASSES, Math.floor(reference / BLOCK_CLASSES))
  }

  #count(reference: number, by: number): number {
    const cls = reference % BLOCK_CLASSES
    const region = this.#blocks.region(cls)
    const at = Math.floor(reference / BLOCK_CLASSES) * this.#blocks.words(cls) * 2 + HOLDERS
    region.setI32(at, region.i32[at] + by)
    return region.i32[at]
  }

  #holds(reference: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.open(reference)
    if (this.end - this.start !== end - start) return false
    for (let i = 0; i < end - start; i++)
      if (this.bytes[this.start + i] !== bytes[start + i]) return false
    return true
  }

  /** Tells the texts of a class. */
  #find(cls: number, take: (hash: number, reference: number) => void): void {
    const taken = this.#blocks.taken(cls)
    for (let block = 0; block < taken; block++) {
      const word = block * this.#blocks.words(cls)
      if (this.#blocks.region(cls).i32[word * 2 + HOLDERS] <= 0) continue
      this.open(block * BLOCK_CLASSES + cls)
      take(murmur2(this.bytes, this.start, this.end), block * BLOCK_CLASSES + cls)
    }
  }
}
