// What models have learnt in the stream, from what the tasks that learn counted.
import type { LearningReport } from '../contracts/run-report.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { sumOf, type TaskState } from './read-state.ts'

export function learningReports(
  tasks: readonly TaskPlan[],
  states: readonly TaskState[],
): LearningReport[] {
  return tasks.flatMap((task) =>
    task.kind === 'learner' ? [learningReport(task.model.name, states)] : [],
  )
}

function learningReport(model: string, states: readonly TaskState[]): LearningReport {
  const counts = sumOf(states, (task) => task.kind === 'learner' && task.model.name === model)
  const { learnt = 0, badLabel = 0, badFeature = 0, unknownFeatures = 0 } = counts
  const { snapshots = 0, snapshotBytes = 0, newestFrom = 0, newestBytes = 0 } = counts
  return {
    model,
    learnt,
    refused: badLabel + badFeature + unknownFeatures,
    badLabel,
    badFeature,
    unknownFeatures,
    snapshots,
    snapshotBytes,
    newest: snapshots === 0 ? undefined : { from: newestFrom, bytes: newestBytes },
  }
}
