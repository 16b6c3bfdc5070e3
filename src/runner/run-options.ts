// How a run is asked for.
import type { CopyProgress } from './copying/copy-source.ts'
import type { RunningPipeline } from './edge/running.ts'
import type { RunStatus } from './run-status.ts'

export interface RunOptions {
  /** The definition's file. */
  readonly file: string
  /** Where the log lives. */
  readonly log: string
  /** Tasks a stage, for a pipeline that runs the first time. Default 2. */
  readonly partitions?: number
  /** Worker processes. Default: one a core, at most one a partition. */
  readonly workers?: number
  /**
   * A name of its own among the supervisors of a cluster, kept over restarts: who comes back within the session finds its tasks.
   * Default: none.
   */
  readonly member?: string
  /** Copies that other supervisors keep of each task with a state, so that they take it over without restoring it. Default 0. */
  readonly standbys?: number
  /** Rows of a batch at most; no result depends on it. */
  readonly batchRows?: number
  /** How long a call of a model that states no deadline of its own may take, ms. Default 30 000. */
  readonly deadlineMs?: number
  /** What one call of a model may add to the memory of its worker, bytes. Default: a quarter of all there is. Held on Linux. */
  readonly callMemoryBytes?: number
  /** Calls of one version that may hang before it is quarantined. Default 3. */
  readonly hangsMax?: number
  /** Whether to stop when every input has ended. Default false. */
  readonly untilEnd?: boolean
  /** Whether features may count less than they say, where the input no longer reaches back. Default false. */
  readonly acceptPartial?: boolean
  /** Whether to go on without records that are no longer kept and were not read yet. Default false. */
  readonly acceptGap?: boolean
  /** Told once, when the workers are being started: what is asked of the run while it goes on. */
  readonly onRunning?: (running: RunningPipeline) => void
  /** Told a few times a second. */
  readonly onStatus?: (status: RunStatus) => void
  readonly signal?: AbortSignal
  /** Told how far a file, or a topic of another cluster, is read that a stream comes from. */
  readonly onReading?: (progress: CopyProgress) => void
}
