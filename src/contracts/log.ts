// The log is the spine: topics, partitions, offsets, and writes to many of them that happen together or not at all.
// Implemented by the embedded log (and over its socket), by Kafka, and by the simulator. One contract suite runs on all.

import type { Records } from '../base/records.ts'

export type { Records }

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** How long records are kept, in ms of append time; undefined: for ever. */
  readonly retentionMs?: number
  /** How many bytes are kept per partition; undefined: no bound. */
  readonly retentionBytes?: number
}

export interface Append {
  readonly topic: string
  readonly partition: number
  readonly records: Records
}

/** Records read from one partition. */
export interface ReadRun {
  readonly topic: string
  readonly partition: number
  /** Offset of each record. */
  readonly offsets: Float64Array
  readonly records: Records
  /** When the log took the first of them and the last, ms since 1970 by its own clock; on Kafka by a producer's, where the topic says so. */
  readonly appended: readonly [first: number, last: number]
}

export interface ReadFrom {
  readonly topic: string
  readonly partition: number
  /** The first offset wanted. */
  readonly offset: number
}

export interface ReadOptions {
  /** About how many bytes at most, over all partitions; at least one run is returned where there is one. */
  readonly maxBytes: number
  /** How long to wait when nothing is there, for any of the partitions. 0: answer at once. Infinity: until something comes. */
  readonly maxWaitMs: number
  /** Ends the wait; the read then answers with what there is, as when the time is over. */
  readonly signal?: AbortSignal
}

export interface ReadResult {
  readonly runs: readonly ReadRun[]
  /** Per partition asked for, in that order: the offset to ask for next, and the end of what is durable. */
  readonly next: readonly { readonly offset: number; readonly end: number }[]
}

export interface PartitionInfo {
  /** Offset of the oldest record that is kept. */
  readonly start: number
  /** Offset the next durable record will have. */
  readonly end: number
  /** Bytes kept on the device. */
  readonly bytes: number
}

export interface TopicInfo extends TopicSpec {
  readonly parts: readonly PartitionInfo[]
}

/**
 * One owner of a name. Opening it again anywhere fences this one: its later appends fail with ML_FENCED, also those under way:
 * once the new one is open, nothing of the old one can happen any more. A writer does not outlive the log it was opened on.
 */
export interface Writer {
  readonly id: string
  readonly epoch: number
  /**
   * Writes to any number of partitions at once: all of it durable, or none. Appends of one writer take effect in the order of the calls;
   * several may be under way. Records are copied before the call returns: the caller may reuse them at once.
   * An error other than ML_FENCED and ML_TOPIC says nothing about whether it happened, nor does ML_FENCED with `undecided` in its details:
   * the writer is spent, open it again and read what is there.
   * @returns the offset of the first record of each append, in the order given.
   */
  append(appends: readonly Append[]): Promise<readonly number[]>
  /** Gives the name up, after what is under way. */
  close(): Promise<void>
}

/** An append that was begun and has not ended. */
export interface OpenTransaction {
  /** Name of the writer. */
  readonly writer: string
  /** When it began, ms since 1970. */
  readonly since: number
}

/** How `openWriter` opens. */
export interface WriterOptions {
  /**
   * Whether it may write when only the reserve is left: for those whose writes let what was read be let go of. Others are refused by then,
   * with ML_DISK_FULL. Default false.
   */
  readonly fromReserve?: boolean
}

/** How `ensureTopic` looks at a topic that exists. */
export interface EnsureOptions {
  /** Whether one with fewer partitions gets those that are missing, empty, behind those it has. Default false: it is refused. */
  readonly grow?: boolean
}

/** A log of topics, as `openLog` gives it. Programs use a producer, and close it. */
export interface Log {
  /** Creates the topic, or checks that it has as many partitions, or grows it; retention is set to what is given. */
  ensureTopic(spec: TopicSpec, options?: EnsureOptions): Promise<void>
  /** All topics, also Millrace's own, whose names begin with `_`. */
  topics(): Promise<readonly TopicInfo[]>
  /** One topic; undefined when there is none of that name. */
  topic(name: string): Promise<TopicInfo | undefined>
  /** Opens the writer of that name; an older one of the same name is fenced (ML_FENCED). */
  openWriter(id: string, options?: WriterOptions): Promise<Writer>
  /**
   * Only what is durable is ever returned. A partition may be asked for more than once, at other offsets. ML_OFFSET_GONE, with `start` and `end` in its details, for an offset that is no longer
   * kept or lies beyond the end.
   */
  read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult>
  /** Removes what lies before the offset, sooner or later. Never what is not durable. */
  trim(topic: string, partition: number, before: number): Promise<void>
  /**
   * Appends that were begun and have not ended, the oldest first: also those of processes that are no more. What is read of their partitions ends
   * before them. Absent where an append is one step.
   */
  openTransactions?(): Promise<readonly OpenTransaction[]>
  /**
   * Does what holds the thread for long, as a slow model does, at a moment when no append of this process is under way. Absent where an append
   * may take as long as it will.
   */
  quietly?<Result>(work: () => Promise<Result>): Promise<Result>
  /** Gives it up; what was acknowledged is durable. */
  close(): Promise<void>
}
