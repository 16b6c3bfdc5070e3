// Columns: how a batch of rows lies in memory, from the first byte scanned to the last byte written.
// A batch never holds an object per row.

/**
 * What a column holds.
 * `json` is any JSON value, kept as its UTF-8 text and parsed only when a user's function reads it.
 */
export type ColumnKind = 'number' | 'boolean' | 'string' | 'vector' | 'json'

/** Why a value is not there. `undefined` columns of marks mean: every value is present. */
export const PRESENT = 0
export const ABSENT = 1 // undefined: the field is missing
export const NULL = 2

interface Marks {
  /** One mark a row (PRESENT, ABSENT, NULL); undefined when all are present. The value under a mark is 0 or empty. */
  marks: Uint8Array | undefined
}
export interface NumberColumn extends Marks {
  readonly kind: 'number'
  values: Float64Array
}
export interface BooleanColumn extends Marks {
  readonly kind: 'boolean'
  /** 0 or 1. */
  values: Uint8Array
}
export interface TextColumn extends Marks {
  readonly kind: 'string' | 'json'
  /** UTF-8 of all rows, one after the other. */
  bytes: Uint8Array
  /** rows + 1 positions in `bytes`: row i is [ends[i], ends[i + 1]). */
  ends: Uint32Array
}
export interface VectorColumn extends Marks {
  readonly kind: 'vector'
  values: Float64Array
  /** rows + 1 positions in `values`. */
  ends: Uint32Array
}
export type Column = NumberColumn | BooleanColumn | TextColumn | VectorColumn

/** A named column of a layout. `path` leads from the event to the value: `['card', 'country']`. */
export interface Field {
  readonly name: string
  readonly path: readonly string[]
  readonly kind: ColumnKind
  /** A value, or only whether the object at this path is there: a boolean column whose marks tell it. */
  readonly role: 'value' | 'presence'
  /** Whether a value may be missing (undefined), or null. */
  readonly optional: boolean
  readonly nullable: boolean
}

/** Arrays may be longer than `rows`: only the first `rows` count. */
export interface Batch {
  rows: number
  readonly columns: Column[]
}
