// Which topics the tasks of a plan write and read, and with how many partitions. Data only: creates none.
import type { TopicSpec } from '../contracts/log.ts'
import type { Plan } from '../pipeline/plan.ts'
import { keptTopics } from './kept-topics.ts'
import { isLearning } from './learning-models.ts'
import { tasksOfStage, type Scale } from './scale.ts'
import type { TaskPlan } from './task-plan.ts'
import {
  commitsTopic,
  deadLettersTopic,
  driftsTopic,
  examplesTopic,
  lateTopic,
  learnerTopic,
  receiptsTopic,
  retriesTopic,
  runsTopic,
  snapshotsTopic,
} from './task-names.ts'
import { isWatched } from './watched-models.ts'

export interface Sizing extends Scale {
  /** Partitions of each stream's topic. */
  readonly sources: ReadonlyMap<string, number>
}

/** @param tasks of the plan. */
export function topicsOf(plan: Plan, tasks: readonly TaskPlan[], sizing: Sizing): TopicSpec[] {
  const { pipeline, stages, streams } = plan
  const sizes = new Map<string, number>()
  const kept = keptTopics(plan)
  const add = (name: string, count: number): void => {
    sizes.set(name, Math.max(count, sizes.get(name) ?? 0))
  }
  for (const task of tasks) {
    add(commitsTopic(pipeline, task.spec.stage), task.spec.number + 1)
    add(snapshotsTopic(pipeline, task.spec.stage), task.spec.number + 1)
    if (task.kind === 'source') continue
    for (const { topic, partitions: lanes } of task.inputs) add(topic, Math.max(...lanes) + 1)
  }
  for (const { topic, name, late } of streams) {
    const count = sizing.sources.get(name) ?? sizing.partitions
    add(topic, count)
    add(lateTopic(name, late), count)
    add(deadLettersTopic(pipeline), count)
  }
  add(retriesTopic(pipeline), 1)
  const last = stages[stages.length - 1]
  const partitions = tasksOfStage(sizing, last.name)
  const joins = sizing.partitions
  add(deadLettersTopic(pipeline), partitions)
  for (const { everies, name } of stages)
    for (const { topic } of everies) add(topic, tasksOfStage(sizing, name))
  for (const { topic } of last.emits) add(topic, partitions)
  for (const { topics } of last.whens) for (const topic of topics) add(topic, partitions)
  if (last.models.length > 0) add(receiptsTopic(pipeline), partitions)
  for (const model of last.models) {
    const { name, labels } = model
    if (isLearning(model)) add(learnerTopic(pipeline, name), 1)
    if (isWatched(model)) add(driftsTopic(pipeline), 1)
    if (labels === undefined) continue
    add(examplesTopic(pipeline, name), joins)
    add(runsTopic(pipeline, name), joins)
  }
  return [...sizes].map(([name, count]) => {
    const retentionMs = kept.get(name)
    return { name, partitions: count, ...(retentionMs === undefined ? {} : { retentionMs }) }
  })
}
