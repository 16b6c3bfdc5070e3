// Learns a range of examples or rows once more, in the order in which they were learnt: after a restart.
import type { Learner } from '../contracts/learner.ts'
import type { Log } from '../contracts/log.ts'
import type { LanePosition } from './exchange/lane.ts'
import { merge, Merged } from './exchange/merge.ts'
import { fillLane } from './fill-lane.ts'
import type { LearnerPlace } from './learner-snapshots.ts'
import { lanesOf, START, type TaskInput } from './merge-task.ts'
import { learnerRows, type Lessons } from './operators/learner-rows.ts'

const BATCH_ROWS = 4096

export interface RelearnOptions {
  readonly learner: Learner
  readonly inputs: readonly TaskInput[]
  readonly lessons: Lessons
  /** What it has learnt already. */
  readonly from: LearnerPlace
  /** Where its lanes are to stand then. */
  readonly to: readonly LanePosition[]
}

/**
 * The order is that of the lanes' merge times whatever the batches were, because lanes of examples are never idle and always hold.
 * @returns how many examples were learnt.
 */
export async function relearn(
  log: Log,
  { learner, inputs, lessons, from, to }: RelearnOptions,
): Promise<number> {
  const lanes = lanesOf(inputs, from.lanes.length === 0 ? undefined : from.lanes)
  let rows = 0
  for (const [i, lane] of lanes.entries())
    rows += await fillLane(log, lane, [from.lanes[i] ?? START, to[i]])
  const merged = new Merged(inputs.length, Math.min(BATCH_ROWS, Math.max(rows, 1)))
  let skip = from.rows
  let learnt = 0
  while (rows > 0) {
    const limit = Math.min(rows, BATCH_ROWS)
    merge(lanes, { waits: inputs.map(() => 0), behind: 0, now: 0, limit }, merged)
    if (merged.count === 0) break
    rows -= merged.count
    const taken = learnerRows(merged.inputs[0], lessons, Math.min(skip, merged.count))
    skip = Math.max(0, skip - merged.count)
    const { columns, labels, times, arms, count } = taken
    learnt += count - learner.learn({ columns, from: 0, to: count, times, arms }, labels)
  }
  return learnt
}
