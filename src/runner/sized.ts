// The tasks of a definition, as many as a log's topics and its first run ask for.
import type { Log } from '../contracts/log.ts'
import { tasksOf, type PipelineTasks } from '../engine/pipeline-tasks.ts'
import type { Scale } from '../engine/scale.ts'
import type { Definition } from './load-definition.ts'

export interface RunLayout extends PipelineTasks, Scale {
  readonly sources: ReadonlyMap<string, number>
}

/** The tasks of a definition on this log, and the topics they need. */
export async function sized(
  log: Log,
  { plan, schemas }: Definition,
  scale: Scale,
): Promise<RunLayout> {
  const sources = new Map<string, number>()
  for (const { name, topic } of plan.streams)
    sources.set(name, (await log.topic(topic))?.partitions ?? scale.partitions)
  return { ...tasksOf(plan, schemas, { ...scale, sources }), ...scale, sources }
}
