// What a stage does with the rows of a batch, and what it is told of the batch.
import type { Append } from '../contracts/log.ts'
import type { Unscored } from './commit-record.ts'
import type { Asked, Seen } from './look.ts'
import type { Idle } from './exchange/block-format.ts'
import type { LanePosition } from './exchange/lane.ts'
import type { Merged } from './exchange/merge.ts'

/** What a stage does with a batch. */
export interface StageBody {
  /** Event time at which the next of its timers is due, ms; Infinity or undefined: it has none. A batch whose `time` passes it fires it. */
  readonly due?: number
  /** Event time at which something is due by `settled` alone, ms; left out where nothing ever is. */
  readonly settles?: number
  /** Whole batch, in its merged order; gives what is written with its commit. */
  process(merged: Merged, batch: BatchContext): Promise<Append[]> | Append[]
  /** Whether it is not done with the last batch: it then gets one without rows, of the same progress, and so on. */
  readonly more?: boolean
  /** Rows of the last batch that a model was not called for; none where it is left out. */
  readonly unscored?: readonly Unscored[]
  /** Why no batch can be taken now; undefined, or left out, when one can. */
  readonly paused?: string | undefined
  /** Told once a batch's appends are durable, in the order of the batches, while a later one may be under way. */
  landed?(offsets: readonly number[]): void
  /** Answers a question between two batches. @param reached event time the stage has come to, ms. */
  look?(asked: Asked, reached: number): Seen | undefined
  /** A topic that is part of the state: its task alone writes and reads it. */
  readonly keeps?: KeptTopic
}

/** A topic that is trimmed with the snapshots of its task. The task's partition has the task's number. */
export interface KeptTopic {
  readonly topic: string
  /** Offset before which the state as it is needs nothing. */
  readonly oldest: () => number
  /** Where the task's lanes stood from which the state as it is must be made again; where they stand now, when it is left out. */
  readonly lanes?: () => readonly LanePosition[] | undefined
}

export interface BatchContext {
  /** No row of the stage that is still to come has a lesser merge time. */
  readonly progress: number
  /** No row of any input that holds rows back is still to come with a lesser merge time: not of the stage's own, not of a look-up that is waited for. */
  readonly settled: number
  /** Event time: the progress, or what elapsed ticks have made of it while all inputs were idle. Timers go by it. */
  readonly time: number
  /** Whether a tick made the batch: it has no rows, and its time is more than its progress. */
  readonly ticked: boolean
  /** Number of the commit. */
  readonly commit: number
  /** Where its lanes stood before the batch: only of a task that merges lanes. */
  readonly from?: readonly LanePosition[]
  /** Per input, whether all its lanes are idle and empty. */
  readonly idle: readonly Idle[]
  /** What the commit says of rows that were not scored: only in a replay of it. */
  readonly recorded?: readonly Unscored[]
}
