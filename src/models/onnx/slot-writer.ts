// Writes one feature's column into its place in a tensor, row-major, and says before which rows
// cannot be scored. It allocates nothing per row, strings excepted (ONNX Runtime takes JavaScript
// strings).
import {
  PRESENT,
  type BooleanColumn,
  type Column,
  type NumberColumn,
  type TextColumn,
  type VectorColumn,
} from '../../contracts/columns.ts'
import type { InputTensor, Slot } from './input-map.ts'
import type { RowOutcomes } from '../row-outcomes.ts'
import { isFloat, numberRange, type TensorData } from './tensor-kind.ts'

/** Rows `index[from .. to)` of a batch. */
export interface RowRun {
  readonly index: Int32Array
  from: number
  to: number
}

/**
 * Numbers are written through this view: of 64-bit integers it is both halves, low half first
 * (every platform of Node is little-endian here).
 */
type NumberData = Exclude<TensorData, string[] | BigInt64Array | BigUint64Array>

const decoder = new TextDecoder()

export class SlotWriter {
  readonly slot: Slot
  readonly #tensor: InputTensor
  readonly #data: TensorData
  readonly #numbers: NumberData
  /** Whether `#numbers` has two halves a value. */
  readonly #halves: boolean
  readonly #integer: boolean
  readonly #least: number
  readonly #greatest: number

  constructor(slot: Slot, tensor: InputTensor, data: TensorData) {
    this.slot = slot
    this.#tensor = tensor
    this.#data = data
    this.#halves = data instanceof BigInt64Array || data instanceof BigUint64Array
    this.#numbers = numberView(data)
    this.#integer = !isFloat(tensor.kind)
    const { least, greatest } = numberRange(tensor.kind)
    this.#least = least
    this.#greatest = greatest
  }

  /** Marks rows [0, rows) that the policy, the type or the width refuses. */
  refuse(column: Column, rows: number, outcomes: RowOutcomes): void {
    if (this.slot.substitute === undefined && column.marks !== undefined) {
      for (let row = 0; row < rows; row++)
        if (column.marks[row] !== PRESENT) outcomes.refuse(row, this.#missing())
    }
    if (column.kind === 'number') this.#refuseNumbers(column, rows, outcomes)
    else if (column.kind === 'vector') this.#refuseVectors(column, rows, outcomes)
  }

  /** Copies the rows of the run to the tensor's rows from 0 on. None of them is refused. */
  write(column: Column, run: RowRun): void {
    if (column.kind === 'vector') this.#writeVectors(column, run)
    else if (!('values' in column)) this.#writeTexts(column, run)
    else if (this.#halves) this.#writeHalves(column, run)
    else this.#writeNumbers(column, run)
  }

  #refuseNumbers({ values, marks }: NumberColumn, rows: number, outcomes: RowOutcomes): void {
    const substituted = this.slot.substitute !== undefined
    if (substituted && !this.#integer) return
    for (let row = 0; row < rows; row++) {
      const value = values[row]
      if (
        value >= this.#least &&
        value <= this.#greatest &&
        !(this.#integer && !Number.isInteger(value))
      )
        continue
      if (marks !== undefined && marks[row] !== PRESENT) continue
      this.#refuseValue(row, value, outcomes)
    }
  }

  #refuseVectors({ values, ends, marks }: VectorColumn, rows: number, outcomes: RowOutcomes): void {
    for (let row = 0; row < rows; row++) {
      if (marks !== undefined && marks[row] !== PRESENT) continue
      if (ends[row + 1] - ends[row] !== this.slot.width) {
        outcomes.refuse(
          row,
          `feature ${this.slot.name} has ${this.slot.width} values in the model and another number in this row`,
        )
        continue
      }
      for (let i = ends[row]; i < ends[row + 1]; i++) this.#refuseValue(row, values[i], outcomes)
    }
  }

  /**
   * A float that is NaN or infinite at the tensor's precision is missing; an integer tensor takes
   * whole numbers of its range only.
   */
  #refuseValue(row: number, value: number, outcomes: RowOutcomes): void {
    const inRange = value >= this.#least && value <= this.#greatest
    if (inRange && !(this.#integer && !Number.isInteger(value))) return
    if (this.#integer && Number.isFinite(value)) {
      outcomes.refuse(
        row,
        `feature ${this.slot.name} is no whole number that fits ${this.#tensor.kind}`,
      )
    } else if (this.slot.substitute === undefined) {
      outcomes.refuse(row, this.#missing())
    }
  }

  #missing(): string {
    return (
      `feature ${this.slot.name} is absent, NaN or infinite, and its policy is 'refuse'; ` +
      `onnx(file, { missing: { ${this.slot.name}: ... } }) states another`
    )
  }

  #writeNumbers({ values, marks }: NumberColumn | BooleanColumn, run: RowRun): void {
    const data = this.#numbers
    const stride = this.#tensor.width
    const least = this.#least
    const greatest = this.#greatest
    const substitute = this.slot.substitute ?? 0
    const { index, from, to } = run
    let at = this.slot.column
    if (marks === undefined) {
      for (let i = from; i < to; i++, at += stride) {
        const value = values[index[i]]
        data[at] = value >= least && value <= greatest ? value : substitute
      }
      return
    }
    for (let i = from; i < to; i++, at += stride) {
      const row = index[i]
      const value = values[row]
      data[at] = marks[row] === PRESENT && value >= least && value <= greatest ? value : substitute
    }
  }

  #writeHalves({ values, marks }: NumberColumn | BooleanColumn, run: RowRun): void {
    let at = this.slot.column
    for (let i = run.from; i < run.to; i++, at += this.#tensor.width) {
      const row = run.index[i]
      this.#writeHalf(at, marks === undefined || marks[row] === PRESENT ? values[row] : Number.NaN)
    }
  }

  #writeHalf(at: number, value: number): void {
    const whole = Number.isFinite(value) ? value : (this.slot.substitute ?? 0)
    this.#numbers[2 * at] = whole | 0
    this.#numbers[2 * at + 1] = Math.floor(whole / 0x1_0000_0000)
  }

  #writeVectors({ values, ends, marks }: VectorColumn, run: RowRun): void {
    const substitute = this.slot.substitute ?? 0
    for (let i = run.from; i < run.to; i++) {
      const row = run.index[i]
      const present = marks === undefined || marks[row] === PRESENT
      const start = (i - run.from) * this.#tensor.width + this.slot.column
      for (let j = 0; j < this.slot.width; j++) {
        const value = present ? values[ends[row] + j] : Number.NaN
        if (this.#halves) this.#writeHalf(start + j, value)
        else
          this.#numbers[start + j] =
            value >= this.#least && value <= this.#greatest ? value : substitute
      }
    }
  }

  #writeTexts({ bytes, ends }: TextColumn, run: RowRun): void {
    const texts = this.#data as string[]
    let at = this.slot.column
    for (let i = run.from; i < run.to; i++, at += this.#tensor.width) {
      const row = run.index[i]
      texts[at] = decoder.decode(bytes.subarray(ends[row], ends[row + 1]))
    }
  }
}

function numberView(data: TensorData): NumberData {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return new Int32Array(data.buffer, data.byteOffset, data.length * 2)
  }
  return Array.isArray(data) ? new Float64Array(0) : data
}
