// How a task begins under a changed plan. JSON: it lies in the control topic.
import type { LaneJson } from '../commit-record.ts'
import type { Seed } from './seed.ts'

export interface TaskStart {
  /** Number of the last commit before: the first one under the plan is the next, so that receipts never name two commits alike. */
  readonly after: number
  readonly seed: Seed
  /** Where its lanes begin; of a source, where it reads on. */
  readonly lanes: readonly LaneJson[]
}
