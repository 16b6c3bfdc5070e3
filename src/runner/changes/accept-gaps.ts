// Gaps between where a pipeline's sources stand and what their topics still keep: found before anything runs, passed by command only.
import type { Log } from '../../contracts/log.ts'
import type { PlanChange } from '../../engine/change/plan-change.ts'
import { laneFromJson } from '../../engine/commit-record.ts'
import { behindGaps, gapAt, gapError, type SourceStand } from '../../engine/gap.ts'
import { readsSource, type TaskPlan } from '../../engine/task-plan.ts'
import { lastCommit } from '../../engine/recovery.ts'
import { taskId } from '../../engine/task-spec.ts'
import { gapsOf, record } from '../control.ts'

export interface GapsOf {
  readonly pipeline: string
  readonly tasks: readonly TaskPlan[]
  /** How the tasks begin, where they have not begun since. */
  readonly change: PlanChange | undefined
  /** Whether to go on without what is missing. */
  readonly accept: boolean
}

/** @throws StateError ML_GAP for records that are missing and were not accepted, and for a topic that was made again. */
export async function acceptGaps(log: Log, of: GapsOf): Promise<void> {
  const { pipeline, accept } = of
  const known = await gapsOf(log, pipeline)
  const found: SourceStand[] = []
  for (const task of of.tasks) {
    const stand = await standOf(log, task, of.change)
    if (stand === undefined) continue
    const here = { ...stand, next: behindGaps(known, stand) }
    if (gapAt(here) !== undefined) found.push(here)
  }
  if (found.length > 0 && !accept) throw gapError(found[0])
  for (const stand of found) {
    const gap = gapAt(stand)
    const readAt = Number.isFinite(stand.readAt) ? stand.readAt : null
    if (gap !== undefined)
      await record(log, { kind: 'gap', pipeline, ...gap, readAt, at: Date.now() })
  }
}

/** undefined for a task that reads no topic from outside, and for one that begins at the oldest record there is. */
async function standOf(
  log: Log,
  task: TaskPlan,
  change: PlanChange | undefined,
): Promise<SourceStand | undefined> {
  if (!readsSource(task)) return undefined
  const last = await lastCommit(log, task.spec)
  const start = change?.starts[taskId(task.spec)]
  const begins = start !== undefined && (last?.number ?? 0) <= start.after
  const lane = begins ? laneFromJson(start.lanes[0]) : last?.lanes[0]
  if (lane === undefined) return undefined
  const { topic } = task.stream
  const partition = task.spec.number
  const { start: kept = 0, end = 0 } = (await log.topic(topic))?.parts[partition] ?? {}
  const readAt = last?.tick ?? NaN
  return { topic, partition, next: lane.offset, start: kept, end, readAt }
}
