// Names and kinds of the columns that travel with rows. Part of the format: a layout's digest comes from them.
import type { ColumnKind } from '../contracts/columns.ts'
import type { Selector } from '../contracts/selector.ts'
import type { FeaturePlan, SetPlan, StagePlan } from '../pipeline/plan.ts'
import type { EventSchema } from '../schema/event-schema.ts'
import type { LayoutField } from './exchange/layout.ts'
import { sameSelector } from './same-selector.ts'

/** The column of an event that is read by its schema's own validate: it travels as its bytes and is validated again. */
export const RAW_EVENT = '~event'

/** Columns of an event. */
export function eventFields(schema: EventSchema): LayoutField[] {
  if (schema.mode === 'fallback') return [{ name: RAW_EVENT, kind: 'json' }]
  return schema.fields.map(({ name, kind }) => ({ name: `event.${name}`, kind }))
}

/** Columns that a stage adds to its rows. */
export function featureFields(
  stage: StagePlan,
  schemas: ReadonlyMap<string, EventSchema>,
): LayoutField[] {
  return [...stage.own, ...stage.lookups].flatMap(({ set, names }) => {
    const schema = schemas.get(set.stream)
    return set.features.map((feature, i) => ({
      name: names[i],
      kind: featureKind(feature, schema),
    }))
  })
}

/** What the functions of a set give, on its way to the set's state. */
export interface SetInputs {
  /** One column a function: features that share one share its column. */
  readonly fields: readonly LayoutField[]
  readonly selectors: readonly Selector[]
  /** Index of its column, for each feature that has a function. */
  readonly places: readonly number[]
  /** How many values each vector of a column must have, by column; undefined: any number. */
  readonly lengths: readonly (number | undefined)[]
}

export function setInputs(set: SetPlan, schema: EventSchema): SetInputs {
  const fields: LayoutField[] = []
  const selectors: Selector[] = []
  const places: number[] = []
  const lengths: (number | undefined)[] = []
  for (const feature of set.features) {
    const select = inputOf(feature)
    if (select === undefined) continue
    const kind = inputKind(feature, schema)
    const length = feature.kind === 'window' ? feature.length : undefined
    let place = selectors.findIndex(
      (other, i) => fields[i].kind === kind && lengths[i] === length && sameSelector(other, select),
    )
    if (place < 0) {
      place = fields.push({ name: feature.name, kind }) - 1
      selectors.push(select)
      lengths.push(length)
    }
    places.push(place)
  }
  return { fields, selectors, places, lengths }
}

/** The function that gives a feature its input; undefined for a count or a time since. */
function inputOf(feature: FeaturePlan): Selector | undefined {
  return feature.kind === 'since' ? undefined : feature.of
}

/** The kind of what a feature's function gives. */
function inputKind(feature: FeaturePlan, schema: EventSchema | undefined): ColumnKind {
  if (feature.kind === 'window') return feature.takes
  return (feature.kind === 'value' ? feature.takes : undefined) ?? featureKind(feature, schema)
}

/** The kind of a feature's column. */
export function featureKind(feature: FeaturePlan, schema: EventSchema | undefined): ColumnKind {
  if (feature.kind === 'since') return 'number'
  if (feature.gives !== undefined) return feature.gives
  const path = feature.of.path?.join('.')
  return schema?.fields.find((field) => field.path.join('.') === path)?.kind ?? 'number'
}
