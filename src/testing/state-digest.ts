// Digests of the states of tasks, without what depends on how rows were cut into commits.
import { createHash } from 'node:crypto'
import type { Log } from '../contracts/log.ts'
import { OF_VERSIONS } from '../engine/operators/drift-body.ts'
import type { StateMemory } from '../engine/state/memory.ts'
import { runsTopic } from '../engine/task-names.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { eachWaiting } from '../engine/waiting/each-waiting.ts'
import { ROOM } from '../engine/waiting/waiting-room.ts'

/** Of all that is measured of models. */
export function metricsDigest(memory: StateMemory): string {
  return memory.digest((name) => !isMetrics(name))
}

function isMetrics(name: string): boolean {
  return name === 'metrics' || name.startsWith('metrics/')
}

/**
 * A digest of the state. Of what waits, it is one of the rows: where they and their receipts lie, and which version made them, depends on
 * the cut of commits, and so do the metrics of a version.
 */
export async function digestOf(log: Log, memory: StateMemory, task: TaskPlan): Promise<string> {
  // Detectors of a version know when it came.
  if (task.kind === 'drift')
    return memory.digest((name) => name === 'counts' || name.startsWith(OF_VERSIONS))
  if (task.kind !== 'join') return memory.digest()
  const { pipeline, number } = task.spec
  const place = { topic: runsTopic(pipeline, task.model.name), partition: number }
  const lines: string[] = []
  await eachWaiting(memory, { log, ...place }, (row) => {
    const { status, due, order, time, score, label, labelTime } = row
    const id = Buffer.from(row.id).toString('utf8')
    lines.push(JSON.stringify([id, status, due, order, time, score, label, labelTime]))
  })
  const others = memory.digest((name) => name.startsWith(`${ROOM}/`) || isMetrics(name))
  return createHash('sha256').update(others).update(lines.sort().join('\n')).digest('hex')
}
