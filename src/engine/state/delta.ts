// How changes of memory are written: a delta of a commit and a chunk of a snapshot are the same thing, words at their place.
// Applying one twice, or after a later state was captured and is applied again, does no harm.
//
// byte 1 (version); then a section a region: varint length of its name, name (UTF-8), varint size in words, runs;
// a run is varint words skipped since the last run, varint words that follow, the words; a run of 0 words ends the section.
// Words are as they lie in memory: little-endian.
import { StateError } from '../../base/errors.ts'
import { WORD_BYTES, type Region } from './region.ts'

const VERSION = 1
const SHORT_BYTES = 64

/** Writes sections into a buffer it keeps between deltas. */
export class DeltaWriter {
  #out: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 14)
  #view = new DataView(this.#out.buffer)
  #used = 0
  #from: Uint8Array = this.#out
  /** The same bytes. */
  #halves = new Uint32Array(0)
  #next = 0

  begin(): void {
    this.#used = 0
    this.#byte(VERSION)
  }

  section(region: Region, name: Uint8Array): void {
    this.#reserve(name.length + 24)
    this.#varint(name.length)
    this.#out.set(name, this.#used)
    this.#used += name.length
    this.#varint(region.words)
    this.#from = region.u8
    this.#halves = region.u32
    this.#next = 0
  }

  /** Words [start, end) of the section's region; runs ascend. */
  run(start: number, end: number): void {
    const bytes = (end - start) * WORD_BYTES
    this.#reserve(bytes + 24)
    this.#varint(start - this.#next)
    this.#varint(end - start)
    this.#next = end
    let at = this.#used
    if (bytes > SHORT_BYTES)
      this.#out.set(this.#from.subarray(start * WORD_BYTES, end * WORD_BYTES), at)
    else {
      const halves = this.#halves
      const view = this.#view
      // By halves: a word as a double might not come with the payload of its NaN.
      for (let i = start * 2; i < end * 2; i++, at += 4) view.setUint32(at, halves[i], true)
    }
    this.#used += bytes
  }

  endSection(): void {
    this.#reserve(2)
    this.#out[this.#used++] = 0
    this.#out[this.#used++] = 0
  }

  /** What was written since `begin`, until the next `begin`: fresh memory for it would cost more than all else. */
  take(): Uint8Array {
    return this.#out.subarray(0, this.#used)
  }

  get used(): number {
    return this.#used
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#out.length) return
    const grown = new Uint8Array(Math.max(this.#out.length * 2, this.#used + bytes))
    grown.set(this.#out.subarray(0, this.#used))
    this.#out = grown
    this.#view = new DataView(grown.buffer)
  }

  #byte(value: number): void {
    this.#reserve(1)
    this.#out[this.#used++] = value
  }

  /** Within what was reserved. */
  #varint(value: number): void {
    let rest = value
    while (rest > 127) {
      this.#out[this.#used++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#out[this.#used++] = rest
  }
}

/**
 * Applies a delta or chunk.
 * @param find gives the region of that name, made when it is missing, at least that many words long.
 * @throws StateError ML_STATE when the bytes are no delta.
 */
export function applyDelta(delta: Uint8Array, find: (name: string, words: number) => Region): void {
  const reader = new DeltaReader(delta)
  if (reader.byte() !== VERSION) throw notADelta('another version')
  while (!reader.atEnd()) {
    const name = reader.text(reader.varint())
    const words = reader.varint()
    const region = find(name, words)
    let at = 0
    for (;;) {
      at += reader.varint()
      const count = reader.varint()
      if (count === 0) break
      if (at + count > words) throw notADelta('a run beyond the end of its region')
      if (count * WORD_BYTES > SHORT_BYTES)
        region.u8.set(reader.bytes(count * WORD_BYTES), at * WORD_BYTES)
      else reader.copy(region.u32, at * 2, (at + count) * 2)
      at += count
    }
  }
}

class DeltaReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  byte(): number {
    if (this.atEnd()) throw notADelta('an early end')
    return this.#bytes[this.#at++]
  }

  varint(): number {
    const first = this.#bytes[this.#at]
    if (first < 128) {
      this.#at++
      return first
    }
    let value = 0
    let unit = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 127) * unit
      if (byte < 128) return value
      unit *= 128
      if (unit > Number.MAX_SAFE_INTEGER) throw notADelta('a number that is too large')
    }
  }

  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw notADelta('an early end')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** Copies half words to [from, to): a copy by the library costs more than a few of them. */
  copy(into: Uint32Array, from: number, to: number): void {
    const end = this.#at + (to - from) * 4
    if (end > this.#bytes.length) throw notADelta('an early end')
    let at = this.#at
    for (let i = from; i < to; i++, at += 4) into[i] = this.#view.getUint32(at, true)
    this.#at = end
  }

  text(length: number): string {
    return Buffer.from(this.bytes(length)).toString('utf8')
  }
}

function notADelta(found: string): StateError {
  return new StateError(
    'ML_STATE',
    `expected a delta or a snapshot chunk of version ${VERSION}; found ${found}. Restore from an older snapshot, or rebuild the state from the input`,
  )
}
