// One column while a batch is decoded into it. Buffers are reused and grow by doubling; nothing is made per row.
// A column of a field that may be missing or null has a mark for every row; a column of any other has none.
import { ABSENT, NULL, PRESENT, type Column } from '../contracts/columns.ts'
import { CompiledText } from './compiled-text.ts'
import { jsonCheck, type JsonCheck } from './json-check.ts'
import { NOT_SURE, type JsonReader } from './json-reader.ts'
import { jsonText } from './json-text.ts'
import type { NativeLeaf } from './native-layout.ts'
import { numberFits, type Gone } from './native-shape.ts'

export class ColumnBuilder {
  readonly leaf: NativeLeaf
  /** Numbers, or all items of all vectors. */
  numbers: Float64Array<ArrayBuffer> = new Float64Array(0)
  booleans: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  marks: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  bytes: Buffer<ArrayBuffer> = Buffer.alloc(0)
  ends: Uint32Array<ArrayBuffer> = new Uint32Array(1)
  /** Bytes or items of the rows so far. */
  used = 0
  /** Whether any mark of the batch is not PRESENT; 0 or 1. */
  marked = 0
  /** Whether its column has marks: it may be missing, alone or with an object around it, or be null. */
  readonly mayMiss: boolean
  /** The most bytes a constant takes that stands for no value. */
  readonly #constantBytes: number
  /** The most bytes that a batch takes which is read from its bytes. */
  #most = 0
  readonly #text: CompiledText | undefined
  readonly #json: JsonCheck | undefined

  /** @param inMissing whether it lies in an object that may be missing or null. */
  constructor(leaf: NativeLeaf, inMissing = false) {
    this.leaf = leaf
    const { rules, missing, null: nil } = leaf
    const gone = [missing, nil]
    this.mayMiss = inMissing || gone.some((each) => each === 'kept' || isNull(each))
    this.#constantBytes = Math.max(
      ...gone.map((each) => (typeof each === 'object' ? jsonText(each.value).length * 3 : 0)),
    )
    this.#text = rules.kind === 'string' ? new CompiledText(rules.text) : undefined
    this.#json =
      rules.kind === 'json'
        ? jsonCheck({ shape: rules.shape, missing: 'refused', null: 'refused' })
        : undefined
  }

  /** Room for that many rows, and for texts of all of `bytes`: no text is longer than its JSON, or a constant in the place of it. */
  begin(rows: number, bytes: number): void {
    const { kind } = this.leaf.rules
    this.used = 0
    this.marked = 0
    if (kind === 'number' && this.numbers.length < rows) this.numbers = new Float64Array(rows * 2)
    if ((kind === 'boolean' || kind === 'presence') && this.booleans.length < rows)
      this.booleans = new Uint8Array(rows * 2)
    if (this.mayMiss && this.marks.length < rows) this.marks = new Uint8Array(rows * 2)
    if (kind === 'number' || kind === 'boolean' || kind === 'presence') return
    if (this.ends.length <= rows) this.ends = new Uint32Array(rows * 2 + 1)
    this.ends[0] = 0
    if (kind === 'vector') return
    this.#most = bytes + rows * this.#constantBytes
    if (this.bytes.length < this.#most)
      this.bytes = Buffer.allocUnsafeSlow(Math.max(this.#most, this.bytes.length * 2))
  }

  /** Forgets what was read of a row that did not come to its end. */
  rewind(row: number): void {
    if (this.#grows()) this.used = this.ends[row]
  }

  mark(row: number, mark: number): void {
    const { kind } = this.leaf.rules
    this.marks[row] = mark
    if (kind === 'presence') this.booleans[row] = mark === PRESENT ? 1 : 0
    if (mark === PRESENT) return
    this.marked = 1
    if (kind === 'presence') return
    if (kind === 'number') this.numbers[row] = 0
    else if (kind === 'boolean') this.booleans[row] = 0
    else this.ends[row + 1] = this.used
  }

  /** The key is not there. @returns whether that is sure to be right. */
  missing(row: number): boolean {
    return this.#gone(row, this.leaf.missing, ABSENT)
  }

  /** The value is null. @returns whether that is sure to be right. */
  nil(row: number): boolean {
    return this.#gone(row, this.leaf.null, NULL)
  }

  #gone(row: number, gone: Gone, mark: number): boolean {
    if (gone === 'refused') return false
    if (gone === 'kept') this.mark(row, mark)
    else this.#set(row, gone.value)
    return true
  }

  /** Puts a validated value: the slow way. It may move `bytes`. */
  put(row: number, value: unknown): void {
    const { kind } = this.leaf.rules
    if (kind === 'string' && typeof value === 'string') this.#reserve(value.length * 3)
    if (kind !== 'json' || value === undefined || value === null) return this.#set(row, value)
    const text = jsonText(value)
    this.#reserve(text.length * 3)
    if (this.mayMiss) this.mark(row, PRESENT)
    this.#write(row, text)
  }

  #set(row: number, value: unknown): void {
    const { kind } = this.leaf.rules
    if (this.mayMiss) this.mark(row, value === undefined ? ABSENT : value === null ? NULL : PRESENT)
    if (value === undefined || value === null) return
    if (kind === 'number' && typeof value === 'number') this.numbers[row] = value
    else if (kind === 'boolean' && typeof value === 'boolean') this.booleans[row] = value ? 1 : 0
    else if (kind === 'string' && typeof value === 'string') this.#write(row, value)
    else if (kind === 'json') this.#write(row, jsonText(value))
    else if (kind === 'vector' && Array.isArray(value)) {
      for (const item of value) this.#push(item)
      this.ends[row + 1] = this.used
    }
  }

  #write(row: number, text: string): void {
    this.used += this.bytes.write(text, this.used, 'utf8')
    this.ends[row + 1] = this.used
  }

  /** Whether the text at [start, end) of `bytes`, of that many UTF-16 units and code points, fits for sure. */
  textFits(start: number, end: number, units: number, points: number): boolean {
    return this.#text !== undefined && this.#text.fits(this.bytes, start, end, units, points)
  }

  /** Reads a value that is kept as its text. @returns after it, with `used` moved, or -1. */
  json(reader: JsonReader, start: number): number {
    if (this.#json === undefined) return NOT_SURE
    const end = this.#json(reader, start)
    if (end === NOT_SURE) return NOT_SURE
    this.used += reader.bytes.copy(this.bytes, this.used, start, end)
    return end
  }

  /** Reads an array of numbers. @returns after it, with `used` moved, or -1. */
  vector(reader: JsonReader, start: number): number {
    const { rules } = this.leaf
    const { bytes, end } = reader
    if (rules.kind !== 'vector' || start >= end || bytes[start] !== 91) return NOT_SURE
    let at = reader.spaces(start + 1)
    let count = 0
    if (at < end && bytes[at] === 93) return rules.min === 0 ? at + 1 : NOT_SURE
    for (;;) {
      at = reader.number(at)
      if (at === NOT_SURE || !numberFits(rules.item, reader.value)) return NOT_SURE
      this.#push(reader.value)
      count++
      at = reader.spaces(at)
      if (at >= end) return NOT_SURE
      if (bytes[at] === 93) break
      if (bytes[at] !== 44) return NOT_SURE
      at = reader.spaces(at + 1)
    }
    return count >= rules.min && count <= rules.max ? at + 1 : NOT_SURE
  }

  /** What lies in it, without a copy. */
  column(): Column {
    const marks = this.marked === 1 ? this.marks : undefined
    const { kind } = this.leaf.rules
    switch (kind) {
      case 'number':
        return { kind: 'number', values: this.numbers, marks }
      case 'boolean':
      case 'presence':
        return { kind: 'boolean', values: this.booleans, marks }
      case 'vector':
        return { kind: 'vector', values: this.numbers, ends: this.ends, marks }
      case 'string':
      case 'json':
        return { kind, bytes: this.bytes, ends: this.ends, marks }
    }
  }

  #grows(): boolean {
    const { kind } = this.leaf.rules
    return kind === 'string' || kind === 'vector' || kind === 'json'
  }

  #push(item: number): void {
    if (this.used === this.numbers.length) {
      const grown = new Float64Array(Math.max(64, this.used * 2))
      grown.set(this.numbers)
      this.numbers = grown
    }
    this.numbers[this.used++] = item
  }

  /** Room for so much beside what the batch's own bytes may still need. */
  #reserve(bytes: number): void {
    const most = this.used + bytes + this.#most
    if (most <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, most))
    grown.set(this.bytes.subarray(0, this.used))
    this.bytes = grown
  }
}

function isNull(gone: Gone): boolean {
  return typeof gone === 'object' && gone.value === null
}
