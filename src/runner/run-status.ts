// How far a run is, as it is told a few times a second and at its end.
import type { ModelStatus, RestoreStatus } from './messages.ts'
import type { StageStatus, TaskName } from './stage-status.ts'
import type { VersionState } from './versions/model-state.ts'

export interface RunStatus {
  readonly stages: readonly StageStatus[]
  /** Of versions that have labels. */
  readonly models: readonly ModelStatus[]
  /** Digest of the version that runs, by model. */
  readonly versions: Readonly<Record<string, string>>
  /** Of all processes of the run, this one included. */
  readonly cpuSeconds: number
  /** Of the workers alone. */
  readonly workerCpuSeconds: number
  /** Sum of the peaks of all processes, bytes. */
  readonly peakMemoryBytes: number
  readonly restarts: number
  /** The source task that is least far, where another is further: rows may wait for it. */
  readonly behind: TaskName | undefined
  /** Versions of models that hung too often and are not called. */
  readonly quarantined: readonly VersionState[]
  /** Of its tasks, those that get their state back now. */
  readonly restoring: readonly RestoreStatus[]
  /** Topics of other clusters that do not answer and are waited for, each with what was found. */
  readonly away: readonly string[]
  readonly ended: boolean
}
