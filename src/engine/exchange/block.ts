// Reads a block (block-format.ts). Columns are decoded when they are first asked for.
import type { Column, ColumnKind } from '../../contracts/columns.ts'
import { StateError } from '../../base/errors.ts'
import { aligned, ENTRY, HEADER, IDLE, type Idle, KINDS, MAGIC, SAME } from './block-format.ts'
import { readFlags, readMarks } from './marks.ts'
import { readNumbers } from './read-numbers.ts'
import { readLengths, readTexts, type Texts } from './read-texts.ts'

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

  #texts(index: number): Texts {
    const column = this.column(index)
    if (column.kind === 'string' || column.kind === 'json') return column
    throw new StateError(
      'ML_LOG_CORRUPT',
      `column ${index} of a block should hold texts and holds ${column.kind}`,
    )
  }

  #decode(index: number): Column {
    const entry = HEADER + index * ENTRY
    const bytes = this.#bytes
    const { rows } = this
    const kind: ColumnKind = KINDS[bytes[entry]]
    const encoding = bytes[entry + 1]
    const ref = bytes[entry + 3]
    const at = this.#view.getUint32(entry + 4, true)
    const end = at + this.#view.getUint32(entry + 8, true)
    const marks = readMarks(bytes, { encoding: bytes[entry + 2], at: aligned(end), rows })
    if (encoding === SAME) return { ...this.column(ref), marks }
    if (kind === 'number') {
      const place = { encoding, at, count: rows, other: () => this.numbers(ref) }
      return { kind, values: readNumbers(bytes, place), marks }
    }
    if (kind === 'boolean') return { kind, values: readFlags(bytes, { at, rows, value: 1 }), marks }
    if (kind === 'vector') {
      const { ends, bodyAt } = readLengths(bytes, { width: encoding, at, rows })
      const values = new Float64Array(bytes.buffer, bytes.byteOffset + bodyAt, ends[rows])
      return { kind, values, ends, marks }
    }
    const numbers = (other: number): Float64Array => this.numbers(other)
    const texts = (other: number): Texts => this.#texts(other)
    return { kind, ...readTexts(bytes, { encoding, at, end, rows, numbers, texts }), marks }
  }
}
