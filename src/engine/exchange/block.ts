// Reads a block (block-format.ts). Columns are decoded when they are first asked for.
import type { Column, ColumnKind } from '../../contracts/columns.ts'
import { StateError } from '../../base/errors.ts'
import {
  aligned,
  ENTRY,
  HEADER,
  IDLE,
  type Idle,
  KINDS,
  MAGIC,
  SAME,
  U16,
  U8,
} from './block-format.ts'
import { readNumbers } from './number-encoding.ts'

export class Block {
  readonly rows: number
  readonly progress: number
  readonly idle: Idle
  /** Number of the commit that wrote it. */
  readonly commit: number
  readonly layout: number
  readonly columnCount: number
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  readonly #columns: (Column | undefined)[]

  /**
   * @param value the record's value; copied when it is not 8-byte aligned.
   * @throws StateError ML_LOG_CORRUPT when it is no block.
   */
  constructor(value: Uint8Array) {
    const bytes =
      value.byteOffset % 8 === 0 && value.buffer instanceof ArrayBuffer
        ? new Uint8Array(value.buffer, value.byteOffset, value.length)
        : new Uint8Array(value)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    if (bytes.length < HEADER || view.getUint32(0, true) !== MAGIC) {
      throw new StateError(
        'ML_LOG_CORRUPT',
        'a record of an internal topic is no block of this version of Millrace',
      )
    }
    this.#bytes = bytes
    this.#view = view
    this.rows = view.getUint32(4, true)
    this.progress = view.getFloat64(8, true)
    this.idle = IDLE[view.getUint32(16, true)] ?? false
    this.columnCount = view.getUint32(20, true)
    this.layout = view.getUint32(24, true)
    this.commit = view.getFloat64(32, true)
    this.#columns = Array.from({ length: this.columnCount }, () => undefined)
  }

  /** JSON text that belongs to the whole block, empty for none. */
  meta(): Uint8Array {
    const at = HEADER + this.columnCount * ENTRY
    return this.#bytes.subarray(at, at + this.#view.getUint32(28, true))
  }

  column(index: number): Column {
    return (this.#columns[index] ??= this.#decode(index))
  }

  /** Values of a column without marks that is known to hold numbers. */
  numbers(index: number): Float64Array {
    const column = this.column(index)
    if (column.kind !== 'number')
      throw new StateError(
        'ML_LOG_CORRUPT',
        `column ${index} of a block should hold numbers and holds ${column.kind}`,
      )
    return column.values
  }

  #decode(index: number): Column {
    const entry = HEADER + index * ENTRY
    const kind: ColumnKind = KINDS[this.#bytes[entry]]
    const encoding = this.#bytes[entry + 1]
    const at = this.#view.getUint32(entry + 4, true)
    const length = this.#view.getUint32(entry + 8, true)
    const markCount = this.#view.getUint32(entry + 12, true)
    const marksAt = aligned(at + length)
    const marks = markCount > 0 ? this.#bytes.subarray(marksAt, marksAt + markCount) : undefined
    const { rows } = this
    if (kind === 'number') {
      if (encoding === SAME) return { kind, values: this.numbers(index - 1), marks }
      const values = new Float64Array(rows)
      readNumbers(this.#bytes, at, { encoding, count: rows }, values)
      return { kind, values, marks }
    }
    if (kind === 'boolean') return { kind, values: this.#bytes.subarray(at, at + rows), marks }
    const lengthBytes = rows * (encoding === U8 ? 1 : encoding === U16 ? 2 : 4)
    const ends = this.#ends(at, encoding)
    const bodyAt = aligned(at + lengthBytes)
    if (kind === 'vector') {
      return {
        kind,
        values: new Float64Array(this.#bytes.buffer, this.#bytes.byteOffset + bodyAt, ends[rows]),
        ends,
        marks,
      }
    }
    return { kind, bytes: this.#bytes.subarray(bodyAt, at + length), ends, marks }
  }

  #ends(at: number, encoding: number): Uint32Array {
    const { buffer, byteOffset } = this.#bytes
    const place = byteOffset + at
    const lengths =
      encoding === U8
        ? new Uint8Array(buffer, place, this.rows)
        : encoding === U16
          ? new Uint16Array(buffer, place, this.rows)
          : new Uint32Array(buffer, place, this.rows)
    const ends = new Uint32Array(this.rows + 1)
    for (let i = 0; i < this.rows; i++) ends[i + 1] = ends[i] + lengths[i]
    return ends
  }
}
