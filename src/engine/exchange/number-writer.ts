// Numbers of a column in the fewest bytes that give the same bits back. Most numbers are integers in disguise: times in whole
// seconds, amounts with two decimals, means, which are a sum through a count that stands in another column.
import type { Column } from '../../contracts/columns.ts'
import type { BlockBytes } from './block-bytes.ts'
import {
  DECIMAL,
  DECIMAL32,
  F32,
  F64,
  RATIO,
  RATIO32,
  SAME,
  STEP,
  U16,
  U32,
  WIDTH,
} from './block-format.ts'
import { integerBytes, widthFor, writeIntegers } from './integers.ts'
import { same, type Selection } from './selection.ts'

/** How far from a ratio its denominator may stand. */
const NEAR = 8
const SCALES = [10, 100, 1_000, 10_000]

/** Where the numbers stand: other columns of the block may help. */
export interface Surroundings {
  readonly columns: readonly Column[]
  /** Rows of those columns that are taken. */
  readonly selection: Selection
  /** Index of the column that is written. */
  readonly self: number
}

export class NumberWriter {
  /** How the last ones lie, and the column they refer to. */
  encoding: number = F64
  ref = 0
  #values: Float64Array = new Float64Array(0)
  #selection: Selection = { rows: undefined, from: 0, count: 0 }
  /** Integers of a form, in the place of the values. */
  #integers: Float64Array = new Float64Array(0)
  #base = 0
  #parameter = 0

  /** Writes the values at a multiple of 8; gives the end. */
  write(
    values: Float64Array,
    selection: Selection,
    around: Surroundings,
    { out, at }: { readonly out: BlockBytes; readonly at: number },
  ): number {
    const { count } = selection
    this.#values = values
    this.#selection = selection
    this.ref = 0
    if (!this.#same(around)) this.#choose(around)
    const { encoding } = this
    if (encoding === SAME) return at
    const end = at + this.#bytes(encoding, count)
    out.reserve(end)
    if (encoding === F64) this.#doubles(new Float64Array(out.u8.buffer, at, count))
    else if (encoding === F32) this.#singles(new Float32Array(out.u8.buffer, at, count))
    else this.#write(out, at)
    return end
  }

  #write(out: BlockBytes, at: number): void {
    const { encoding } = this
    const width = encoding & WIDTH
    const form = encoding - width
    out.view.setFloat64(at, this.#base, true)
    let place = at + 8
    if (form !== 0 && form < RATIO) {
      out.view.setFloat64(place, this.#parameter, true)
      place += 8
    }
    const target = { bytes: out.u8, at: place }
    const base = form === STEP ? 0 : this.#base
    if (form === 0) writeIntegers({ ...this.#selection, values: this.#values, base }, width, target)
    else {
      const { count } = this.#selection
      const values = this.#integers
      writeIntegers({ rows: undefined, from: 0, count, values, base }, width, target)
    }
  }

  #bytes(encoding: number, count: number): number {
    if (encoding === F64) return count * 8
    if (encoding === F32) return count * 4
    const form = encoding & ~WIDTH
    return (form !== 0 && form < RATIO ? 16 : 8) + integerBytes(encoding & WIDTH, count)
  }

  #same({ columns, selection, self }: Surroundings): boolean {
    for (let index = self - 1; index >= 0; index--) {
      const column = columns[index]
      if (column.kind !== 'number') continue
      if (!same(this.#values, this.#selection, column.values, selection)) continue
      this.encoding = SAME
      this.ref = index
      return true
    }
    return false
  }

  #choose(around: Surroundings): void {
    const { rows, from, count } = this.#selection
    const values = this.#values
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    let whole = true
    let single = true
    for (let i = 0; i < count; i++) {
      const value = values[rows === undefined ? from + i : rows[from + i]]
      if (value < least) least = value
      if (value > most) most = value
      // -0 and NaN are no whole numbers here: they would not come back with their bits.
      if (whole && (Math.trunc(value) !== value || (value === 0 && 1 / value < 0))) whole = false
      if (single && Math.fround(value) !== value) single = false
      if (!whole && !single) break
    }
    this.encoding = single ? F32 : F64
    if (!whole) {
      if (!this.#decimal(single)) this.#ratio(single, around)
    } else if (Math.max(Math.abs(least), Math.abs(most)) <= Number.MAX_SAFE_INTEGER)
      this.#whole(least, most)
  }

  #whole(least: number, most: number): void {
    const range = most - least
    if (range > Number.MAX_SAFE_INTEGER) return
    const width = widthFor(range)
    this.#base = least
    if (width !== undefined) this.encoding = width
    if (width !== undefined && width !== U16 && width !== U32) return
    const step = this.#step(least, range)
    const narrower = step <= 1 ? undefined : widthFor(range / step)
    const { count } = this.#selection
    if (narrower === undefined) return
    if (this.#bytes(STEP | narrower, count) >= this.#bytes(this.encoding, count)) return
    this.encoding = STEP | narrower
    this.#parameter = step
    const integers = this.#room()
    const { rows, from } = this.#selection
    for (let i = 0; i < count; i++)
      integers[i] = (this.#values[rows === undefined ? from + i : rows[from + i]] - least) / step
  }

  /** The greatest common divisor of all distances from the base; it is 1 after a few rows, or never. */
  #step(base: number, range: number): number {
    const { rows, from, count } = this.#selection
    const small = range < 0x8000_0000
    let step = 0
    for (let i = 0; i < count && step !== 1; i++) {
      let distance = this.#values[rows === undefined ? from + i : rows[from + i]] - base
      // A remainder of doubles costs many times that of integers.
      if (small && step !== 0 && (distance | 0) % (step | 0) === 0) continue
      while (distance !== 0) {
        const rest = step % distance
        step = distance
        distance = rest
      }
    }
    return step
  }

  #decimal(single: boolean): boolean {
    const { rows, from, count } = this.#selection
    const values = this.#values
    const integers = this.#room()
    for (const scale of SCALES) {
      let i = 0
      for (; i < count; i++) {
        const value = values[rows === undefined ? from + i : rows[from + i]]
        const integer = Math.round(value * scale) + 0
        const again = single ? Math.fround(integer / scale) : integer / scale
        if (Number.isNaN(value) || !Object.is(again, value)) break
        integers[i] = integer
      }
      if (i === count && this.#form(single ? DECIMAL32 : DECIMAL)) {
        this.#parameter = scale
        return true
      }
    }
    return false
  }

  #ratio(single: boolean, { columns, selection, self }: Surroundings): void {
    for (let far = 1; far <= NEAR; far++) {
      for (const index of [self + far, self - far]) {
        const column = columns[index]
        if (column?.kind !== 'number' || !this.#through(column.values, selection, single)) continue
        if (!this.#form(single ? RATIO32 : RATIO)) continue
        this.ref = index
        return
      }
    }
  }

  /** Whether each value is an integer through the other column's: `#integers` are these. */
  #through(by: Float64Array, selection: Selection, single: boolean): boolean {
    const { rows, from, count } = this.#selection
    const values = this.#values
    const integers = this.#room()
    for (let i = 0; i < count; i++) {
      const value = values[rows === undefined ? from + i : rows[from + i]]
      const other =
        by[selection.rows === undefined ? selection.from + i : selection.rows[selection.from + i]]
      // A denominator that is whole can never be a ratio itself, so that no two columns wait for each other.
      if (Math.trunc(other) !== other) return false
      const integer = Math.round(value * other) + 0
      const ratio = other === 0 ? 0 : integer / other
      if (Number.isNaN(value) || !Object.is(single ? Math.fround(ratio) : ratio, value))
        return false
      integers[i] = integer
    }
    return true
  }

  /** Takes the form if its integers are narrow enough. */
  #form(form: number): boolean {
    const { count } = this.#selection
    const integers = this.#integers
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    for (let i = 0; i < count; i++) {
      if (integers[i] < least) least = integers[i]
      if (integers[i] > most) most = integers[i]
    }
    if (!(Math.max(Math.abs(least), Math.abs(most)) <= Number.MAX_SAFE_INTEGER)) return false
    const width = widthFor(most - least)
    if (width === undefined) return false
    if (this.#bytes(form | width, count) >= this.#bytes(this.encoding, count)) return false
    this.encoding = form | width
    this.#base = least
    return true
  }

  #room(): Float64Array {
    const { count } = this.#selection
    if (this.#integers.length < count) this.#integers = new Float64Array(count * 2)
    return this.#integers
  }

  #doubles(target: Float64Array): void {
    const { rows, from, count } = this.#selection
    if (rows === undefined) target.set(this.#values.subarray(from, from + count))
    else for (let i = 0; i < count; i++) target[i] = this.#values[rows[from + i]]
  }

  #singles(target: Float32Array): void {
    const { rows, from, count } = this.#selection
    if (rows === undefined) for (let i = 0; i < count; i++) target[i] = this.#values[from + i]
    else for (let i = 0; i < count; i++) target[i] = this.#values[rows[from + i]]
  }
}
