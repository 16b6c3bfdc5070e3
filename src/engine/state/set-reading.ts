// Where the values go that are read of a set: into columns of a batch's rows, or of one key.
import type { SetPlan } from '../../pipeline/plan.ts'
import { ExactWindows } from './exact-windows.ts'
import type { KeyEvents } from './key-events.ts'
import type { SetLayout } from './set-shape.ts'
import { SetOutput } from './set-outputs.ts'
import { WindowValues } from './window-values.ts'

export interface Reading {
  /** A column a feature; undefined for a value of the event. */
  readonly outputs: readonly (SetOutput | undefined)[]
  readonly values: WindowValues
  readonly exact: ExactWindows
}

export function readingOf(plan: SetPlan, layout: SetLayout, { events, texts }: KeyEvents): Reading {
  const fields = new Map(layout.lasts.map(({ feature, field }) => [feature, field.kind]))
  const outputs = plan.features.map((feature, i) =>
    feature.kind === 'value'
      ? undefined
      : new SetOutput(feature.kind === 'window' ? feature.gives : (fields.get(i) ?? 'number')),
  )
  const values = new WindowValues(outputs, texts, longestList(plan))
  return { outputs, values, exact: new ExactWindows(layout.exactWindows, events, values) }
}

/** The most values that a vector or list of the set has. */
function longestList({ features }: SetPlan): number {
  return features.reduce((most, feature) => {
    if (feature.kind !== 'window') return most
    const items = 'items' in feature.aggregate ? feature.aggregate.items : 0
    return Math.max(most, feature.length ?? 0, items)
  }, 0)
}
