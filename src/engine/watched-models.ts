// Models that are watched for drift: which numbers go to the task that watches, and from where.
import type { DriftPlan, ModelPlan, WindowDriftPlan } from '../pipeline/plan.ts'
import { layoutOf, type Layout } from './exchange/layout.ts'

export type WatchedModel = ModelPlan & {
  readonly drift: readonly DriftPlan[]
  readonly windowDrift: readonly WindowDriftPlan[]
}

type Watched = Pick<DriftPlan, 'of' | 'feature'>

export function isWatched(model: ModelPlan): model is WatchedModel {
  return model.drift !== undefined && model.windowDrift !== undefined
}

/** What is watched of the examples of a model: `error`, `loss`, each once. */
export function watchedOfExamples({ drift }: WatchedModel): readonly string[] {
  return each(drift.filter(({ of }) => of === 'error' || of === 'loss'))
}

/** What is watched of its rows: `prediction` and features, each once. */
export function watchedOfRows({ drift, windowDrift }: WatchedModel): readonly string[] {
  return each([
    ...drift.filter(({ of }) => of === 'prediction' || of === 'feature'),
    ...windowDrift.flatMap(({ numbers }) => numbers),
  ])
}

/** The output that is watched where predictions are; undefined where they are not. */
export function watchedOutput({ drift, windowDrift }: WatchedModel): string | undefined {
  const all = [...drift, ...windowDrift.flatMap(({ numbers }) => numbers)]
  return all.find(({ of }) => of === 'prediction')?.output
}

/** The column of a number that is watched. */
export function watchedNumber({ of, feature }: Watched): string {
  return feature === undefined ? of : `feature.${feature}`
}

function each(drift: readonly Watched[]): string[] {
  return [...new Set(drift.map(watchedNumber))]
}

/** A row on its way to the task that watches: the version of the model, and the numbers. */
export function watchLayout(watched: readonly string[]): Layout {
  return layoutOf(['version', ...watched].map((name) => ({ name, kind: 'number' as const })))
}
