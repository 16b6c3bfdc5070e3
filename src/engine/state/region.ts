// One named stretch of a task's memory. Whoever writes to it says which words changed: what is not touched is not committed.
// Views are replaced when it grows, so they are read from the region again after anything that may grow it.

import { GrowingBuffer } from './growing-buffer.ts'

/** Bytes of a word, the unit in which changes are known. */
export const WORD_BYTES = 8

/** Growable typed memory that knows which of its 8-byte words changed. At most 2^31 words. */
export class Region {
  readonly name: string
  readonly #bytes: GrowingBuffer
  u8: Uint8Array<ArrayBuffer>
  i32: Int32Array<ArrayBuffer>
  u32: Uint32Array<ArrayBuffer>
  f64: Float64Array<ArrayBuffer>
  /** Whether its size changed since the last delta. */
  resized: boolean
  /** One bit a word: changed since the last delta. */
  changed: Uint32Array<ArrayBuffer>
  /** One bit an element of `changed` that is not 0, so that a large quiet region costs nothing at a commit. */
  changedGroups: Uint32Array<ArrayBuffer>

  /** @param bytes rounded up to whole words; all zero. */
  constructor(name: string, bytes: number, resized: boolean) {
    const words = Math.max(1, Math.ceil(bytes / WORD_BYTES))
    this.#bytes = new GrowingBuffer(words * WORD_BYTES)
    const { buffer } = this.#bytes
    this.name = name
    this.u8 = new Uint8Array(buffer)
    this.i32 = new Int32Array(buffer)
    this.u32 = new Uint32Array(buffer)
    this.f64 = new Float64Array(buffer)
    this.resized = resized
    this.changed = new Uint32Array(Math.ceil(words / 32))
    this.changedGroups = new Uint32Array(Math.ceil(words / 1024))
  }

  get bytes(): number {
    return this.u8.length
  }

  get words(): number {
    return this.f64.length
  }

  /** Says that bytes changed. To be called after each write, before the next delta is taken. */
  touch(byteOffset: number, byteLength: number): void {
    if (byteLength <= 0) return
    const first = Math.floor(byteOffset / WORD_BYTES)
    this.touchWords(first, Math.floor((byteOffset + byteLength - 1) / WORD_BYTES) - first + 1)
  }

  /** Says that `count` words from `word` changed; `count` is at least 1. */
  touchWords(word: number, count: number): void {
    const { changed, changedGroups } = this
    let group = word >>> 5
    const last = (word + count - 1) >>> 5
    let mask = -1 << (word & 31)
    for (; group < last; group++) {
      changed[group] |= mask
      changedGroups[group >>> 5] |= 1 << (group & 31)
      mask = -1
    }
    changed[group] |= mask & (-1 >>> (31 - ((word + count - 1) & 31)))
    changedGroups[group >>> 5] |= 1 << (group & 31)
  }

  setF64(word: number, value: number): void {
    this.f64[word] = value
    this.touchWords(word, 1)
  }

  /** @param index in 4-byte units. */
  setI32(index: number, value: number): void {
    this.i32[index] = value
    this.touchWords(index >>> 1, 1)
  }

  /** Makes it at least `minBytes` long, by at least half; the new part is zero. */
  grow(minBytes: number): void {
    if (minBytes <= this.bytes) return
    this.resize(Math.max(minBytes, this.bytes < 1 << 26 ? this.bytes * 2 : this.bytes * 1.5))
    this.resized = true
  }

  /** Grows to a size given by a delta; never shrinks. */
  resize(bytes: number): void {
    const words = Math.ceil(bytes / WORD_BYTES)
    if (words <= this.words) return
    const buffer = this.#bytes.grow(words * WORD_BYTES)
    this.u8 = new Uint8Array(buffer, 0, words * WORD_BYTES)
    this.i32 = new Int32Array(buffer, 0, words * 2)
    this.u32 = new Uint32Array(buffer, 0, words * 2)
    this.f64 = new Float64Array(buffer, 0, words)
    this.changed = longer(this.changed, Math.ceil(words / 32))
    this.changedGroups = longer(this.changedGroups, Math.ceil(words / 1024))
  }
}

function longer(from: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(length)
  grown.set(from)
  return grown
}
