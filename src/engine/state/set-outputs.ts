// Output columns of a feature set, kept between batches: a row may be written in any order, once.
import { ABSENT, PRESENT, type Column, type ColumnKind } from '../../contracts/columns.ts'
import { WORD_BYTES } from './region.ts'

/** One feature's column. */
export class SetOutput {
  readonly #kind: ColumnKind
  #rows = 0
  #numbers = new Float64Array(0)
  #booleans = new Uint8Array(0)
  #marks = new Uint8Array(0)
  #absent = false
  // Bytes as they came, with the place of each row's; `column` lays them out by row.
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #used = 0
  #starts = new Uint32Array(0)
  #lengths = new Uint32Array(0)

  constructor(kind: ColumnKind) {
    this.#kind = kind
  }

  begin(rows: number): void {
    this.#rows = rows
    this.#used = 0
    if (this.#marks.length < rows) this.#grow(Math.max(rows, this.#marks.length * 2))
    if (this.#absent) this.#marks.fill(PRESENT)
    this.#absent = false
  }

  number(row: number, value: number): void {
    if (this.#kind === 'boolean') this.#booleans[row] = value
    else this.#numbers[row] = value
  }

  absent(row: number): void {
    this.#marks[row] = ABSENT
    this.#absent = true
    if (this.#kind === 'number') this.#numbers[row] = 0
    else if (this.#kind === 'boolean') this.#booleans[row] = 0
    else this.#lengths[row] = 0
  }

  bytes(
    row: number,
    source: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  ): void {
    const length = source.end - source.start
    if (this.#used + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(256, this.#bytes.length * 2, this.#used + length))
      grown.set(this.#bytes.subarray(0, this.#used))
      this.#bytes = grown
    }
    this.#bytes.set(source.bytes.subarray(source.start, source.end), this.#used)
    this.#starts[row] = this.#used
    this.#lengths[row] = length
    this.#used += length
  }

  column(): Column {
    const marks = this.#absent ? this.#marks : undefined
    const kind = this.#kind
    if (kind === 'number') return { kind, values: this.#numbers, marks }
    if (kind === 'boolean') return { kind, values: this.#booleans, marks }
    const ends = new Uint32Array(this.#rows + 1)
    const bytes = new Uint8Array(Math.ceil(this.#used / WORD_BYTES) * WORD_BYTES)
    for (let row = 0; row < this.#rows; row++) {
      bytes.set(
        this.#bytes.subarray(this.#starts[row], this.#starts[row] + this.#lengths[row]),
        ends[row],
      )
      ends[row + 1] = ends[row] + this.#lengths[row]
    }
    if (kind !== 'vector') return { kind, bytes: bytes.subarray(0, this.#used), ends, marks }
    return {
      kind,
      values: new Float64Array(bytes.buffer),
      ends: ends.map((end) => end / WORD_BYTES),
      marks,
    }
  }

  #grow(rows: number): void {
    this.#marks = new Uint8Array(rows)
    if (this.#kind === 'number') this.#numbers = new Float64Array(rows)
    else if (this.#kind === 'boolean') this.#booleans = new Uint8Array(rows)
    else {
      this.#starts = new Uint32Array(rows)
      this.#lengths = new Uint32Array(rows)
    }
  }
}
