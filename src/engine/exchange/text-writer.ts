// Texts of a column in few bytes: equal to another column, one of a few, times, or numbered (`F0026445`); else as they are.
import type { TextColumn } from '../../contracts/columns.ts'
import { BlockBytes } from './block-bytes.ts'
import { DICTIONARY, DIGITS, FIXED, LENGTHS, SAME, U16, U32, U8, UTC } from './block-format.ts'
import { NumberWriter, type Surroundings } from './number-writer.ts'
import { rowAt, type Selection } from './selection.ts'
import { TextDictionary } from './text-dictionary.ts'
import { parseUtc, secondDigits } from './utc-text.ts'

const DIGITS_MAX = 15
const PREFIX_MAX = 64

export class TextWriter {
  /** How the last ones lie, and the column they refer to. */
  encoding: number = LENGTHS
  ref = 0
  readonly #numbers = new NumberWriter()
  readonly #dictionary = new TextDictionary()
  #values = new Float64Array(0)

  /** Writes the texts at a multiple of 8; gives the end. */
  write(
    column: TextColumn,
    around: Surroundings,
    { out, at }: { readonly out: BlockBytes; readonly at: number },
  ): number {
    const { selection } = around
    const { count } = selection
    this.ref = 0
    if (this.#same(column, around)) return at
    const { least, most } = lengthsOf(column, selection)
    if (this.#values.length < count) this.#values = new Float64Array(count * 2)
    const target = { out, at }
    if (count > 1 && least === most && least > 0) {
      const utc = this.#utc(column, selection, least)
      if (utc !== undefined)
        return this.#asNumbers(UTC, { number: utc, own: EMPTY, around }, target)
      const prefix = this.#digits(column, selection, least)
      if (prefix !== undefined) {
        const number = prefix.length * 0x1_0000 + least - prefix.length
        return this.#asNumbers(DIGITS, { number, own: prefix, around }, target)
      }
    }
    if (this.#dictionary.fill(column, selection, this.#values)) {
      const { entries, bytes } = this.#dictionary
      return this.#asNumbers(DICTIONARY, { number: entries, own: bytes(), around }, target)
    }
    return least === most && count > 0
      ? this.#fixed(column, selection, { length: least, ...target })
      : this.#plain(column, selection, { most, ...target })
  }

  #same(column: TextColumn, { columns, selection, self }: Surroundings): boolean {
    for (let index = self - 1; index >= 0; index--) {
      const other = columns[index]
      if (other.kind !== column.kind || !sameTexts(column, other, selection)) continue
      this.encoding = SAME
      this.ref = index
      return true
    }
    return false
  }

  #utc(column: TextColumn, selection: Selection, length: number): number | undefined {
    const digits = secondDigits(length)
    if (digits === undefined) return undefined
    const { bytes, ends } = column
    for (let i = 0; i < selection.count; i++) {
      const ms = parseUtc(bytes, ends[rowAt(selection, i)], digits)
      if (Number.isNaN(ms)) return undefined
      this.#values[i] = ms
    }
    return digits
  }

  /** The beginning that all have before their digits; undefined where that is not all there is. */
  #digits(
    { bytes, ends }: TextColumn,
    selection: Selection,
    length: number,
  ): Uint8Array | undefined {
    const first = ends[rowAt(selection, 0)]
    let prefix = length
    while (prefix > 0 && length - prefix < DIGITS_MAX && isDigit(bytes[first + prefix - 1]))
      prefix--
    if (prefix === length || prefix > PREFIX_MAX) return undefined
    for (let i = 0; i < selection.count; i++) {
      const start = ends[rowAt(selection, i)]
      for (let b = 0; b < prefix; b++) if (bytes[start + b] !== bytes[first + b]) return undefined
      let value = 0
      for (let b = start + prefix; b < start + length; b++) {
        if (!isDigit(bytes[b])) return undefined
        value = value * 10 + bytes[b] - 48
      }
      this.#values[i] = value
    }
    return bytes.subarray(first, first + prefix)
  }

  #asNumbers(
    form: number,
    of: { readonly number: number; readonly own: Uint8Array; readonly around: Surroundings },
    { out, at }: { readonly out: BlockBytes; readonly at: number },
  ): number {
    out.reserve(at + 8 + of.own.length)
    out.u8.set(of.own, at + 8)
    const numbersAt = out.pad(at + 8 + of.own.length)
    const { count } = of.around.selection
    const end = this.#numbers.write(this.#values, { rows: undefined, from: 0, count }, of.around, {
      out,
      at: numbersAt,
    })
    out.view.setUint32(at, this.#numbers.encoding | (this.#numbers.ref << 8), true)
    out.view.setUint32(at + 4, of.number, true)
    this.encoding = form
    return end
  }

  #fixed(
    column: TextColumn,
    selection: Selection,
    { out, at, length }: { readonly out: BlockBytes; readonly at: number; readonly length: number },
  ): number {
    out.reserve(at + 8 + length * selection.count)
    out.view.setUint32(at, 0, true)
    out.view.setUint32(at + 4, length, true)
    this.encoding = FIXED
    return copyTexts(column, selection, { out, at: at + 8 })
  }

  #plain(
    column: TextColumn,
    selection: Selection,
    { out, at, most }: { readonly out: BlockBytes; readonly at: number; readonly most: number },
  ): number {
    this.encoding = LENGTHS | widthOf(most)
    const end = writeLengths(column.ends, selection, { out, at, most })
    return copyTexts(column, selection, { out, at: end })
  }
}

const EMPTY = new Uint8Array(0)

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

export function widthOf(most: number): number {
  return most < 0x100 ? U8 : most < 0x1_0000 ? U16 : U32
}

/** The shortest and the longest, in bytes or items. */
export function lengthsOf(
  { ends }: { readonly ends: Uint32Array },
  selection: Selection,
): { least: number; most: number } {
  let least = selection.count === 0 ? 0 : Number.POSITIVE_INFINITY
  let most = 0
  for (let i = 0; i < selection.count; i++) {
    const row = rowAt(selection, i)
    const length = ends[row + 1] - ends[row]
    if (length > most) most = length
    if (length < least) least = length
  }
  return { least, most }
}

/** Gives where the items begin. */
export function writeLengths(
  ends: Uint32Array,
  selection: Selection,
  { out, at, most }: { readonly out: BlockBytes; readonly at: number; readonly most: number },
): number {
  const { count } = selection
  const width = widthOf(most)
  const end = out.pad(at + count * (width === U8 ? 1 : width === U16 ? 2 : 4))
  const { buffer } = out.u8
  const target =
    width === U8
      ? new Uint8Array(buffer, at, count)
      : width === U16
        ? new Uint16Array(buffer, at, count)
        : new Uint32Array(buffer, at, count)
  for (let i = 0; i < count; i++) {
    const row = rowAt(selection, i)
    target[i] = ends[row + 1] - ends[row]
  }
  return end
}

function copyTexts(
  { bytes, ends }: TextColumn,
  { rows, from, count }: Selection,
  { out, at: start }: { readonly out: BlockBytes; readonly at: number },
): number {
  if (rows === undefined) {
    const part = bytes.subarray(ends[from], ends[from + count])
    out.reserve(start + part.length)
    out.u8.set(part, start)
    return start + part.length
  }
  let at = start
  for (let i = 0; i < count; i++) {
    const row = rows[from + i]
    const stop = ends[row + 1]
    out.reserve(at + stop - ends[row])
    const target = out.u8
    for (let b = ends[row]; b < stop; b++) target[at++] = bytes[b]
  }
  return at
}

function sameTexts(a: TextColumn, b: TextColumn, selection: Selection): boolean {
  for (let i = 0; i < selection.count; i++) {
    const row = rowAt(selection, i)
    const length = a.ends[row + 1] - a.ends[row]
    if (b.ends[row + 1] - b.ends[row] !== length) return false
    const from = a.ends[row]
    const other = b.ends[row]
    for (let at = 0; at < length; at++) if (a.bytes[from + at] !== b.bytes[other + at]) return false
  }
  return true
}
