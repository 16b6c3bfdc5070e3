// Collects the outputs of rows in any order and hands them over as columns. One table a batch: its
// arrays belong to the caller after.
import { ABSENT, type Column } from '../contracts/columns.ts'
import { FELL_BACK, SCORED, type OutputInfo } from '../contracts/runtime.ts'

const encoder = new TextEncoder()

export class OutputTable {
  readonly #outputs: readonly OutputInfo[]
  readonly #rows: number
  /** Numbers by output; vectors lie in `#pools`. */
  readonly #numbers: (Float64Array | undefined)[]
  readonly #texts: (string[] | undefined)[]
  readonly #pools: (VectorPool | undefined)[]

  constructor(outputs: readonly OutputInfo[], rows: number) {
    this.#outputs = outputs
    this.#rows = rows
    this.#numbers = outputs.map(({ kind }) =>
      kind === 'number' || kind === 'boolean' ? new Float64Array(rows) : undefined,
    )
    this.#texts = outputs.map(({ kind }) =>
      kind === 'string' ? new Array<string>(rows).fill('') : undefined,
    )
    this.#pools = outputs.map(({ kind }) => (kind === 'vector' ? new VectorPool(rows) : undefined))
  }

  /** The column under construction of a number or boolean output. */
  numbers(output: number): Float64Array {
    return this.#numbers[output] as Float64Array
  }

  number(output: number, row: number, value: number): void {
    this.numbers(output)[row] = value
  }

  text(output: number, row: number, value: string): void {
    ;(this.#texts[output] as string[])[row] = value
  }

  /**
   * Room for the row's vector: the position to write it to in `vectors(output)`, which the next
   * call may replace.
   */
  reserve(output: number, row: number, width: number): number {
    return this.#pool(output).reserve(row, width)
  }

  vectors(output: number): Float64Array {
    return this.#pool(output).values
  }

  #pool(output: number): VectorPool {
    return this.#pools[output] as VectorPool
  }

  /**
   * Columns in the order of the outputs; rows with neither a score nor a fallback are marked
   * ABSENT.
   */
  columns(outcome: Uint8Array): Column[] {
    const marks = marksOf(outcome)
    return this.#outputs.map(({ kind }, i): Column => {
      if (kind === 'string') return textColumn(this.#texts[i] as string[], marks)
      if (kind === 'vector') return { kind, marks, ...this.#pool(i).ordered(marks) }
      const values = this.numbers(i)
      if (marks !== undefined) clearMarked(values, marks, this.#rows)
      return kind === 'number'
        ? { kind, values, marks }
        : { kind, values: Uint8Array.from(values), marks }
    })
  }
}

function marksOf(outcome: Uint8Array): Uint8Array | undefined {
  let marks: Uint8Array | undefined
  for (let row = 0; row < outcome.length; row++) {
    if (outcome[row] === SCORED || outcome[row] === FELL_BACK) continue
    marks ??= new Uint8Array(outcome.length)
    marks[row] = ABSENT
  }
  return marks
}

function clearMarked(values: Float64Array, marks: Uint8Array, rows: number): void {
  for (let row = 0; row < rows; row++) if (marks[row] !== 0) values[row] = 0
}

function textColumn(texts: readonly string[], marks: Uint8Array | undefined): Column {
  const ends = new Uint32Array(texts.length + 1)
  let bytes = new Uint8Array(64)
  let end = 0
  for (let row = 0; row < texts.length; row++) {
    if (marks === undefined || marks[row] === 0) {
      const need = end + texts[row].length * 3
      if (need > bytes.length) bytes = grown(bytes, need)
      end += encoder.encodeInto(texts[row], bytes.subarray(end)).written
    }
    ends[row + 1] = end
  }
  return { kind: 'string', bytes, ends, marks }
}

function grown(bytes: Uint8Array<ArrayBuffer>, need: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(need, bytes.length * 2))
  larger.set(bytes)
  return larger
}

/** Vectors of rows in the order they came. */
class VectorPool {
  values: Float64Array = new Float64Array(64)
  #end = 0
  readonly #starts: Uint32Array
  readonly #widths: Uint32Array

  constructor(rows: number) {
    this.#starts = new Uint32Array(rows)
    this.#widths = new Uint32Array(rows)
  }

  reserve(row: number, width: number): number {
    const start = this.#end
    this.#end += width
    if (this.#end > this.values.length) {
      const larger = new Float64Array(Math.max(this.#end, this.values.length * 2))
      larger.set(this.values)
      this.values = larger
    }
    this.#starts[row] = start
    this.#widths[row] = width
    return start
  }

  ordered(marks: Uint8Array | undefined): { values: Float64Array; ends: Uint32Array } {
    const rows = this.#starts.length
    const ends = new Uint32Array(rows + 1)
    for (let row = 0; row < rows; row++) {
      const kept = marks === undefined || marks[row] === 0
      ends[row + 1] = ends[row] + (kept ? this.#widths[row] : 0)
    }
    const values = new Float64Array(ends[rows])
    for (let row = 0; row < rows; row++) {
      const start = this.#starts[row]
      values.set(this.values.subarray(start, start + ends[row + 1] - ends[row]), ends[row])
    }
    return { values, ends }
  }
}
