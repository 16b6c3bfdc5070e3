// Keys of several texts, as the encoding of keys writes them: `["ORD","LAX"]`. Parts repeat, or stand in columns of their own, where
// the whole does neither.
import type { TextColumn } from '../../contracts/columns.ts'
import { rowAt, type Selection } from './selection.ts'

const PARTS_MAX = 4
const QUOTE = 34
const COMMA = 44
const OPEN = 91
const CLOSE = 93

/**
 * The parts of texts that all are `["` part `","` part ... `"]` with as many parts: joined again they are the same bytes, whatever
 * is in them.
 */
export function splitTuples(column: TextColumn, selection: Selection): TextColumn[] | undefined {
  const count = partsOf(column, rowAt(selection, 0))
  if (count < 2) return undefined
  const { ends } = column
  let bytes = 0
  for (let i = 0; i < selection.count; i++) {
    const row = rowAt(selection, i)
    if (partsOf(column, row) !== count) return undefined
    bytes += ends[row + 1] - ends[row]
  }
  const parts = Array.from({ length: count }, () => ({
    kind: 'string' as const,
    bytes: new Uint8Array(bytes),
    ends: new Uint32Array(selection.count + 1),
    marks: undefined,
  }))
  for (let i = 0; i < selection.count; i++) split(column, rowAt(selection, i), { parts, i })
  return parts
}

function split(
  { bytes, ends }: TextColumn,
  row: number,
  into: { readonly parts: readonly TextColumn[]; readonly i: number },
): void {
  const { parts, i } = into
  const stop = ends[row + 1] - 2
  let at = ends[row] + 2
  for (const part of parts) {
    let to = part.ends[i]
    while (at < stop && !isSeparator(bytes, at, stop)) part.bytes[to++] = bytes[at++]
    part.ends[i + 1] = to
    at += 3
  }
}

/** 0 for what is no tuple, or one of too many parts. */
function partsOf({ bytes, ends }: TextColumn, row: number): number {
  const start = ends[row]
  const stop = ends[row + 1]
  if (stop - start < 4 || bytes[start] !== OPEN || bytes[start + 1] !== QUOTE) return 0
  if (bytes[stop - 2] !== QUOTE || bytes[stop - 1] !== CLOSE) return 0
  let parts = 1
  for (let at = start + 2; at < stop - 2; at++) {
    if (!isSeparator(bytes, at, stop - 2)) continue
    parts++
    at += 2
  }
  return parts <= PARTS_MAX ? parts : 0
}

/** @param stop where the last quote of the tuple stands: a separator ends before it. */
function isSeparator(bytes: Uint8Array, at: number, stop: number): boolean {
  return at + 3 <= stop && bytes[at] === QUOTE && bytes[at + 1] === COMMA && bytes[at + 2] === QUOTE
}

/** The whole again. */
export function joinTuples(
  parts: readonly { readonly bytes: Uint8Array; readonly ends: Uint32Array }[],
  rows: number,
): { bytes: Uint8Array; ends: Uint32Array } {
  const ends = new Uint32Array(rows + 1)
  for (let i = 0; i < rows; i++) {
    ends[i + 1] = ends[i] + parts.length * 3 + 1
    for (const part of parts) ends[i + 1] += part.ends[i + 1] - part.ends[i]
  }
  const bytes = new Uint8Array(ends[rows])
  let at = 0
  for (let i = 0; i < rows; i++) {
    bytes[at++] = OPEN
    for (let p = 0; p < parts.length; p++) {
      const part = parts[p]
      if (p > 0) bytes[at++] = COMMA
      bytes[at++] = QUOTE
      for (let b = part.ends[i]; b < part.ends[i + 1]; b++) bytes[at++] = part.bytes[b]
      bytes[at++] = QUOTE
    }
    bytes[at++] = CLOSE
  }
  return { bytes, ends }
}
