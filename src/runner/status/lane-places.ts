// Which partitions a task reads, in the order of the lanes of its commits, and which task writes each.
import { isOfStage, readsSource, type TaskPlan } from '../../engine/task-plan.ts'
import { learnsFromLabels } from '../../engine/learning-models.ts'
import { isWatched } from '../../engine/watched-models.ts'
import { examplesTopic, judgedTopic, learntTopic } from '../../engine/task-names.ts'
import type { Hop } from '../../engine/exchange/router.ts'

export interface LanePlace {
  readonly topic: string
  readonly partition: number
  /** Whether rows of other lanes wait for it. */
  readonly holds: boolean
}

export interface TaskName {
  readonly stage: string
  readonly task: number
}

export function placesOf(plan: TaskPlan): LanePlace[] {
  if (readsSource(plan))
    return [{ topic: plan.stream.topic, partition: plan.spec.number, holds: false }]
  return plan.inputs.flatMap(({ topic, partitions, primary, waitMs }) =>
    partitions.map((partition) => ({ topic, partition, holds: primary || waitMs > 0 })),
  )
}

/** Finds the task that writes a partition between tasks; undefined where something outside does. */
export function writersOf(
  plans: readonly TaskPlan[],
): (topic: string, partition: number) => TaskName | undefined {
  const writers = new Map<string, TaskName>()
  const readers = new Map<string, number>()
  for (const plan of plans) {
    for (const { topic, writer, partitions } of hopsOf(plan)) {
      readers.set(topic, partitions)
      writers.set(`${topic}/${writer}`, { stage: plan.spec.stage, task: plan.spec.number })
    }
  }
  return (topic, partition) =>
    writers.get(`${topic}/${Math.floor(partition / (readers.get(topic) ?? 1))}`)
}

/** Lane (writer, task) is partition `writer * partitions + task`. */
type LaneHop = Pick<Hop, 'topic' | 'writer' | 'partitions'>

/** Where a task writes to other tasks. */
export function hopsOf(plan: TaskPlan): readonly LaneHop[] {
  const hops: (LaneHop | undefined)[] = []
  const { pipeline, number } = plan.spec
  if (plan.kind === 'join' && learnsFromLabels(plan.model))
    hops.push({ topic: examplesTopic(pipeline, plan.model.name), writer: number, partitions: 1 })
  if (plan.kind === 'learner')
    hops.push({
      topic: learntTopic(pipeline, plan.model.name),
      writer: 0,
      partitions: plan.predicting,
    })
  if (plan.kind === 'join' && isWatched(plan.model))
    hops.push({ topic: judgedTopic(pipeline, plan.model.name), writer: number, partitions: 1 })
  if (isOfStage(plan))
    hops.push(
      plan.next,
      ...[...plan.waiting, ...plan.learning, ...plan.watched].map(({ hop }) => hop),
    )
  if (readsSource(plan)) {
    const { rows, sets, labels } = plan.routes
    hops.push(rows?.hop, ...[...sets, ...labels].map(({ hop }) => hop))
  }
  return hops.filter((hop) => hop !== undefined)
}
