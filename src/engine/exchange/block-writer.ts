// Encodes rows into a block (block-format.ts). One writer is reused for all blocks of a task.
import type { Column, TextColumn, VectorColumn } from '../../contracts/columns.ts'
import {
  aligned,
  ENTRY,
  F64,
  HEADER,
  IDLE,
  type Idle,
  KINDS,
  MAGIC,
  RAW,
  SAME,
  U16,
  U32,
  U8,
} from './block-format.ts'
import {
  chooseEncoding,
  writeNumbers,
  type NumberEncoding,
  type Selection,
} from './number-encoding.ts'

export interface BlockHead {
  /** Rows that this lane brings later have a merge time of at least this; Infinity: there will be none. */
  readonly progress: number
  readonly idle: Idle
  /** Number of the commit that writes it: how a replay finds its way back. */
  readonly commit: number
  /** Digest of the layout, so that a reader of another plan does not misread it. */
  readonly layout: number
  /** JSON text that belongs to the whole block. */
  readonly meta?: Uint8Array
}

export class BlockWriter {
  #bytes = new Uint8Array(1 << 16)
  #view = new DataView(this.#bytes.buffer)
  readonly #encoding: NumberEncoding = { encoding: F64, base: 0, bytes: 0 }

  /** A fresh copy of the encoded block, 8-byte aligned in a buffer of its own. */
  encode(
    columns: readonly Column[],
    selection: Selection,
    head: BlockHead,
  ): Uint8Array<ArrayBuffer> {
    const directoryEnd = HEADER + columns.length * ENTRY
    const metaBytes = head.meta?.length ?? 0
    this.#reserve(directoryEnd + metaBytes)
    let at = this.#pad(directoryEnd + metaBytes)
    if (head.meta !== undefined) this.#bytes.set(head.meta, directoryEnd)
    for (let c = 0; c < columns.length; c++) {
      at = this.#column(c, columns, selection, at)
    }
    const view = this.#view
    view.setUint32(0, MAGIC, true)
    view.setUint32(4, selection.count, true)
    view.setFloat64(8, head.progress, true)
    view.setUint32(16, IDLE.indexOf(head.idle), true)
    view.setUint32(20, columns.length, true)
    view.setUint32(24, head.layout, true)
    view.setUint32(28, metaBytes, true)
    view.setFloat64(32, head.commit, true)
    return this.#bytes.slice(0, at)
  }

  #column(index: number, columns: readonly Column[], selection: Selection, start: number): number {
    const column = columns[index]
    let encoding = RAW
    let end = start
    if (column.kind === 'number') {
      const before = index > 0 ? columns[index - 1] : undefined
      if (
        before?.kind === 'number' &&
        before.marks === undefined &&
        column.marks === undefined &&
        equal(before.values, column.values, selection)
      ) {
        encoding = SAME
      } else {
        const chosen = chooseEncoding(column.values, selection, this.#encoding)
        this.#reserve(start + chosen.bytes)
        writeNumbers(column.values, selection, chosen, { bytes: this.#bytes, at: start })
        encoding = chosen.encoding
        end = start + chosen.bytes
      }
    } else if (column.kind === 'boolean') {
      end = this.#raw(column.values, selection, start)
    } else {
      encoding = widthOf(column.ends, selection)
      end = this.#lengths(column.ends, selection, encoding, start)
      end =
        column.kind === 'vector'
          ? this.#doubles(column, selection, end)
          : this.#text(column, selection, end)
    }
    const valueBytes = end - start
    let at = this.#pad(end)
    let marks = 0
    if (column.marks !== undefined && anyMark(column.marks, selection)) {
      marks = selection.count
      at = this.#pad(this.#raw(column.marks, selection, at))
    }
    this.#reserve(at)
    const entry = HEADER + index * ENTRY
    this.#bytes[entry] = KINDS.indexOf(column.kind)
    this.#bytes[entry + 1] = encoding
    this.#bytes[entry + 2] = marks > 0 ? 1 : 0
    this.#bytes[entry + 3] = 0
    this.#view.setUint32(entry + 4, start, true)
    this.#view.setUint32(entry + 8, valueBytes, true)
    this.#view.setUint32(entry + 12, marks, true)
    return at
  }

  #raw(values: Uint8Array, { rows, from, count }: Selection, at: number): number {
    this.#reserve(at + count)
    const bytes = this.#bytes
    if (rows === undefined) bytes.set(values.subarray(from, from + count), at)
    else for (let i = 0; i < count; i++) bytes[at + i] = values[rows[from + i]]
    return at + count
  }

  #lengths(ends: Uint32Array, { rows, from, count }: Selection, width: number, at: number): number {
    const end = this.#pad(at + count * (width === U8 ? 1 : width === U16 ? 2 : 4))
    const buffer = this.#bytes.buffer
    const target =
      width === U8
        ? new Uint8Array(buffer, at, count)
        : width === U16
          ? new Uint16Array(buffer, at, count)
          : new Uint32Array(buffer, at, count)
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? from + i : rows[from + i]
      target[i] = ends[row + 1] - ends[row]
    }
    return end
  }

  #text(column: TextColumn, { rows, from, count }: Selection, start: number): number {
    const { bytes, ends } = column
    if (rows === undefined) {
      const part = bytes.subarray(ends[from], ends[from + count])
      this.#reserve(start + part.length)
      this.#bytes.set(part, start)
      return start + part.length
    }
    let at = start
    for (let i = 0; i < count; i++) {
      const row = rows[from + i]
      const stop = ends[row + 1]
      if (at + stop - ends[row] > this.#bytes.length) this.#reserve(at + stop - ends[row])
      const out = this.#bytes
      for (let b = ends[row]; b < stop; b++) out[at++] = bytes[b]
    }
    return at
  }

  #doubles(column: VectorColumn, { rows, from, count }: Selection, start: number): number {
    let at = start
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? from + i : rows[from + i]
      const part = column.values.subarray(column.ends[row], column.ends[row + 1])
      this.#reserve(at + part.length * 8)
      new Float64Array(this.#bytes.buffer, at, part.length).set(part)
      at += part.length * 8
    }
    return at
  }

  /** Fills up to the next multiple of 8 with zeros, so that equal rows give equal bytes; gives that place. */
  #pad(end: number): number {
    const at = aligned(end)
    this.#reserve(at)
    this.#bytes.fill(0, end, at)
    return at
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return
    let size = this.#bytes.length * 2
    while (size < bytes) size *= 2
    const grown = new Uint8Array(size)
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

function equal(a: Float64Array, b: Float64Array, { rows, from, count }: Selection): boolean {
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? from + i : rows[from + i]
    if (!Object.is(a[row], b[row])) return false
  }
  return true
}

function anyMark(marks: Uint8Array, { rows, from, count }: Selection): boolean {
  for (let i = 0; i < count; i++) {
    if (marks[rows === undefined ? from + i : rows[from + i]] !== 0) return true
  }
  return false
}

function widthOf(ends: Uint32Array, { rows, from, count }: Selection): number {
  let most = 0
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? from + i : rows[from + i]
    const length = ends[row + 1] - ends[row]
    if (length > most) most = length
  }
  return most < 0x100 ? U8 : most < 0x1_0000 ? U16 : U32
}
