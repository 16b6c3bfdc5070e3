// Texts of a column in few bytes: equal to another column, one of a few, times, numbered (`F0026445`), or tuples of such;
// else as they are.
import type { TextColumn } from '../../contracts/columns.ts'
import { BlockBytes } from './block-bytes.ts'
import {
  DICTIONARY,
  DIGITS,
  ENTRY,
  FIXED,
  LENGTHS,
  SAME,
  TUPLE,
  U16,
  U32,
  U8,
  UTC,
} from './block-format.ts'
import { NumberWriter, type Surroundings } from './number-writer.ts'
import { rowAt, type Selection } from './selection.ts'
import { TextDictionary } from './text-dictionary.ts'
import { splitTuples } from './text-tuple.ts'
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
  /** Writes parts of tuples, which are no tuples themselves. */
  readonly #parts: TextWriter | undefined

  /** @param parts whether its texts are parts of others. */
  constructor(parts = false) {
    this.#parts = parts ? undefined : new TextWriter(true)
  }

  /**
   * Writes the texts at a multiple of 8; gives the end.
   * @param selection rows of the column itself; those of the other columns of the block are in `around`.
   */
  write(
    column: TextColumn,
    selection: Selection,
    around: Surroundings,
    { out, at }: { readonly out: BlockBytes; readonly at: number },
  ): number {
    const { count } = selection
    this.ref = 0
    if (this.#same(column, selection, around)) return at
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
    const tuples = count > 1 ? this.#tuples(column, selection, around, target) : undefined
    if (tuples !== undefined) return tuples
    return least === most && count > 0
      ? this.#fixed(column, selection, { length: least, ...target })
      : this.#plain(column, selection, { most, ...target })
  }

  /** A part of a tuple may equal any column: it is shorter than its own, so that no two wait for each other. */
  #same(column: TextColumn, selection: Selection, around: Surroundings): boolean {
    const { columns, self } = around
    for (
      let index = this.#parts === undefined ? columns.length - 1 : self - 1;
      index >= 0;
      index--
    ) {
      const other = columns[index]
      if (index === self || other.kind !== column.kind) continue
      if (!sameTexts(column, selection, other, around.selection)) continue
      this.encoding = SAME
      this.ref = index
      return true
    }
    return false
  }

  #tuples(
    column: TextColumn,
    selection: Selection,
    around: Surroundings,
    { out, at: start }: { readonly out: BlockBytes; readonly at: number },
  ): number | undefined {
    const writer = this.#parts
    const parts = writer === undefined ? undefined : splitTuples(column, selection)
    if (writer === undefined || parts === undefined) return undefined
    const own = { rows: undefined, from: 0, count: selection.count }
    let end = start + 8 + parts.length * ENTRY
    out.reserve(end)
    out.u8.fill(0, start, end)
    parts.forEach((part, i) => {
      const at = out.pad(end)
      end = writer.write(part, own, around, { out, at })
      const entry = start + 8 + i * ENTRY
      out.u8[entry] = writer.encoding
      out.u8[entry + 1] = writer.ref
      out.view.setUint32(entry + 4, at - start, true)
      out.view.setUint32(entry + 8, end - start, true)
    })
    out.view.setUint32(start + 4, parts.length, true)
    this.encoding = TUPLE
    return end
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

function sameTexts(a: TextColumn, ofA: Selection, b: TextColumn, ofB: Selection): boolean {
  for (let i = 0; i < ofA.count; i++) {
    const row = rowAt(ofA, i)
    const otherRow = rowAt(ofB, i)
    const length = a.ends[row + 1] - a.ends[row]
    if (b.ends[otherRow + 1] - b.ends[otherRow] !== length) return false
    const from = a.ends[row]
    const other = b.ends[otherRow]
    for (let at = 0; at < length; at++) if (a.bytes[from + at] !== b.bytes[other + at]) return false
  }
  return true
}
