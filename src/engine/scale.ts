// How many tasks each stage has. All have as many as the first run said, but those that were rescaled. JSON: it lies in the control topic.
import type { Plan } from '../pipeline/plan.ts'
import { learnsFromRows } from './learning-models.ts'
import { isWatched } from './watched-models.ts'

export interface Scale {
  /** Tasks of a stage, and of a join. */
  readonly partitions: number
  /** Tasks of stages that have another number, by their name. */
  readonly rescaled?: Readonly<Record<string, number>>
  /** The most tasks that ever predicted with a model, by model: lanes from them stay, what lies in them is not lost. */
  readonly predicting?: Readonly<Record<string, number>>
}

export function tasksOfStage({ partitions, rescaled }: Scale, stage: string): number {
  return rescaled?.[stage] ?? partitions
}

/** Tasks that write, or wrote, predictions of a model to its join, or rows to the task that learns from them. */
export function predictionWriters({ partitions, predicting }: Scale, model: string): number {
  return predicting?.[model] ?? partitions
}

/** The most tasks that any stage has. */
export function mostTasks({ partitions, rescaled }: Scale): number {
  return Math.max(partitions, ...Object.values(rescaled ?? {}))
}

/** Only what makes up a scale, of something that has one. */
export function scaleOf({ partitions, rescaled, predicting }: Scale): Scale {
  return {
    partitions,
    ...(rescaled === undefined ? {} : { rescaled }),
    ...(predicting === undefined ? {} : { predicting }),
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
  const predicting = { ...scale.predicting }
  if (last.name === stage)
    for (const model of last.models)
      if (model.labels !== undefined || learnsFromRows(model) || isWatched(model))
        predicting[model.name] = Math.max(
          tasks,
          tasksOfStage(scale, stage),
          predictionWriters(scale, model.name),
        )
  return {
    partitions,
    rescaled,
    ...(Object.keys(predicting).length === 0 ? {} : { predicting }),
  }
}
