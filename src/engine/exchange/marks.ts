// Marks of a column: why values are not there. Nearly always there is one reason, and a bit a row says it.
import { ABSENT, NULL } from '../../contracts/columns.ts'
import type { BlockBytes } from './block-bytes.ts'
import { ABSENT_BITS, MARK_BYTES, NO_MARKS, NULL_BITS } from './block-format.ts'
import { rowAt, type Selection } from './selection.ts'

/** How the marks of these rows lie. */
export function markEncoding(marks: Uint8Array | undefined, selection: Selection): number {
  if (marks === undefined) return NO_MARKS
  let absent = false
  let isNull = false
  for (let i = 0; i < selection.count; i++) {
    const mark = marks[rowAt(selection, i)]
    if (mark === 0) continue
    if (mark === ABSENT) absent = true
    else isNull = true
  }
  if (absent && isNull) return MARK_BYTES
  return absent ? ABSENT_BITS : isNull ? NULL_BITS : NO_MARKS
}

/** Gives the end. */
export function writeMarks(
  marks: Uint8Array,
  selection: Selection,
  encoding: number,
  { out, at }: { readonly out: BlockBytes; readonly at: number },
): number {
  if (encoding !== MARK_BYTES) return writeFlags(marks, selection, { out, at })
  const { count } = selection
  out.reserve(at + count)
  for (let i = 0; i < count; i++) out.u8[at + i] = marks[rowAt(selection, i)]
  return at + count
}

/** A bit a row: whether the value is not 0. Gives the end. */
export function writeFlags(
  values: Uint8Array,
  selection: Selection,
  { out, at }: { readonly out: BlockBytes; readonly at: number },
): number {
  const { count } = selection
  const end = at + ((count + 7) >> 3)
  out.reserve(end)
  out.u8.fill(0, at, end)
  for (let i = 0; i < count; i++)
    if (values[rowAt(selection, i)] !== 0) out.u8[at + (i >> 3)] |= 1 << (i & 7)
  return end
}

export function readMarks(
  bytes: Uint8Array,
  { encoding, at, rows }: { readonly encoding: number; readonly at: number; readonly rows: number },
): Uint8Array | undefined {
  if (encoding === NO_MARKS) return undefined
  if (encoding === MARK_BYTES) return bytes.subarray(at, at + rows)
  return readFlags(bytes, { at, rows, value: encoding === NULL_BITS ? NULL : ABSENT })
}

/** `value` where the bit is set, 0 elsewhere. */
export function readFlags(
  bytes: Uint8Array,
  { at, rows, value }: { readonly at: number; readonly rows: number; readonly value: number },
): Uint8Array {
  const flags = new Uint8Array(rows)
  for (let i = 0; i < rows; i++) flags[i] = ((bytes[at + (i >> 3)] >> (i & 7)) & 1) * value
  return flags
}
