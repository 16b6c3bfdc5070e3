// Which columns rows bring into a stage: what it or a later one still reads, and nothing else (ENGINE 3).
import type { KeySelector, Selector } from '../contracts/selector.ts'
import type { Plan, StagePlan } from '../pipeline/plan.ts'
import { streamNamed } from '../pipeline/plan-streams.ts'
import type { EventSchema } from '../schema/event-schema.ts'
import { reachOf } from '../schema/reach.ts'
import type { LayoutField } from './exchange/layout.ts'
import { eventFields, featureFields } from './row-fields.ts'

export interface CarriedFields {
  /** Columns of the event, as indexes of `eventFields`. */
  readonly event: readonly number[]
  readonly eventFields: readonly LayoutField[]
  /** Features of the stages before. */
  readonly features: readonly LayoutField[]
  /** Steps that may read anything of the row, or of the event: because of them the rest is carried. */
  readonly openEnded: readonly string[]
}

/** Columns of the rows that enter stage `index`; of one beyond the last: none. */
export function carriedFields(
  plan: Plan,
  schemas: ReadonlyMap<string, EventSchema>,
  index: number,
): CarriedFields {
  const schema = schemas.get(plan.from)
  if (schema === undefined) throw new RangeError(`no compiled schema of stream '${plan.from}'`)
  const needs = needsOf(plan, index)
  const all = eventFields(schema)
  const event = all.flatMap((_, i) => {
    if (schema.mode === 'fallback') return needs.event.length > 0 ? [i] : []
    const { path } = schema.fields[i]
    return needs.event.some((other) => overlap(path, other)) ? [i] : []
  })
  const before = plan.stages.slice(0, index).flatMap((stage) => featureFields(stage, schemas))
  return {
    event,
    eventFields: event.map((i) => all[i]),
    features: before.filter(({ name }) => needs.features === 'all' || needs.features.has(name)),
    openEnded: needs.openEnded,
  }
}

interface Needs {
  /** Paths of the event below which something is read; `[]` is the whole event. */
  readonly event: (readonly string[])[]
  features: Set<string> | 'all'
  readonly openEnded: string[]
}

function needsOf(plan: Plan, index: number): Needs {
  const { stages, from } = plan
  const needs: Needs = { event: [], features: new Set(), openEnded: [] }
  stages.slice(index).forEach((stage, i) => {
    // The key of the first stage has been made: rows carry it.
    if (i > 0) needEvent(needs, stage.key, `the key of ${stage.name}`)
    for (const { set } of stage.own)
      for (const feature of set.features)
        if (feature.kind !== 'since' && feature.of !== undefined)
          needEvent(needs, feature.of, `feature ${feature.name} of ${set.name}`)
  })
  const last = stages.at(-1)
  if (last !== undefined && index < stages.length) {
    needEvent(needs, streamNamed(plan, from).key, `the key of stream ${from}`)
    needLast(needs, last)
  }
  return needs
}

/** Models, labels and outputs. */
function needLast(needs: Needs, { models, emits, whens }: StagePlan): void {
  for (const { name, features, labels } of models) {
    for (const feature of features) if (needs.features !== 'all') needs.features.add(feature)
    if (labels !== undefined) needEvent(needs, labels.of, `labels.of of model ${name}`)
  }
  for (const { topic, body, key } of emits) {
    needRow(needs, body, `the body of .emit to ${topic}`)
    if (key !== undefined) needRow(needs, key, `the key of .emit to ${topic}`)
  }
  for (const { test, topics } of whens) {
    needRow(needs, test, `the test of .when to ${topics.join(', ')}`)
    if (topics.length > 0)
      needAll(needs, `the whole rows that .when writes to ${topics.join(', ')}`)
  }
}

function needEvent(needs: Needs, select: Selector | KeySelector, what: string): void {
  const reach = reachOf(select)
  if (reach !== undefined) needs.event.push(...reach)
  else {
    needs.event.push([])
    needs.openEnded.push(what)
  }
}

/** A function of the row `{ event, features, prediction, predictions }`. */
function needRow(needs: Needs, select: Selector | KeySelector, what: string): void {
  const reach = reachOf(select)
  if (reach === undefined) needAll(needs, what)
  for (const [part, ...rest] of reach ?? []) {
    if (part === 'event') needs.event.push(rest)
    else if (part === 'features' && rest.length === 0) needs.features = 'all'
    else if (part === 'features' && needs.features !== 'all') needs.features.add(rest[0])
  }
}

function needAll(needs: Needs, what: string): void {
  needs.event.push([])
  needs.features = 'all'
  needs.openEnded.push(what)
}

/** Whether one leads to or through the other: `card` and `card.country`, `id` and `id.length`. */
function overlap(path: readonly string[], other: readonly string[]): boolean {
  return path.every((part, i) => i >= other.length || part === other[i])
}
