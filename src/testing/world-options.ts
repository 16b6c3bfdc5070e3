// What a simulated run is made of, and what came of it.
import type { LoadedModel } from '../contracts/runtime.ts'
import type { JoinMetrics } from '../engine/operators/judging.ts'
import type { StateMemory } from '../engine/state/memory.ts'
import type { LabelPlan, Plan } from '../pipeline/plan.ts'
import type { EventSchema } from '../schema/event-schema.ts'
import type { Guard } from '../schema/guard.ts'
import type { Fault, Faults, Setup } from './faults.ts'
import type { Inputs } from './inputs.ts'
import type { LeftBehind } from './left-behind.ts'
import type { Observed } from './observe.ts'
import type { SparseOffsets } from './sparse-log.ts'

export interface WorldOptions {
  readonly seed: number
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
  readonly models: ReadonlyMap<string, LoadedModel>
  /** Digests of versions that give the same as `models`: a run goes on with the next one after a `newVersion`. */
  readonly versions?: readonly string[]
  readonly metrics: (memory: StateMemory, labels: LabelPlan) => JoinMetrics
  readonly guard?: Guard
  readonly inputs: Inputs
  /** Tasks a stage. */
  readonly partitions: number
  /** Offsets of the log, where they have holes. Default: they have none. */
  readonly offsets?: SparseOffsets
  readonly setup: Setup
  readonly faults: Faults
  /** Ends the run so long after the last input was written, virtual ms. Default: when every task came to the end of its inputs. */
  readonly forMs?: number
  /** What the clock says at the beginning, ms since 1970. Default: that of the scheduler. */
  readonly start?: number
  /** The power fails once all inputs of lesser phases are written. */
  readonly crashes?: readonly number[]
  /** Whether to keep what the run left behind. Default false. */
  readonly lookBack?: boolean
  /** Gets every line of the trace as it happens. */
  readonly tell?: (line: string) => void
}

export interface WorldResult {
  readonly observed: Observed
  /** undefined where it was not asked for. */
  readonly left: LeftBehind | undefined
  /** Equal for two runs of one seed. */
  readonly traceHash: string
  readonly virtualMs: number
  /** How long it took from the last fault, or from when all was well again, to the end; virtual ms. */
  readonly healthyMs: number
  /** How often each fault fired. */
  readonly fired: ReadonlyMap<Fault, number>
  /** How often each step was reached. */
  readonly steps: ReadonlyMap<string, number>
  /** How often a process died at each step. */
  readonly deaths: ReadonlyMap<string, number>
  /** How many tasks began with a copy that another process had kept. */
  readonly copiesTaken: number
}
