// One column while a batch is decoded into it. Buffers are reused and grow by doubling; nothing is made per row.
import { ABSENT, type Column } from '../contracts/columns.ts'
import type { NativeLeaf } from './native-layout.ts'

export class ColumnBuilder {
  readonly leaf: NativeLeaf
  numbers: Float64Array<ArrayBuffer> = new Float64Array(0)
  booleans: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  marks: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  bytes: Buffer<ArrayBuffer> = Buffer.alloc(0)
  ends: Uint32Array<ArrayBuffer> = new Uint32Array(1)
  used = 0
  marked = false

  constructor(leaf: NativeLeaf) {
    this.leaf = leaf
  }

  /** Room for that many rows, and for texts of all of `bytes`. */
  begin(rows: number, bytes: number): void {
    const { kind } = this.leaf.rules
    this.used = 0
    this.marked = false
    if (kind === 'number' && this.numbers.length < rows) this.numbers = new Float64Array(rows * 2)
    if (kind === 'boolean' && this.booleans.length < rows) this.booleans = new Uint8Array(rows * 2)
    if (this.marks.length < rows) this.marks = new Uint8Array(rows * 2)
    if (kind !== 'string') return
    if (this.ends.length <= rows) this.ends = new Uint32Array(rows * 2 + 1)
    if (this.bytes.length < bytes) this.bytes = Buffer.allocUnsafeSlow(bytes * 2)
    this.ends[0] = 0
  }

  mark(row: number, mark: number): void {
    const { kind } = this.leaf.rules
    if (!this.marked) {
      this.marks.fill(0)
      this.marked = true
    }
    this.marks[row] = mark
    if (kind === 'number') this.numbers[row] = 0
    else if (kind === 'boolean') this.booleans[row] = 0
    else this.ends[row + 1] = this.used
  }

  /** Puts a validated value: the slow way. */
  put(row: number, value: unknown): void {
    if (this.marked) this.marks[row] = 0
    if (typeof value === 'number') this.numbers[row] = value
    else if (typeof value === 'boolean') this.booleans[row] = value ? 1 : 0
    else if (typeof value === 'string') {
      this.#reserve(value.length * 3)
      this.used += this.bytes.write(value, this.used, 'utf8')
      this.ends[row + 1] = this.used
    } else this.mark(row, value === null ? 2 : ABSENT)
  }

  /** The text at [start, end) of `from`. The room was made for all texts of the batch, if none of them was unescaped. */
  copy(row: number, from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    const { bytes } = this
    let at = this.used
    for (let i = start; i < end; i++) bytes[at++] = from[i]
    this.used = at
    this.ends[row + 1] = at
  }

  /** What lies in it, without a copy. */
  column(): Column {
    const marks = this.marked ? this.marks : undefined
    switch (this.leaf.rules.kind) {
      case 'number':
        return { kind: 'number', values: this.numbers, marks }
      case 'boolean':
        return { kind: 'boolean', values: this.booleans, marks }
      default:
        return { kind: 'string', bytes: this.bytes, ends: this.ends, marks }
    }
  }

  #reserve(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.used + bytes))
    grown.set(this.bytes.subarray(0, this.used))
    this.bytes = grown
  }
}
