// Counts of a task, by their names.
import { DRIFT_COUNTS } from '../engine/operators/drift-body.ts'
import { JOIN_COUNTS } from '../engine/operators/join-body.ts'
import { LEARNER_COUNTS } from '../engine/operators/learner-body.ts'
import { sourceCounts } from '../engine/operators/source-body.ts'
import { stageCounts } from '../engine/operators/stage-counts.ts'
import { isOfStage, readsSource, type TaskPlan } from '../engine/task-plan.ts'

/** @param counts in the order of their names, as a commit or the task's memory has them. */
export function namedCounts(
  counts: readonly number[],
  task: TaskPlan,
): Readonly<Record<string, number>> {
  return Object.fromEntries(namesOf(task).map((name, i) => [name, counts[i] ?? 0]))
}

function namesOf(task: TaskPlan): readonly string[] {
  if (task.kind === 'join') return JOIN_COUNTS
  if (task.kind === 'learner') return LEARNER_COUNTS
  if (task.kind === 'drift') return DRIFT_COUNTS
  return [
    ...(readsSource(task) ? sourceCounts(task.routes) : []),
    ...(isOfStage(task) ? stageCounts(task.stage) : []),
  ]
}
