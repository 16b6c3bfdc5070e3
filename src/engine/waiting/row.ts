// What is known of an id that waits, and how it lies in memory and in runs: about 40 bytes for an id of sixteen.
//
//   byte   bits 0-1: what it stands at; bit 7: gone
//   varint length of the id, then the id
//   number due; order (not of a joined one); time, score, version, receipt (not of an early one); label, its time (not of a
//   waiting one)
//
// A number is whole: varint of 4v or -4v - 2; or 1 and a float64; or 3 and a float32 that says the same; or 5: none.
import { assert } from '../../base/assert.ts'

/** What an id stands at. */
export const NOWHERE = 0
export const EARLY = 1 // a label without its prediction
export const WAITING = 2 // a prediction without its label
export const JOINED = 3 // both: kept until the prediction expires, for revisions and duplicates

const STANDS = 3
const GONE = 0x80
/** Whole numbers beyond that are written as float64. */
const WHOLE_MAX = 2 ** 50
const FLOAT64 = 1
const FLOAT32 = 3
const NONE = 5
/** Bytes of a row beside its id, at most. */
const ROW_BYTES_MAX = 1 + 5 + 10 * 9

/** One row, filled again and again. Times are ms. */
export class WaitingRow {
  status: number = NOWHERE
  /** When it expires: what happens at that very time is in time. */
  due = 0
  /** Of equal due times the least comes first; 0 for a joined one, which ends without an outcome. */
  order = 0
  time: number = NaN
  score: number = NaN
  /** Of the model that gave the score: model-version.ts. */
  version: number = NaN
  task: number = NaN
  commit: number = NaN
  row: number = NaN
  label: number = NaN
  labelTime: number = NaN
  /** The id, [start, end) of bytes that belong to somebody else. */
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0

  get id(): Uint8Array {
    return this.bytes.subarray(this.start, this.end)
  }

  hasId(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.end - this.start !== end - start) return false
    for (let i = this.start, j = start; j < end; i++, j++)
      if (this.bytes[i] !== bytes[j]) return false
    return true
  }
}

/** What the numbers of some rows are written relative to. All rows of a table, and of a run, share one. */
export interface RowBase {
  readonly due: number
  readonly order: number
  /** From a row's time to its due time, mostly. */
  readonly span: number
  readonly version: number
}

/** Bytes that `write` takes at most. */
export function rowBytesMax(idBytes: number): number {
  return ROW_BYTES_MAX + idBytes
}

/** Whether a row of these bytes was taken away where it lies. */
export function isGone(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] & GONE) !== 0
}

export function markGone(bytes: Uint8Array, at: number): void {
  bytes[at] |= GONE
}

export function statusAt(bytes: Uint8Array, at: number): number {
  return bytes[at] & STANDS
}

const float64 = new Float64Array(1)
const float64Bytes = new Uint8Array(float64.buffer)
const float32 = new Float32Array(1)
const float32Bytes = new Uint8Array(float32.buffer)

/** Writes and reads rows of one base. */
export class RowCodec {
  readonly #base: RowBase
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0

  constructor(base: RowBase) {
    this.#base = base
  }

  /** @returns where the row ends. */
  write(row: WaitingRow, into: Uint8Array, at: number): number {
    const { due, span, order, version } = this.#base
    const { status } = row
    this.#bytes = into
    this.#at = at
    into[this.#at++] = status
    this.#putVarint(row.end - row.start)
    for (let i = row.start; i < row.end; i++) into[this.#at++] = row.bytes[i]
    this.#put(row.due, due)
    if (status !== JOINED) this.#put(row.order, order)
    if (status !== EARLY) {
      this.#put(row.time, row.due - span)
      this.#put(row.score, 0)
      this.#put(row.version, version)
      this.#put(row.task, 0)
      this.#put(row.commit, 0)
      this.#put(row.row, 0)
    }
    if (status !== WAITING) {
      this.#put(row.label, 0)
      this.#put(row.labelTime, row.due - span)
    }
    return this.#at
  }

  /** @returns where the row ends. Its id is a view of `bytes`. */
  read(row: WaitingRow, bytes: Uint8Array, at: number): number {
    const { due, span, order, version } = this.#base
    const status = bytes[at] & STANDS
    this.#open(row, bytes, at)
    row.status = status
    row.due = this.#get(due)
    row.order = status === JOINED ? 0 : this.#get(order)
    const early = status === EARLY
    row.time = early ? NaN : this.#get(row.due - span)
    row.score = early ? NaN : this.#get(0)
    row.version = early ? NaN : this.#get(version)
    row.task = early ? NaN : this.#get(0)
    row.commit = early ? NaN : this.#get(0)
    row.row = early ? NaN : this.#get(0)
    row.label = status === WAITING ? NaN : this.#get(0)
    row.labelTime = status === WAITING ? NaN : this.#get(row.due - span)
    return this.#at
  }

  /** Reads the id alone. */
  readId(row: WaitingRow, bytes: Uint8Array, at: number): void {
    this.#open(row, bytes, at)
  }

  /** Reads id, status and due time alone. */
  readDue(row: WaitingRow, bytes: Uint8Array, at: number): void {
    this.#open(row, bytes, at)
    row.status = bytes[at] & STANDS
    row.due = this.#get(this.#base.due)
  }

  #open(row: WaitingRow, bytes: Uint8Array, at: number): void {
    this.#bytes = bytes
    this.#at = at + 1
    const length = this.#varint()
    row.bytes = bytes
    row.start = this.#at
    row.end = this.#at += length
  }

  #put(value: number, base: number): void {
    const whole = value - base
    if (isWhole(value) && isWhole(base) && isWhole(whole)) {
      this.#putVarint(whole < 0 ? whole * -4 - 2 : whole * 4)
    } else if (Number.isNaN(value)) {
      this.#bytes[this.#at++] = NONE
    } else if (Math.fround(value) === value) {
      float32[0] = value
      this.#bytes[this.#at++] = FLOAT32
      for (let i = 0; i < 4; i++) this.#bytes[this.#at++] = float32Bytes[i]
    } else {
      float64[0] = value
      this.#bytes[this.#at++] = FLOAT64
      for (let i = 0; i < 8; i++) this.#bytes[this.#at++] = float64Bytes[i]
    }
  }

  #get(base: number): number {
    const first = this.#bytes[this.#at]
    if (first === FLOAT64) {
      for (let i = 0; i < 8; i++) float64Bytes[i] = this.#bytes[this.#at + 1 + i]
      this.#at += 9
      return float64[0]
    }
    if (first === FLOAT32) {
      for (let i = 0; i < 4; i++) float32Bytes[i] = this.#bytes[this.#at + 1 + i]
      this.#at += 5
      return float32[0]
    }
    if (first === NONE) {
      this.#at++
      return NaN
    }
    const value = this.#varint()
    return base + (value % 4 === 0 ? value / 4 : (value + 2) / -4)
  }

  #putVarint(value: number): void {
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  #varint(): number {
    let value = 0
    let unit = 1
    for (;;) {
      const byte = this.#bytes[this.#at++]
      assert(byte !== undefined, 'a waiting row ends where its bytes end')
      value += (byte & 127) * unit
      if (byte < 128) return value
      unit *= 128
    }
  }
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < WHOLE_MAX && !Object.is(value, -0)
}
