// What a supervisor and its workers tell each other. Plain data: it crosses a process boundary.
import type { ErrorCode, ErrorDetails } from '../base/errors.ts'
import type { Told } from '../engine/look.ts'
import type { Scale } from '../engine/scale.ts'
import type { RestoreProgress } from '../engine/restore-progress.ts'
import type { TaskFigures } from '../engine/task-figures.ts'
import type { Origin } from '../contracts/origin.ts'
import type { ProgressFigure } from '../contracts/run-report.ts'
import type { ArtefactPlace } from './versions/artefacts.ts'
import type { KnownHangs } from './versions/hang-ledger.ts'

export interface WorkerJob {
  readonly kind: 'start'
  readonly file: string
  readonly reach: string
  readonly scale: Scale
  readonly sources: readonly (readonly [stream: string, partitions: number])[]
  /** Digest the supervisor's plan has: a worker with another one refuses (ENGINE 12). */
  readonly plan: string
  /** What that plan was made from. */
  readonly origin: Origin
  /** Indexes of its tasks in the list of the plan's tasks. */
  readonly tasks: readonly number[]
  /** Indexes of those that it keeps copies of. */
  readonly copies: readonly number[]
  /** Whether other supervisors run tasks of the pipeline: a task that another one opened is then given up, and nothing else. */
  readonly shared: boolean
  readonly batchRows: number | undefined
  /** Where the bytes of each model lie in the log. */
  readonly models: readonly (readonly [model: string, place: ArtefactPlace])[]
  /** Calls of models that hung in these tasks. */
  readonly hangs: readonly KnownHangs[]
  /** Models that are not called. */
  readonly quarantined: readonly string[]
}

/** To a worker that has no job yet: what it can load for one. */
export interface PrepareJob {
  readonly kind: 'prepare'
  readonly file: string
  /** What `OpenedLog.reach` of the job will be, where that is known: of a cluster. */
  readonly reach: string | undefined
}

/** The tasks to run from now on; all others end, their commits and writers with them. */
export interface AssignJob {
  readonly kind: 'assign'
  /** Of the answer `settled`. */
  readonly round: number
  readonly tasks: readonly number[]
  /** Those that run elsewhere, and that it keeps copies of. */
  readonly copies: readonly number[]
  /** Calls of models that hung in these tasks. */
  readonly hangs: readonly KnownHangs[]
}

/** All tasks end, for good; what they told last is told on. The worker stays until it is to stop. */
export interface FinishJob {
  readonly kind: 'finish'
  /** Of the answer `settled`. */
  readonly round: number
}

export interface StopJob {
  readonly kind: 'stop'
}

/** Which models are not called from now on. */
export interface QuarantineNews {
  readonly kind: 'quarantined'
  readonly models: readonly string[]
}

/** Asks for the features of a key. */
export interface LookJob {
  readonly kind: 'look'
  readonly id: number
  /** Index of the task that owns the key. */
  readonly task: number
  readonly set: string
  readonly key: string
  readonly at: number | undefined
}

export type ToWorker =
  | PrepareJob
  | WorkerJob
  | AssignJob
  | FinishJob
  | StopJob
  | QuarantineNews
  | LookJob

/** An error as it crosses between processes. */
export interface ErrorNews {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
}

export interface TaskStatus extends TaskFigures {
  readonly index: number
  /** -Infinity before anything came; Infinity at the end. JSON cannot hold them, the channel can. */
  readonly progress: number
  readonly ended: boolean
  /** Why it takes nothing; undefined while it works. */
  readonly paused: string | undefined
  readonly counts: Readonly<Record<string, number>>
}

/** A copy of a task that runs at another supervisor. */
export interface CopyStatus {
  readonly index: number
  /** Offsets of the task's commits between it and the end; undefined before it was read for the first time. */
  readonly behind: number | undefined
}

/** A task of its own that gets its state back. */
export interface RestoreStatus extends RestoreProgress {
  readonly index: number
}

/** Figures of one version of a model. */
export interface ModelStatus {
  readonly model: string
  /** Of model-version.ts. */
  readonly version: number
  readonly count: number
  readonly figure: ProgressFigure
  readonly value: number
  /** The same of who knows the labels' shares or mean alone. */
  readonly base: number
}

export type FromWorker =
  | {
      readonly kind: 'status'
      readonly tasks: readonly TaskStatus[]
      readonly models: readonly ModelStatus[]
      readonly copies: readonly CopyStatus[]
      readonly restoring: readonly RestoreStatus[]
      readonly cpuSeconds: number
      readonly peakBytes: number
      /** Resident now. */
      readonly memoryBytes: number
    }
  | {
      readonly kind: 'failed'
      readonly code: ErrorCode
      readonly message: string
      readonly details: ErrorDetails
      readonly stack: string
      readonly retryable: boolean
    }
  | {
      readonly kind: 'looked'
      readonly id: number
      readonly told: Told | undefined
      readonly error: ErrorNews | undefined
    }
  /** All has ended that was not to run any more in that round. */
  | { readonly kind: 'settled'; readonly round: number }
  /** Another supervisor's worker opened a task. */
  | { readonly kind: 'fenced'; readonly task: number }
  | { readonly kind: 'stopped' }
