// One column while a batch is decoded into it. Buffers are reused and grow by doubling; nothing is made per row.
// A column of a field that may be missing or null has a mark for every row; a column of any other has none.
import { ABSENT, NULL, PRESENT, type Column } from '../contracts/columns.ts'
import { NOT_SURE, type JsonReader } from './json-reader.ts'
import { numberFits, type NativeLeaf } from './native-layout.ts'
import { TextSet } from './text-set.ts'
import { isCommonUtcTime } from './utc-time.ts'

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
  readonly mayMiss: boolean
  readonly #values: TextSet | undefined

  constructor(leaf: NativeLeaf) {
    this.leaf = leaf
    this.mayMiss = leaf.optional || leaf.nullable
    const { rules } = leaf
    this.#values =
      rules.kind === 'string' && rules.text.values !== undefined
        ? new TextSet(rules.text.values)
        : undefined
  }

  /** Room for that many rows, and for texts of all of `bytes`: no text is longer than its JSON. */
  begin(rows: number, bytes: number): void {
    const { kind } = this.leaf.rules
    this.used = 0
    this.marked = 0
    if (kind === 'number' && this.numbers.length < rows) this.numbers = new Float64Array(rows * 2)
    if (kind === 'boolean' && this.booleans.length < rows) this.booleans = new Uint8Array(rows * 2)
    if (this.mayMiss && this.marks.length < rows) this.marks = new Uint8Array(rows * 2)
    if (kind === 'number' || kind === 'boolean') return
    if (this.ends.length <= rows) this.ends = new Uint32Array(rows * 2 + 1)
    if (kind === 'string' && this.bytes.length < bytes)
      this.bytes = Buffer.allocUnsafeSlow(Math.max(bytes, this.bytes.length * 2))
    this.ends[0] = 0
  }

  /** Forgets what was read of a row that did not come to its end. */
  rewind(row: number): void {
    const { kind } = this.leaf.rules
    if (kind === 'string' || kind === 'vector') this.used = this.ends[row]
  }

  mark(row: number, mark: number): void {
    this.marks[row] = mark
    if (mark !== PRESENT) this.marked = 1
    if (mark === PRESENT) return
    const { kind } = this.leaf.rules
    if (kind === 'number') this.numbers[row] = 0
    else if (kind === 'boolean') this.booleans[row] = 0
    else this.ends[row + 1] = this.used
  }

  /** Puts a validated value: the slow way. */
  put(row: number, value: unknown): void {
    if (this.mayMiss) this.mark(row, value === undefined ? ABSENT : value === null ? NULL : PRESENT)
    const { kind } = this.leaf.rules
    if (kind === 'number' && typeof value === 'number') this.numbers[row] = value
    else if (kind === 'boolean' && typeof value === 'boolean') this.booleans[row] = value ? 1 : 0
    else if (kind === 'string' && typeof value === 'string') {
      this.#reserve(value.length * 3)
      this.used += this.bytes.write(value, this.used, 'utf8')
      this.ends[row + 1] = this.used
    } else if (kind === 'vector' && Array.isArray(value)) {
      for (const item of value) this.#push(item)
      this.ends[row + 1] = this.used
    }
  }

  /** Whether the text at [start, end) of `bytes`, of that many UTF-16 units and code points, fits for sure. */
  textFits(start: number, end: number, units: number, points: number): boolean {
    const { rules } = this.leaf
    if (rules.kind !== 'string') return false
    const { text } = rules
    if (points < text.min || units > text.max) return false
    if (this.#values !== undefined && !this.#values.has(this.bytes, start, end)) return false
    if (text.patterns.length === 0) return true
    if (text.utcTime && isCommonUtcTime(this.bytes, start, end)) return true
    const string = this.bytes.toString('utf8', start, end)
    for (const pattern of text.patterns) if (!pattern.test(string)) return false
    return true
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
    switch (this.leaf.rules.kind) {
      case 'number':
        return { kind: 'number', values: this.numbers, marks }
      case 'boolean':
        return { kind: 'boolean', values: this.booleans, marks }
      case 'vector':
        return { kind: 'vector', values: this.numbers, ends: this.ends, marks }
      case 'string':
        return { kind: 'string', bytes: this.bytes, ends: this.ends, marks }
    }
  }

  #push(item: number): void {
    if (this.used === this.numbers.length) {
      const grown = new Float64Array(Math.max(64, this.used * 2))
      grown.set(this.numbers)
      this.numbers = grown
    }
    this.numbers[this.used++] = item
  }

  #reserve(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.used + bytes))
    grown.set(this.bytes.subarray(0, this.used))
    this.bytes = grown
  }
}
