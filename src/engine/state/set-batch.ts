// What a task hands to the state of a feature set: rows in their merged order, in columns.
import type { Column } from '../../contracts/columns.ts'

/** Rows with a key and a time. Arrays may be longer than the rows there are. */
export interface KeyedRows {
  /** Encoded keys: row i is keys[keyEnds[i] .. keyEnds[i + 1]). */
  keys: Uint8Array
  keyEnds: Uint32Array
  /** murmur2 of the key. */
  hashes: Uint32Array
  /** Event time, ms. */
  times: Float64Array
  /** Running maximum of event time in the row's source lane, ms: never goes back along the merged order. */
  mergeTimes: Float64Array
  /** Values of the features' functions, one column a feature of the set that takes one (in feature order). Undefined for rows that only read. */
  inputs: readonly Column[] | undefined
}

/** One pass over the merged order of a batch. */
export interface SetBatch {
  /** i >= 0: row i of `rows`. i < 0: row ~i of `updates`. */
  order: Int32Array
  count: number
  /** Events of another stream that change the set; undefined for a set of the pipeline's own stream. */
  updates: KeyedRows | undefined
  /** Rows that read the set at (key, time); rows with `inputs` update it first. */
  rows: KeyedRows
  rowCount: number
  /** 1 for a row that the set has already: it neither updates nor reads it. */
  passed?: Uint8Array | undefined
}
