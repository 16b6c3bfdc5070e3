// Encodes rows into a block (block-format.ts). One writer is reused for all blocks of a task.
import type { Column, VectorColumn } from '../../contracts/columns.ts'
import { BlockBytes } from './block-bytes.ts'
import { ENTRY, HEADER, IDLE, type Idle, KINDS, MAGIC, NO_MARKS, U1 } from './block-format.ts'
import { markEncoding, writeFlags, writeMarks } from './marks.ts'
import { NumberWriter, type Surroundings } from './number-writer.ts'
import { rowAt, type Selection } from './selection.ts'
import { lengthsOf, TextWriter, widthOf, writeLengths } from './text-writer.ts'

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
  readonly #out = new BlockBytes()
  readonly #numbers = new NumberWriter()
  readonly #texts = new TextWriter()
  // How the column that was written last lies.
  #encoding = 0
  #ref = 0

  /** A fresh copy of the encoded block, 8-byte aligned in a buffer of its own. */
  encode(
    columns: readonly Column[],
    selection: Selection,
    head: BlockHead,
  ): Uint8Array<ArrayBuffer> {
    const out = this.#out
    const directoryEnd = HEADER + columns.length * ENTRY
    const metaBytes = head.meta?.length ?? 0
    out.reserve(directoryEnd + metaBytes)
    if (head.meta !== undefined) out.u8.set(head.meta, directoryEnd)
    let at = out.pad(directoryEnd + metaBytes)
    for (let self = 0; self < columns.length; self++)
      at = this.#column({ columns, selection, self }, at)
    const { view } = out
    view.setUint32(0, MAGIC, true)
    view.setUint32(4, selection.count, true)
    view.setFloat64(8, head.progress, true)
    view.setUint32(16, IDLE.indexOf(head.idle), true)
    view.setUint32(20, columns.length, true)
    view.setUint32(24, head.layout, true)
    view.setUint32(28, metaBytes, true)
    view.setFloat64(32, head.commit, true)
    return out.u8.slice(0, at)
  }

  /** Writes a column's payloads and its entry of the directory; gives where the next one's begin. */
  #column(around: Surroundings, start: number): number {
    const { columns, selection, self } = around
    const out = this.#out
    const column = columns[self]
    this.#ref = 0
    const end = this.#values(around, start)
    let at = out.pad(end)
    const marks = markEncoding(column.marks, selection)
    let markBytes = 0
    if (column.marks !== undefined && marks !== NO_MARKS) {
      const markEnd = writeMarks(column.marks, selection, marks, { out, at })
      markBytes = markEnd - at
      at = out.pad(markEnd)
    }
    const entry = HEADER + self * ENTRY
    out.u8[entry] = KINDS.indexOf(column.kind)
    out.u8[entry + 1] = this.#encoding
    out.u8[entry + 2] = marks
    out.u8[entry + 3] = this.#ref
    out.view.setUint32(entry + 4, start, true)
    out.view.setUint32(entry + 8, end - start, true)
    out.view.setUint32(entry + 12, markBytes, true)
    return at
  }

  /** Gives the end. */
  #values(around: Surroundings, at: number): number {
    const { columns, selection, self } = around
    const out = this.#out
    const column = columns[self]
    let end: number
    switch (column.kind) {
      case 'number':
        end = this.#numbers.write(column.values, selection, around, { out, at })
        this.#encoding = this.#numbers.encoding
        this.#ref = this.#numbers.ref
        return end
      case 'boolean':
        this.#encoding = U1
        return writeFlags(column.values, selection, { out, at })
      case 'vector':
        return this.#vectors(column, selection, at)
      default:
        end = this.#texts.write(column, selection, around, { out, at })
        this.#encoding = this.#texts.encoding
        this.#ref = this.#texts.ref
        return end
    }
  }

  #vectors(column: VectorColumn, selection: Selection, start: number): number {
    const out = this.#out
    const { most } = lengthsOf(column, selection)
    this.#encoding = widthOf(most)
    let at = writeLengths(column.ends, selection, { out, at: start, most })
    for (let i = 0; i < selection.count; i++) {
      const row = rowAt(selection, i)
      const part = column.values.subarray(column.ends[row], column.ends[row + 1])
      out.reserve(at + part.length * 8)
      new Float64Array(out.u8.buffer, at, part.length).set(part)
      at += part.length * 8
    }
    return at
  }
}
