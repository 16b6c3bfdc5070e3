// What columns the blocks of an internal topic have: first those every row carries, then the plan's.
import { createHash } from 'node:crypto'
import type { ColumnKind } from '../../contracts/columns.ts'

export interface LayoutField {
  readonly name: string
  readonly kind: ColumnKind
}

// Columns every row carries. The merge time is the running maximum of event time in the row's source partition;
// it is fixed there and travels with the row, so that no order depends on where a batch ended.
export const MERGE_TIME = 0
export const TIME = 1
/** The partition, and where a stream has several sources which of them (`source-number.ts`). */
export const SOURCE_PARTITION = 2
export const SOURCE_OFFSET = 3
export const KEY = 4
/** Index of the first column of the plan. */
export const FIRST = 5

const ROW: readonly LayoutField[] = [
  { name: 'mergeTime', kind: 'number' },
  { name: 'time', kind: 'number' },
  { name: 'sourcePartition', kind: 'number' },
  { name: 'sourceOffset', kind: 'number' },
  { name: 'key', kind: 'string' },
]

export interface Layout {
  readonly fields: readonly LayoutField[]
  /** 32 bits that every block carries: a reader refuses another layout. */
  readonly digest: number
}

/** The layout of rows with these columns of the plan. */
export function layoutOf(fields: readonly LayoutField[]): Layout {
  const all = [...ROW, ...fields]
  const text = JSON.stringify(all.map(({ name, kind }) => [name, kind]))
  return { fields: all, digest: createHash('sha256').update(text).digest().readUInt32LE(0) }
}
