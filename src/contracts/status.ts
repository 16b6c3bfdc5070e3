// How far a pipeline is, read from its log: what `millrace status` shows, and gives as it is with `--json`.
// A name here is a promise to whoever reads that.
import type { GapReport } from './gap-report.ts'
import type { OpenTransaction } from './log.ts'
import type {
  DriftReport,
  LearningReport,
  LabelCounts,
  QuarantineReport,
  VersionReport,
} from './run-report.ts'

export interface StatusReport {
  readonly pipeline: string
  /** Digest of the plan of the definition. */
  readonly plan: string
  /** When it was read, ms since 1970. */
  readonly at: number
  /** Whether another process has the log open: a run, most likely. */
  readonly inUse: boolean
  readonly tasks: readonly TaskReport[]
  /** Records that sources took, bad ones included. */
  readonly events: number
  /** Rows that every model predicted; undefined for a pipeline without models. */
  readonly predictions: number | undefined
  /** By model with labels. */
  readonly labels: Readonly<Record<string, LabelCounts>>
  readonly deadLetters: number
  /** Feature sets that keep keys, stage by stage. */
  readonly sets: readonly SetReport[]
  /** By model with labels: the version that runs, then those before it that labels judged. */
  readonly models: Readonly<Record<string, readonly VersionReport[]>>
  /** Of models that learn in the stream. */
  readonly learning: readonly LearningReport[]
  /** Of models that are watched for drift. */
  readonly drifts: readonly DriftReport[]
  readonly quarantined: readonly QuarantineReport[]
  /** Records that no source read, because they were no longer kept: accepted with `--accept-gap`, oldest first. */
  readonly gaps: readonly GapReport[]
  /** Supervisors that share the tasks, by name; undefined for a log that has no groups: a folder. */
  readonly members: readonly MemberReport[] | undefined
  /** How often tasks were given out anew since the group began; undefined as above. */
  readonly rebalances: number | undefined
  /** Appends to the log that were begun and have not ended, of whatever process, the oldest first; undefined where an append is one step: a folder. */
  readonly openTransactions: readonly OpenTransaction[] | undefined
}

/** One `millrace run` of several. */
export interface MemberReport {
  readonly name: string
  readonly host: string
  readonly pid: number
  /** When it began, ms since 1970. */
  readonly since: number
  readonly workers: number
  /** How many tasks it has. */
  readonly tasks: number
  /** Of how many tasks of others it keeps copies. */
  readonly copies: number
  /** Records of commits between the copy that is furthest behind and its end, as it told last; undefined where it told of none. */
  readonly copiesBehind: number | undefined
}

/** What a feature set keeps, over all tasks of its stage. */
export interface SetReport {
  readonly stage: string
  readonly set: string
  readonly keys: number
  /** Keys it may have; undefined where it has no budget of keys. */
  readonly keysMax: number | undefined
  /** Keys that were let go because their time was over. */
  readonly expired: number
  /** Keys that were let go to keep the budget. */
  readonly evicted: number
}

export interface TaskReport {
  readonly stage: string
  readonly task: number
  /** `direct`: a stage that reads the source itself. */
  readonly kind: 'source' | 'stage' | 'direct' | 'join' | 'learner' | 'drift'
  readonly counts: Readonly<Record<string, number>>
  /** Events of a source, rows of a stage, predictions of a join. */
  readonly rows: number
  /** Number of its last commit, 0 before the first. */
  readonly commits: number
  /** When the log took that one, ms since 1970; undefined before the first. */
  readonly committedAt: number | undefined
  /** Event time it has come to, ms; null before it began, and at the end. */
  readonly progress: number | null
  /** Whether it has done all of inputs that have ended. */
  readonly ended: boolean
  readonly stateBytes: number
  /** What it has not taken yet: of a source records, of others blocks of rows. */
  readonly lag: number
  /** For how long the oldest of that lies in the log, seconds, by the log's clock and that of who asks; 0 where it has taken all. */
  readonly lagSeconds: number
  /** What holds back rows that it has: undefined where nothing does. */
  readonly waitsFor: LaneReport | undefined
  /** Name of the supervisor it runs at; undefined while it runs at none, and for a log that has no groups. */
  readonly member: string | undefined
  /** How far it is with getting its state back, as its supervisor told last; undefined while it does not. */
  readonly restoring: RestoreReport | undefined
  /** Copies of it at other supervisors, as those told last. */
  readonly copies: readonly CopyReport[]
  /** Why it takes nothing until a person helps; undefined while it works. */
  readonly paused: string | undefined
}

export interface RestoreReport {
  /** Of `total`: offsets of its snapshot and of the commits behind it that were gone over. */
  readonly done: number
  readonly total: number
  /** Bytes that were read. */
  readonly bytes: number
}

export interface CopyReport {
  /** The supervisor that keeps it. */
  readonly member: string
  /** Records of commits between it and the end; undefined before it was read for the first time. */
  readonly behind: number | undefined
}

export interface LaneReport {
  readonly topic: string
  readonly partition: number
  /** The task that writes there. */
  readonly writer: { readonly stage: string; readonly task: number } | undefined
}
