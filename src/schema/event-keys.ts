// Keys as bytes: part of the format, so that other clients can compute them.
// A text is its UTF-8, an integer its decimal digits, a tuple the JSON text of its parts without spaces.
import { murmur2 } from '../base/murmur2.ts'
import type { Column } from '../contracts/columns.ts'

/** Integers until here are written without a text between: all that arithmetic on 32 bits holds. */
const DIGITS_MAX = 0x7fff_ffff
const DIGITS_ROOM = 11
const ZERO = 48
const MINUS = 45

/** Keys of a batch, growing; row i is bytes[ends[i] .. ends[i + 1]). */
export class KeyColumn {
  bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(4096)
  ends: Uint32Array<ArrayBuffer> = new Uint32Array(257)
  hashes: Uint32Array<ArrayBuffer> = new Uint32Array(256)
  #used = 0

  /** Empties it, with room for that many rows. */
  reset(rows: number): void {
    this.#used = 0
    if (rows < this.ends.length) return
    this.ends = new Uint32Array(rows * 2 + 1)
    this.hashes = new Uint32Array(rows * 2)
  }

  column(): Column {
    return { kind: 'string', bytes: this.bytes, ends: this.ends, marks: undefined }
  }

  /** Ends the key of a row; keys are added in the order of rows. */
  end(row: number): void {
    this.ends[row + 1] = this.#used
    this.hashes[row] = murmur2(this.bytes, this.ends[row], this.#used)
  }

  text(text: string): void {
    this.#reserve(text.length * 3)
    this.#used += this.bytes.write(text, this.#used, 'utf8')
  }

  /** An integer's decimal digits, as `String` writes them. */
  integer(value: number): void {
    if (value > DIGITS_MAX || value < -DIGITS_MAX) {
      this.text(String(value))
      return
    }
    this.#reserve(DIGITS_ROOM)
    const { bytes } = this
    let rest = value < 0 ? -value : value
    if (value < 0) bytes[this.#used++] = MINUS
    let at = this.#used
    for (let more = rest; more >= 10; more = (more / 10) | 0) at++
    this.#used = at + 1
    for (; rest >= 10; rest = (rest / 10) | 0) bytes[at--] = ZERO + (rest % 10)
    bytes[at] = ZERO + rest
  }

  byte(byte: number): void {
    this.#reserve(1)
    this.bytes[this.#used++] = byte
  }

  range(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    const own = this.bytes
    for (let i = start; i < end; i++) own[this.#used++] = bytes[i]
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.#used + bytes))
    grown.set(this.bytes.subarray(0, this.#used))
    this.bytes = grown
  }
}

/** A key as text, or why it is none. */
export function keyText(key: unknown): { readonly text: string } | { readonly reason: string } {
  if (!Array.isArray(key)) return partText(key, false)
  const parts: string[] = []
  for (const part of key) {
    const made = partText(part, true)
    if ('reason' in made) return made
    parts.push(made.text)
  }
  return parts.length === 0
    ? { reason: 'a key must have a part; found an empty tuple' }
    : { text: `[${parts.join(',')}]` }
}

function partText(
  part: unknown,
  quoted: boolean,
): { readonly text: string } | { readonly reason: string } {
  if (typeof part === 'string') {
    return quoted
      ? { text: JSON.stringify(part) }
      : part === ''
        ? { reason: 'a key must not be empty; found an empty text' }
        : { text: part }
  }
  if (typeof part === 'bigint') return { text: String(part) }
  if (typeof part === 'number' && Number.isSafeInteger(part)) return { text: String(part) }
  const what =
    part === null
      ? 'null'
      : typeof part === 'number'
        ? 'a number that is not a safe integer'
        : typeof part
  return { reason: `a key must be a text, an integer or a tuple of them; found ${what}` }
}

/** Adds a plain column's value at a row as (a part of) a key. @returns why it is none, or undefined. */
export function addKeyPart(
  keys: KeyColumn,
  column: Column,
  row: number,
  quoted: boolean,
): string | undefined {
  if (column.marks !== undefined && column.marks[row] !== 0)
    return 'a key must be a text, an integer or a tuple of them; found no value'
  if (column.kind === 'string') {
    const start = column.ends[row]
    const end = column.ends[row + 1]
    if (!quoted) {
      if (start === end) return 'a key must not be empty; found an empty text'
      keys.range(column.bytes, start, end)
    } else if (plain(column.bytes, start, end)) {
      keys.byte(34)
      keys.range(column.bytes, start, end)
      keys.byte(34)
    } else {
      keys.text(
        JSON.stringify(
          Buffer.from(column.bytes.buffer, column.bytes.byteOffset + start, end - start).toString(
            'utf8',
          ),
        ),
      )
    }
    return undefined
  }
  if (column.kind !== 'number')
    return `a key must be a text, an integer or a tuple of them; found ${column.kind}`
  const value = column.values[row]
  if (!Number.isSafeInteger(value))
    return 'a key must be a text, an integer or a tuple of them; found a number that is not a safe integer'
  keys.integer(value)
  return undefined
}

/** Whether JSON writes the text as it is. */
function plain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]
    if (byte < 32 || byte === 34 || byte === 92 || byte > 126) return false
  }
  return true
}
