// Models that are watched for drift: which numbers go to the task that watches, and from where.
import type { DriftPlan, ModelPlan } from '../pipeline/plan.ts'
import { layoutOf, type Layout } from './exchange/layout.ts'

export type WatchedModel = ModelPlan & { readonly drift: readonly DriftPlan[] }

export function isWatched(model: ModelPlan): model is WatchedModel {
  return model.drift !== undefined
}

/** What is watched of the examples of a model: `error`, `loss`, each once. */
export function watchedOfExamples({ drift }: WatchedModel): readonly string[] {
  return each(drift.filter(({ of }) => of === 'error' || of === 'loss'))
}

/** What is watched of its rows: `prediction` and features, each once. */
export function watchedOfRows({ drift }: WatchedModel): readonly string[] {
  return each(drift.filter(({ of }) => of === 'prediction' || of === 'feature'))
}

/** The column of a number that is watched. */
export function watchedNumber({ of, feature }: DriftPlan): string {
  return feature === undefined ? of : `feature.${feature}`
}

function each(drift: readonly DriftPlan[]): string[] {
  return [...new Set(drift.map(watchedNumber))]
}

/** A row on its way to the task that watches: the version of the model, and the numbers. */
export function watchLayout(watched: readonly string[]): Layout {
  return layoutOf(['version', ...watched].map((name) => ({ name, kind: 'number' as const })))
}
