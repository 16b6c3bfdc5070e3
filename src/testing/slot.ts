// What a world knows of a worker, and of the process beside it.
import type { SimProcess } from './sim-process.ts'

/** A process beside a worker that keeps copies of its tasks. */
export interface Standby {
  readonly process: SimProcess
  /** From then on it is the worker. */
  readonly promote: () => void
}

export interface Slot {
  readonly tasks: readonly number[]
  process: SimProcess | undefined
  standby: Standby | undefined
  /** Tasks that came to the end of their inputs, of this process. */
  ended: Set<number>
  finished: boolean
  starts: number
}
