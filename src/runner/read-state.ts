// What the tasks of a pipeline have committed: counts and metrics, read from the log as it stands.
import type { Log } from '../contracts/log.ts'
import { NO_COMMITS } from '../engine/commit-times.ts'
import type { LanePosition } from '../engine/exchange/lane.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { lastCommit, restore } from '../engine/recovery.ts'
import { StateMemory } from '../engine/state/memory.ts'
import type { TaskStatus } from './messages.ts'
import { ModelMetrics } from './model-metrics.ts'
import { versionMetrics, versionsRun, type VersionMetrics } from './versions/version-metrics.ts'
import { namedCounts } from './read-counts.ts'

export interface TaskState {
  readonly plan: TaskPlan
  readonly counts: Readonly<Record<string, number>>
  /** Number of its last commit, 0 before the first. */
  readonly commits: number
  /** When the log took that one, ms since 1970; undefined before the first. */
  readonly committedAt: number | undefined
  /** ms; Infinity at the end, -Infinity before it began. */
  readonly progress: number
  readonly stateBytes: number
  /** How far each of its lanes is read; none before its first commit. */
  readonly lanes: readonly LanePosition[]
}

/** From their last commits; no state is restored. */
export async function readTasks(log: Log, tasks: readonly TaskPlan[]): Promise<TaskState[]> {
  return Promise.all(
    tasks.map(async (plan) => {
      const last = await lastCommit(log, plan.spec)
      return {
        plan,
        counts: namedCounts(last?.counts ?? [], plan),
        commits: last?.number ?? 0,
        committedAt: last?.appendedAt,
        progress: last?.progress ?? -Infinity,
        stateBytes: last?.stateBytes ?? 0,
        lanes: last?.lanes ?? [],
      }
    }),
  )
}

/** Metrics of every model with labels, by its name, version by version. Restores the state of the joins. */
export async function readMetrics(
  log: Log,
  pipeline: string,
  tasks: readonly TaskPlan[],
): Promise<ReadonlyMap<string, readonly VersionMetrics[]>> {
  const metrics = new Map<string, ModelMetrics>()
  for (const plan of tasks) {
    if (plan.kind !== 'join') continue
    const { memory } = await restore(log, plan.spec)
    const labels = plan.model.labels ?? {}
    const all = metrics.get(plan.model.name) ?? new ModelMetrics(new StateMemory(), labels)
    all.merge(new ModelMetrics(memory, labels))
    metrics.set(plan.model.name, all)
  }
  const versions = await versionsRun(log, pipeline)
  return new Map(
    [...metrics].map(([name, each]) => [name, versionMetrics(each, versions.get(name) ?? [])]),
  )
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

/** A task as its last commit says it is: one that runs elsewhere, or not yet. */
export function statusOf({ progress, counts }: TaskState, index: number): TaskStatus {
  return {
    index,
    progress,
    counts,
    ended: progress === Infinity,
    paused: undefined,
    lanes: [],
    waitsFor: undefined,
    commits: NO_COMMITS,
  }
}
