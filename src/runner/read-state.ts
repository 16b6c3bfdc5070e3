// What the tasks of a pipeline have committed: counts and metrics, read from the log as it stands.
import type { Log } from '../contracts/log.ts'
import type { TaskPlan } from '../engine/pipeline-tasks.ts'
import { restore } from '../engine/recovery.ts'
import { StateMemory } from '../engine/state/memory.ts'
import { ModelMetrics, type ModelReport } from './model-metrics.ts'
import { readCounts } from './read-counts.ts'

export interface TaskState {
  readonly plan: TaskPlan
  readonly counts: Readonly<Record<string, number>>
  /** Number of its last commit, 0 before the first. */
  readonly commits: number
  /** ms; Infinity at the end, -Infinity before it began. */
  readonly progress: number
  readonly stateBytes: number
}

export interface PipelineState {
  readonly tasks: readonly TaskState[]
  readonly models: ReadonlyMap<string, ModelReport>
}

export async function readState(log: Log, tasks: readonly TaskPlan[]): Promise<PipelineState> {
  const states: TaskState[] = []
  const metrics = new Map<string, ModelMetrics>()
  for (const plan of tasks) {
    const { memory, last } = await restore(log, plan.spec)
    const stateBytes = memory.bytes
    if (plan.kind === 'join') {
      const all = metrics.get(plan.model.name) ?? new ModelMetrics(new StateMemory())
      all.merge(new ModelMetrics(memory))
      metrics.set(plan.model.name, all)
    }
    states.push({
      plan,
      counts: readCounts(memory, plan.kind),
      commits: last?.number ?? 0,
      progress: last?.progress ?? -Infinity,
      stateBytes,
    })
  }
  return {
    tasks: states,
    models: new Map([...metrics].map(([name, each]) => [name, each.report()])),
  }
}

/** Counts of a kind of tasks, added up. */
export function sumOf(
  tasks: readonly TaskState[],
  is: (plan: TaskPlan) => boolean,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {}
  for (const { plan, counts } of tasks) {
    if (!is(plan)) continue
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count
  }
  return sum
}
