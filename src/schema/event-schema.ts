// What a compiled schema offers the engine: fields, and a decoder from bytes to columns.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Records } from '../base/records.ts'
import type { Column, Field } from '../contracts/columns.ts'

/** How one field is read, for `millrace plan`. */
export interface FieldReport {
  readonly path: string
  readonly native: boolean
  /** What it is, or why it falls back. */
  readonly note: string
}

/** Events of one batch. Buffers are reused by the next `decode` into the same batch. */
export interface DecodedBatch {
  /** Good events. */
  rows: number
  /** Native: one column a field. Fallback: one json column, the events' own bytes. */
  readonly columns: Column[]
  /** Fallback: validated events, one a row. Native: undefined. */
  objects: unknown[] | undefined
  /** The record each row came from. */
  recordOf: Uint32Array
  /** Records that are no event of this schema; the reason names path and rule, never a value. */
  readonly bad: { readonly record: number; readonly reason: string }[]
}

export interface Decoder {
  /** Decodes the values of all records; records with an empty value are bad. */
  decode(records: Records, into: DecodedBatch): void
}

export interface EventSchema {
  readonly name: string
  readonly schema: StandardSchemaV1
  readonly mode: 'native' | 'fallback'
  /** Native: the fields, in the order of the columns. Fallback: empty. */
  readonly fields: readonly Field[]
  /** Why it falls back; undefined when native. */
  readonly reason: string | undefined
  readonly report: readonly FieldReport[]
  decoder(): Decoder
}

export function emptyBatch(): DecodedBatch {
  return { rows: 0, columns: [], objects: undefined, recordOf: new Uint32Array(0), bad: [] }
}
