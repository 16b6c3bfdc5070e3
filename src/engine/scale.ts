// How many tasks each stage has. All have as many as the first run said, but those that were rescaled. JSON: it lies in the control topic.
import type { Plan } from '../pipeline/plan.ts'

export interface Scale {
  /** Tasks of a stage, and of a join. */
  readonly partitions: number
  /** Tasks of stages that have another number, by their name. */
  readonly rescaled?: Readonly<Record<string, number>>
  /** The most tasks that the stage before a join ever had, by model: lanes stay, what lies in them is not lost. */
  readonly waiting?: Readonly<Record<string, number>>
}

export function tasksOfStage({ partitions, rescaled }: Scale, stage: string): number {
  return rescaled?.[stage] ?? partitions
}

/** Tasks that write, or wrote, predictions that wait for the labels of a model. */
export function waitingWriters({ partitions, waiting }: Scale, model: string): number {
  return waiting?.[model] ?? partitions
}

/** The most tasks that any stage has. */
export function mostTasks({ partitions, rescaled }: Scale): number {
  return Math.max(partitions, ...Object.values(rescaled ?? {}))
}

/** Only what makes up a scale, of something that has one. */
export function scaleOf({ partitions, rescaled, waiting }: Scale): Scale {
  return {
    partitions,
    ...(rescaled === undefined ? {} : { rescaled }),
    ...(waiting === undefined ? {} : { waiting }),
  }
}

/** The scale of a plan when a stage of it gets another number of tasks. */
export function rescaledTo(
  scale: Scale,
  { stages }: Plan,
  { stage, tasks }: { readonly stage: string; readonly tasks: number },
): Scale {
  const { partitions } = scale
  const rescaled = { ...scale.rescaled, [stage]: tasks }
  const last = stages[stages.length - 1]
  const waiting = { ...scale.waiting }
  if (last.name === stage)
    for (const { name, labels } of last.models)
      if (labels !== undefined)
        waiting[name] = Math.max(tasks, tasksOfStage(scale, stage), waitingWriters(scale, name))
  return {
    partitions,
    rescaled,
    ...(Object.keys(waiting).length === 0 ? {} : { waiting }),
  }
}
