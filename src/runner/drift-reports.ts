// Drifts of a pipeline, from the topic they are written to.
import type { DriftEvent } from '../contracts/drift-event.ts'
import type { Log } from '../contracts/log.ts'
import type { DriftReport } from '../contracts/run-report.ts'
import { readPartition } from '../engine/read-partition.ts'
import { driftsTopic } from '../engine/task-names.ts'
import type { Plan } from '../pipeline/plan.ts'

/** So many of a model are told; the topic has all. */
const NEWEST = 20

/** Of each model that is watched, the drifts so far. */
export async function driftReports(log: Log, plan: Plan): Promise<DriftReport[]> {
  const watched = plan.stages.flatMap(({ models }) => models).filter(({ drift }) => drift)
  if (watched.length === 0) return []
  const found = new Map(watched.map(({ name }) => [name, { count: 0, newest: [] as DriftEvent[] }]))
  const topic = driftsTopic(plan.pipeline)
  const from = (await log.topic(topic))?.parts[0]?.start
  if (from !== undefined)
    await readPartition(log, { topic, partition: 0, from }, (_, value) => {
      const event: DriftEvent = JSON.parse(Buffer.from(value).toString('utf8'))
      const own = found.get(event.model)
      if (own === undefined) return
      own.count++
      own.newest.push(event)
      if (own.newest.length > NEWEST) own.newest.shift()
    })
  return [...found].map(([model, { count, newest }]) => ({ model, count, newest }))
}
