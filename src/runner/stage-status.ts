// What the tasks of a run have told, by stage.
import { readsSource, type TaskPlan } from '../engine/task-plan.ts'
import type { TaskStatus } from './messages.ts'

export interface StageStatus {
  readonly stage: string
  readonly kind: TaskPlan['kind']
  readonly counts: Readonly<Record<string, number>>
  /** The least of its tasks, ms. */
  readonly progress: number
  readonly ended: boolean
  /** Why it takes nothing; undefined while it works. */
  readonly paused: string | undefined
}

export interface TaskName {
  readonly stage: string
  readonly task: number
}

/** @param told what each task told last, by its index. */
export function stagesOf(
  tasks: readonly TaskPlan[],
  told: ReadonlyMap<number, TaskStatus>,
): StageStatus[] {
  const stages = new Map<
    string,
    {
      kind: StageStatus['kind']
      counts: Record<string, number>
      progress: number
      ended: boolean
      paused: string | undefined
    }
  >()
  tasks.forEach(({ spec, kind }, index) => {
    const task = told.get(index)
    const stage = stages.get(spec.stage) ?? {
      kind,
      counts: {},
      progress: Infinity,
      ended: true,
      paused: undefined,
    }
    stages.set(spec.stage, stage)
    stage.progress = Math.min(stage.progress, task?.progress ?? -Infinity)
    stage.ended &&= task?.ended ?? false
    stage.paused ??= task?.paused
    for (const [name, count] of Object.entries(task?.counts ?? {}))
      stage.counts[name] = (stage.counts[name] ?? 0) + count
  })
  return [...stages].map(([stage, of]) => ({ stage, ...of }))
}

/** The source task that is least far, where another is further. */
export function sourceBehind(
  tasks: readonly TaskPlan[],
  told: ReadonlyMap<number, TaskStatus>,
): TaskName | undefined {
  let least: TaskName | undefined
  let leastProgress = Infinity
  let most = -Infinity
  tasks.forEach((task, index) => {
    if (!readsSource(task)) return
    const { spec } = task
    const progress = told.get(index)?.progress ?? -Infinity
    most = Math.max(most, progress)
    if (progress >= leastProgress) return
    leastProgress = progress
    least = { stage: spec.stage, task: spec.number }
  })
  return leastProgress < most ? least : undefined
}
