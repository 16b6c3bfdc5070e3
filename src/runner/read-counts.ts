// Counts of a task, by their names.
import { JOIN_COUNTS } from '../engine/operators/join-body.ts'
import { SOURCE_COUNTS } from '../engine/operators/source-body.ts'
import { STAGE_COUNTS } from '../engine/operators/stage-body.ts'
import type { TaskPlan } from '../engine/pipeline-tasks.ts'

const NAMES = { source: SOURCE_COUNTS, stage: STAGE_COUNTS, join: JOIN_COUNTS } as const

/** @param counts in the order of their names, as a commit or the task's memory has them. */
export function namedCounts(
  counts: readonly number[],
  kind: TaskPlan['kind'],
): Readonly<Record<string, number>> {
  return Object.fromEntries(NAMES[kind].map((name, i) => [name, counts[i] ?? 0]))
}
