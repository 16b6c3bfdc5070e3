// Writes one feature's column into its place in a tensor, and says before which rows
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
import { placeOf, type Layout } from './layout.ts'
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

/** What a tensor is written to. */
export interface Memory {
  readonly tensor: InputTensor
  readonly data: TensorData
  readonly layout: Layout
}

const decoder = new TextDecoder()

export class SlotWriter {
  readonly slot: Slot
  readonly #tensor: InputTensor
  readonly #data: TensorData
  readonly #layout: Layout
  readonly #numbers: NumberData
  /** Whether `#numbers` has two halves a value. */
  readonly #halves: boolean
  readonly #integer: boolean
  readonly #least: number
  readonly #greatest: number
  /** Those two and the substitute, as doubles that stay unboxed in the loop over rows: three times as fast. */
  readonly #limits: Float64Array

  constructor(slot: Slot, { tensor, data, layout }: Memory) {
    this.slot = slot
    this.#tensor = tensor
    this.#data = data
    this.#layout = layout
    this.#halves = data instanceof BigInt64Array || data instanceof BigUint64Array
    this.#numbers = numberView(data)
    this.#integer = !isFloat(tensor.kind)
    const { least, greatest } = numberRange(tensor.kind)
    this.#least = least
    this.#greatest = greatest
    this.#limits = Float64Array.of(least, greatest, slot.substitute ?? 0)
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
    const least = this.#limits[0]
    const greatest = this.#limits[1]
    const integer = this.#integer
    for (let row = 0; row < rows; row++) {
      const value = values[row]
      if (value >= least && value <= greatest && !(integer && !Number.isInteger(value))) continue
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
    const { lanes, row: step, tile, column } = this.#layout
    const leap = tile - lanes * step
    const least = this.#limits[0]
    const greatest = this.#limits[1]
    const substitute = this.#limits[2]
    const { index, from, to } = run
    let at = this.slot.column * column
    for (let i = from, left = lanes; i < to; i++, at += step) {
      if (left === 0) {
        at += leap
        left = lanes
      }
      left--
      const row = index[i]
      const value = values[row]
      data[at] = value >= least && value <= greatest ? value : substitute
      if (marks !== undefined && marks[row] !== PRESENT) data[at] = substitute
    }
  }

  #writeHalves({ values, marks }: NumberColumn | BooleanColumn, run: RowRun): void {
    for (let i = run.from; i < run.to; i++) {
      const row = run.index[i]
      const at = placeOf(this.#layout, i - run.from, this.slot.column)
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
      for (let j = 0; j < this.slot.width; j++) {
        const at = placeOf(this.#layout, i - run.from, this.slot.column + j)
        const value = present ? values[ends[row] + j] : Number.NaN
        if (this.#halves) this.#writeHalf(at, value)
        else
          this.#numbers[at] = value >= this.#least && value <= this.#greatest ? value : substitute
      }
    }
  }

  #writeTexts({ bytes, ends }: TextColumn, run: RowRun): void {
    const texts = this.#data as string[]
    for (let i = run.from; i < run.to; i++) {
      const row = run.index[i]
      texts[placeOf(this.#layout, i - run.from, this.slot.column)] = decoder.decode(
        bytes.subarray(ends[row], ends[row + 1]),
      )
    }
  }
}

function numberView(data: TensorData): NumberData {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return new Int32Array(data.buffer, data.byteOffset, data.length * 2)
  }
  return Array.isArray(data) ? new Float64Array(0) : data
}
