// Bytes that state refers to by a number: the newest strings, JSON texts and vectors of keys.
// A reference is owned by one place, which gives it back.
import { Blocks } from './blocks.ts'
import type { StateMemory } from './memory.ts'
import { WORD_BYTES } from './region.ts'

const CLASSES = 32

export class Texts {
  readonly #blocks: Blocks
  /** Where the bytes of the last `open` lie. */
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0

  constructor(memory: StateMemory, name: string) {
    this.#blocks = new Blocks(memory, `${name}/texts`, 2)
  }

  get usedBytes(): number {
    return this.#blocks.usedBytes
  }

  /** Keeps a copy; returns its reference. */
  put(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    const cls = this.#blocks.classFor(1 + length / WORD_BYTES)
    const block = this.#blocks.take(cls)
    const region = this.#blocks.region(cls)
    const word = block * this.#blocks.words(cls)
    region.f64[word] = length
    region.u8.set(bytes.subarray(start, end), (word + 1) * WORD_BYTES)
    region.touch(word * WORD_BYTES, WORD_BYTES + length)
    return block * CLASSES + cls
  }

  /** Sets `bytes`, `start` and `end`, which hold until the next `put`. */
  open(reference: number): void {
    const cls = reference % CLASSES
    const region = this.#blocks.region(cls)
    const word = Math.floor(reference / CLASSES) * this.#blocks.words(cls)
    this.bytes = region.u8
    this.start = (word + 1) * WORD_BYTES
    this.end = this.start + region.f64[word]
  }

  release(reference: number): void {
    this.#blocks.release(reference % CLASSES, Math.floor(reference / CLASSES))
  }
}
