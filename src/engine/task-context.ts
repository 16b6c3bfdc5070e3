// What a task is given from outside, and what it tells.
import type { Clock } from '../contracts/clock.ts'
import type { Log } from '../contracts/log.ts'
import type { Steps } from '../contracts/steps.ts'
import type { StateReading } from './recovery.ts'
import type { TellRestore } from './restore-progress.ts'

/** How a task works; no result depends on any of it. */
export interface TaskTuning {
  /** Rows of a batch at most. Default 4096. */
  readonly batchRows: number
  /** Bytes a lane buffers at most before it is not fetched further. Default 1 MiB. */
  readonly laneBytes: number
  /** Commits under way at most. Default 2. */
  readonly inFlight: number
  /** A new snapshot starts when the deltas since the last exceed the state and this many bytes. Default 1 MiB. */
  readonly snapshotBytes: number
  /** How long commits, deltas and one snapshot before them are kept, ms of the clock. Default 7 d. */
  readonly replayMs: number
  /** Predictions that a join keeps in memory before it seals them into a run of the log. Default 65536; at most 262144. */
  readonly sealRows: number
}

export const TUNING: TaskTuning = {
  batchRows: 4096,
  laneBytes: 1 << 20,
  inFlight: 2,
  snapshotBytes: 1 << 20,
  replayMs: 7 * 86_400_000,
  sealRows: 65_536,
}

export interface TaskContext {
  readonly log: Log
  readonly clock: Clock
  readonly steps: Steps
  readonly tuning: TaskTuning
  /** Stops the task at its next await. */
  readonly signal: AbortSignal
  /** A copy of its state that was kept here, used up by it: only what was committed behind it is read. Default: none. */
  readonly copy?: StateReading | undefined
  /** Told again and again while its state is read. Default: nobody is. */
  readonly restoring?: TellRestore | undefined
}
