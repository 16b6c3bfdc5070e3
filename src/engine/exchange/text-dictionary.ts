// Texts that repeat, found by their bytes: which different ones there are, and which one each row has.
import type { TextColumn } from '../../contracts/columns.ts'
import { rowAt, type Selection } from './selection.ts'

/** With one byte a row. */
const ENTRIES_MAX = 256
const SLOTS = 1024
const LENGTH_MAX = 255
/** After that many rows it is told whether texts repeat at all. */
const SAMPLE = 64

export class TextDictionary {
  entries = 0
  /** 1 + entry, by hash. */
  readonly #slots = new Uint16Array(SLOTS)
  /** Where each entry's text lies in the column. */
  readonly #starts = new Uint32Array(ENTRIES_MAX)
  readonly #lengths = new Uint8Array(ENTRIES_MAX)
  #from: Uint8Array = new Uint8Array(0)
  #bytes = 0

  /** @returns whether the texts take less room by their entry, which is then in `entryOf`, than as they are. */
  fill(column: TextColumn, selection: Selection, entryOf: Float64Array): boolean {
    const { bytes, ends } = column
    this.#slots.fill(0)
    this.#from = bytes
    this.entries = 0
    this.#bytes = 0
    let plain = 0
    for (let i = 0; i < selection.count; i++) {
      const row = rowAt(selection, i)
      const start = ends[row]
      const length = ends[row + 1] - start
      if (length > LENGTH_MAX || (i === SAMPLE && this.entries > SAMPLE * 0.75)) return false
      const entry = this.#entry(start, length)
      if (entry < 0) return false
      entryOf[i] = entry
      plain += length
    }
    return this.#bytes + this.entries + selection.count + 16 < plain
  }

  /** Lengths of the entries, one byte each, then their bytes. */
  readonly bytes = (): Uint8Array => {
    const { entries } = this
    const out = new Uint8Array(entries + this.#bytes)
    out.set(this.#lengths.subarray(0, entries))
    let at = entries
    for (let entry = 0; entry < entries; entry++) {
      const start = this.#starts[entry]
      const length = this.#lengths[entry]
      out.set(this.#from.subarray(start, start + length), at)
      at += length
    }
    return out
  }

  /** -1 where there are too many. */
  #entry(start: number, length: number): number {
    const bytes = this.#from
    // FNV-1a.
    let hash = 0x811c9dc5
    for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193)
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    for (;;) {
      const entry = this.#slots[slot] - 1
      if (entry < 0) break
      if (this.#lengths[entry] === length && this.#equal(this.#starts[entry], start, length))
        return entry
      slot = (slot + 1) & (SLOTS - 1)
    }
    if (this.entries === ENTRIES_MAX) return -1
    const entry = this.entries++
    this.#slots[slot] = entry + 1
    this.#starts[entry] = start
    this.#lengths[entry] = length
    this.#bytes += length
    return entry
  }

  #equal(a: number, b: number, length: number): boolean {
    const bytes = this.#from
    for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false
    return true
  }
}
