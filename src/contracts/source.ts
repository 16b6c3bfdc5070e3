// An edge source: what lies outside of the log, and cannot take part in its transactions. It is copied into a topic,
// and how far it was read is in the same append as what was read: stopped anywhere, the copy goes on exactly there.
import type { Records } from './log.ts'

/**
 * What was read in one go. Of a source without partitions, where it is cut depends on nothing but the source and the position it was opened
 * at; of one with partitions, only the order within each is a promise.
 */
export interface SourceBatch {
  /** Keys are empty and times NaN where the source has none. They hold until the next batch is asked for. */
  readonly records: Records
  /** The partition they belong to, where the source has such; they have their keys and times then. Undefined: by key. */
  readonly partition?: number
  /** Where to go on behind these; opaque to whoever keeps it. */
  readonly next: string
  /** How much of `OpenSource.size` lies before `next`. */
  readonly done: number
  /** Records that are not what the format promises: passed on byte for byte, for the stream's schema to refuse. */
  readonly odd: number
  /** The first of them, where it stands and what is wrong, without its values. */
  readonly firstOdd: string | undefined
}

export interface OpenSource {
  /** Of the whole source, in the unit of `done`: bytes of a file, rows of a table. */
  readonly size: number
  /** Ends with the source, or when it is closed; a source that has no end waits for more. */
  batches(): AsyncIterable<SourceBatch>
  close(): Promise<void>
}

export interface Source {
  /** What its positions are kept under: the same source has the same name on every machine and in every run. */
  readonly name: string
  /**
   * @param from `next` of an earlier batch; undefined: from the beginning.
   * @throws ConnectorError ML_SOURCE when it is not there, cannot be read, or is not what it was at that position.
   */
  open(from: string | undefined): Promise<OpenSource>
}
