// Copies one output of a run from its tensor to the rows it belongs to. A number that is not finite
// fails its row.
import { ModelError } from '../../base/errors.ts'
import type { OutputTable } from '../output-table.ts'
import type { RowOutcomes } from '../row-outcomes.ts'
import type { OutputSlot } from './output-map.ts'
import type { RowRun } from './slot-writer.ts'
import type { TensorData } from './tensor-kind.ts'

/** Where outputs go. */
export interface RowSink {
  readonly table: OutputTable
  readonly outcomes: RowOutcomes
}

export class OutputReader {
  readonly slot: OutputSlot
  readonly #output: number
  /** For vectors, and for 64-bit integers brought to doubles. */
  #numbers: Float64Array = new Float64Array(0)

  /** `output`: its place among the outputs. */
  constructor(slot: OutputSlot, output: number) {
    this.slot = slot
    this.#output = output
  }

  /** Reads the tensor's first `run.to - run.from` rows. */
  read(data: TensorData, run: RowRun, sink: RowSink): void {
    if (Array.isArray(data)) return this.#readTexts(data, run, sink)
    const values =
      data instanceof BigInt64Array || data instanceof BigUint64Array ? this.#doubles(data) : data
    if (this.slot.column === undefined) this.#readVectors(values, run, sink)
    else this.#readNumbers(values, run, sink)
  }

  #readNumbers(values: ArrayLike<number>, run: RowRun, { table, outcomes }: RowSink): void {
    const into = table.numbers(this.#output)
    const { index, from, to } = run
    const { width } = this.slot
    let at = this.slot.column as number
    for (let i = from; i < to; i++, at += width) {
      const value = values[at]
      if (!Number.isFinite(value)) this.#fail(index[i], outcomes)
      into[index[i]] = value
    }
  }

  #readVectors(values: ArrayLike<number>, run: RowRun, { table, outcomes }: RowSink): void {
    const { width } = this.slot
    for (let i = run.from, at = 0; i < run.to; i++, at += width) {
      const row = run.index[i]
      const start = table.reserve(this.#output, row, width)
      const into = table.vectors(this.#output)
      for (let j = 0; j < width; j++) {
        if (!Number.isFinite(values[at + j])) this.#fail(row, outcomes)
        into[start + j] = values[at + j]
      }
    }
  }

  #readTexts(texts: readonly string[], run: RowRun, { table }: RowSink): void {
    let at = this.slot.column as number
    for (let i = run.from; i < run.to; i++, at += this.slot.width)
      table.text(this.#output, run.index[i], texts[at])
  }

  /**
   * Integers a double does not hold exactly become NaN, which fails the row: a class label that is
   * nearly right is wrong.
   */
  #doubles(data: BigInt64Array | BigUint64Array): Float64Array {
    if (this.#numbers.length !== data.length) this.#numbers = new Float64Array(data.length)
    const halves = new Uint32Array(data.buffer, data.byteOffset, data.length * 2)
    const signed = data instanceof BigInt64Array
    for (let i = 0; i < data.length; i++) {
      const high = signed ? halves[2 * i + 1] | 0 : halves[2 * i + 1]
      const value = high * 0x1_0000_0000 + halves[2 * i]
      this.#numbers[i] = Number.isSafeInteger(value) ? value : Number.NaN
    }
    return this.#numbers
  }

  #fail(row: number, outcomes: RowOutcomes): void {
    outcomes.fail(row, `the model gave no finite number for the output ${this.slot.name}`)
  }
}

/**
 * @throws ModelError ML_INFERENCE when a run gave fewer than `rows` rows, or not of the width seen at load.
 */
export function checkRows(slot: OutputSlot, dims: readonly number[], rows: number): void {
  const values = dims.reduce((product, size) => product * size, 1)
  if (dims[0] < rows || values !== dims[0] * slot.width) {
    throw new ModelError(
      'ML_INFERENCE',
      `the output ${slot.tensor} must have ${rows} rows of ${slot.width}; found [${dims.join(', ')}]; ` +
        'export the graph so that its output shape depends on the number of rows only',
    )
  }
}
