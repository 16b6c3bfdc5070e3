// What of a plan its state and its topics depend on, as JSON: kept in the control topic, because the file it came from may be
// another by now. Two plans of one shape have the same state and the same topics.
import { createHash } from 'node:crypto'
import type { WindowAggregate } from '../../contracts/aggregate.ts'
import type { KeySelector, Selector } from '../../contracts/selector.ts'
import { featureText } from '../../pipeline/feature-text.ts'
import { originsOf, streamNamed } from '../../pipeline/plan-streams.ts'
import { canonical } from '../../pipeline/plan-digest.ts'
import type {
  FeaturePlan,
  ModelPlan,
  Plan,
  SetPlan,
  SetUse,
  StreamPlan,
} from '../../pipeline/plan.ts'
import type { EventSchema } from '../../schema/event-schema.ts'
import { isLearning, learnsFromRows } from '../learning-models.ts'
import { isWatched } from '../watched-models.ts'
import { isOfStage, type TaskPlan } from '../task-plan.ts'
import { setInputs } from '../row-fields.ts'
import { scaleOf, type Scale } from '../scale.ts'
import { sourceStage } from '../stage-names.ts'
import { setLayout } from '../state/set-layout.ts'

export interface FeatureShape {
  readonly name: string
  /** In words. */
  readonly what: string
  /** Digest of all its values depend on, but not of its name. */
  readonly is: string
  /** How far back an event may count, ms; undefined: however far. 0: it keeps nothing. */
  readonly reachMs: number | undefined
}

export interface SetShape {
  readonly name: string
  readonly as: string
  readonly stream: string
  readonly role: 'own' | 'lookup'
  /** Digest of all its bytes depend on, but not of names. Undefined: it keeps nothing. */
  readonly state: string | undefined
  readonly features: readonly FeatureShape[]
}

export interface InputShape {
  readonly topic: string
  readonly layout: number
  /** Lane (writer, task) is partition `writer * partitions + task`. */
  readonly writers: number
  readonly waitMs: number | null
}

export interface StageShape {
  readonly name: string
  readonly key: string
  /** What it tells of periods; `set` is the name a set is used under. */
  readonly everies: readonly {
    readonly topic: string
    readonly periodMs: number
    readonly set: string
  }[]
  /** Lookups in their order, then its rows. */
  readonly inputs: readonly InputShape[]
  readonly sets: readonly SetShape[]
}

export interface StreamShape {
  readonly name: string
  readonly topic: string
  readonly partitions: number
  /** Digest of how events get their key and time, and which are late. */
  readonly reads: string
  /** Kind of each field that is known, by its path; of a schema that is not compiled: none. */
  readonly fields: Readonly<Record<string, string>>
  readonly fallback: boolean
  /** The stage whose tasks read it themselves; left out where tasks of its own do. */
  readonly direct?: string
}

/** A stream as those see it who take its events: read from topics itself, or made of streams that are. */
export interface TakenShape {
  readonly name: string
  /** Streams that are read for it, in their order. */
  readonly origins: readonly string[]
  /** Digest of how its events come to be, get their key and time, and which are late. */
  readonly reads: string
}

export interface JoinShape {
  readonly model: string
  readonly inputs: readonly InputShape[]
  readonly stream: string
  /** Digest of the functions that give ids and labels. */
  readonly labels: string
  readonly withinMs: number
  readonly earlyMs: number
  readonly otherwise: number | undefined
}

/** The task that learns for a model. */
export interface LearnerShape {
  readonly model: string
  /** It learns from the rows, which those who predict write to it; left out where it learns from examples. */
  readonly rows?: true
  readonly inputs: readonly InputShape[]
}

/** The task that watches a model for drift. */
export interface WatchingShape {
  readonly model: string
  readonly inputs: readonly InputShape[]
}

export interface Shape extends Scale {
  readonly from: string
  readonly streams: readonly StreamShape[]
  readonly taken: readonly TakenShape[]
  readonly stages: readonly StageShape[]
  readonly joins: readonly JoinShape[]
  /** Left out where no model learns. */
  readonly learners?: readonly LearnerShape[]
  /** Tasks that watch for drift; left out where no model is watched. */
  readonly watching?: readonly WatchingShape[]
  readonly models: readonly string[]
  /** Digest of all that decides what flows between tasks, and what they keep: while it stays, tasks just go on. */
  readonly flow: string
}

export interface ShapeOf extends Scale {
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
  readonly tasks: readonly TaskPlan[]
  readonly sources: ReadonlyMap<string, number>
  /** Digest of the files that the definition imports: what its functions call may lie in them. */
  readonly helpers: string
}

export function shapeOf(of: ShapeOf): Shape {
  const { plan } = of
  const scale = scaleOf(of)
  const streams = plan.streams.map((stream) => streamShape(stream, of))
  const taken = [...plan.streams, ...plan.derived].map(({ name }) => ({
    name,
    origins: originsOf(plan, name).map((origin) => origin.name),
    reads: readsOf(name, of),
  }))
  const stages = plan.stages.map((stage) => ({
    name: stage.name,
    key: selectorText(stage.key, of.helpers),
    everies: stage.everies.map(({ topic, periodMs, set }) => ({ topic, periodMs, set })),
    inputs: inputsOf(of, (task) => isOfStage(task) && task.stage.name === stage.name),
    sets: [
      ...stage.own.map((use) => setShape(use, 'own', of)),
      ...stage.lookups.map((use) => setShape(use, 'lookup', of)),
    ],
  }))
  const models = plan.stages.flatMap((stage) => stage.models)
  const joins = models.flatMap(({ name, labels }): JoinShape[] => {
    if (labels === undefined) return []
    const { stream, withinMs, earlyMs, otherwise } = labels
    const texts = [labels.of, labels.by, labels.label].map((each) => selectorText(each, of.helpers))
    return [
      {
        model: name,
        inputs: inputsOf(of, (task) => task.kind === 'join' && task.model.name === name),
        stream,
        labels: digest(texts),
        withinMs,
        earlyMs,
        otherwise,
      },
    ]
  })
  const learning = { ...learnersOf(models, of), ...watchingOf(models, of) }
  const { from } = plan
  const flow = digest({
    from,
    taken,
    streams: streams.map(({ name, topic, reads, direct }) => ({ name, topic, reads, direct })),
    stages: stages.map(({ name, key, everies, inputs, sets }) => ({
      name,
      key,
      everies,
      inputs,
      sets: sets.map((set) => ({ name: set.name, state: set.state, role: set.role })),
    })),
    joins: joins.map(({ model, inputs }) => ({ model, inputs })),
    ...learning,
    ...(scale.rescaled === undefined ? {} : { rescaled: scale.rescaled }),
  })
  return {
    ...scale,
    from,
    streams,
    taken,
    stages,
    joins,
    ...learning,
    models: models.map(({ name }) => name),
    flow,
  }
}

/** Nothing where no model is watched. */
function watchingOf(models: readonly ModelPlan[], of: ShapeOf): Pick<Shape, 'watching'> {
  const watching = models.filter(isWatched).map(({ name }) => ({
    model: name,
    inputs: inputsOf(of, (task) => task.kind === 'drift' && task.model.name === name),
  }))
  return watching.length === 0 ? {} : { watching }
}

/** Nothing where no model learns. */
function learnersOf(models: readonly ModelPlan[], of: ShapeOf): Pick<Shape, 'learners'> {
  const learners = models.filter(isLearning).map((model) => ({
    model: model.name,
    inputs: inputsOf(of, (task) => task.kind === 'learner' && task.model.name === model.name),
    ...(learnsFromRows(model) ? { rows: true as const } : {}),
  }))
  return learners.length === 0 ? {} : { learners }
}

function streamShape(stream: StreamPlan, of: ShapeOf): StreamShape {
  const { schemas, sources, partitions } = of
  const { name, topic } = stream
  const direct = of.tasks.find((task) => task.kind === 'direct' && task.stream === stream)
  const schema = schemas.get(name)
  const fields = schema?.mode === 'native' ? schema.fields : []
  return {
    name,
    topic,
    partitions: sources.get(name) ?? partitions,
    reads: readsOf(name, of),
    fields: Object.fromEntries(fields.map((field) => [field.path.join('.'), field.kind])),
    fallback: schema?.mode !== 'native',
    ...(direct === undefined ? {} : { direct: direct.spec.stage }),
  }
}

/** The stage whose tasks say how far a stream is read. */
export function readerOf({ name, direct }: StreamShape): string {
  return direct ?? sourceStage(name)
}

function readsOf(name: string, of: ShapeOf): string {
  const stream = streamNamed(of.plan, name)
  const { helpers } = of
  const key = selectorText(stream.key, helpers)
  if (!('step' in stream)) {
    const { topic, time, latenessMs, aheadMs } = stream
    return digest({ topic, key, time: selectorText(time, helpers), latenessMs, aheadMs })
  }
  const { step } = stream
  const made =
    step.kind === 'union' ? '' : selectorText(step.kind === 'filter' ? step.test : step.to, helpers)
  return digest({ key, kind: step.kind, made, of: stream.of.map((each) => readsOf(each, of)) })
}

function inputsOf({ tasks }: ShapeOf, is: (task: TaskPlan) => boolean): InputShape[] {
  const task = tasks.find(is)
  if (task === undefined || task.kind === 'source') return []
  return task.inputs.map(({ topic, layout, partitions, waitMs }) => ({
    topic,
    layout: layout.digest,
    writers: partitions.length,
    waitMs: waitMs === Infinity ? null : waitMs,
  }))
}

function setShape({ set, as, names }: SetUse, role: SetShape['role'], of: ShapeOf): SetShape {
  const schema = of.schemas.get(set.stream)
  const inputs = schema === undefined ? undefined : setInputs(set, schema)
  const { helpers } = of
  const reads = readsOf(set.stream, of)
  const key = selectorText(set.key, helpers)
  let input = 0
  return {
    name: set.name,
    as,
    stream: set.stream,
    role,
    state: stateOf(set, { role, reads, of }),
    features: set.features.map((feature, i) => {
      const takes = feature.kind !== 'since' && feature.of !== undefined
      const kind = takes ? inputs?.fields[inputs.places[input++]].kind : undefined
      return {
        name: names[i],
        what: featureText(feature),
        is: digest([plain(feature, helpers), reads, key, kind]),
        reachMs: reachOf(feature),
      }
    }),
  }
}

function stateOf(
  set: SetPlan,
  { role, reads, of }: { role: SetShape['role']; reads: string; of: ShapeOf },
): string | undefined {
  const { plan, schemas, helpers } = of
  const schema = schemas.get(set.stream)
  if (schema === undefined) return undefined
  const inputs = setInputs(set, schema)
  const layout = setLayout(
    set,
    inputs.places.map((place) => inputs.fields[place].kind),
    slackOf(plan, set),
  )
  if (!layout.stateful) return undefined
  return digest({
    role,
    reads,
    key: selectorText(set.key, helpers),
    keepMs: set.keepMs,
    budget: set.budget,
    layout: layout.signature,
    words: layout.fields.map(({ input }) => {
      const selects = set.features.flatMap((each) =>
        each.kind === 'since' || each.of === undefined ? [] : [each.of],
      )
      return selectorText(selects[input], helpers)
    }),
    windows: set.features.flatMap((each) => (each.kind === 'last' ? [each.keepMs] : [])),
  })
}

/** How far a set is read and kept behind merge time, ms: a row of a period is given up to a period after what made it wait. */
export function slackOf(plan: Plan, set: SetPlan): number {
  const periods = plan.stages.flatMap(({ own, lookups, everies }) => {
    const uses = [...own, ...lookups].filter((use) => use.set === set)
    return everies
      .filter((every) => uses.some(({ as }) => as === every.set))
      .map(({ periodMs }) => periodMs)
  })
  return latenessOf(plan, set) + Math.max(0, ...periods)
}

/** How far a row's time may lie behind its merge time, ms, for a set: the lateness of who updates and of who reads it. */
export function latenessOf(plan: Plan, set: SetPlan): number {
  const { latenessMs } = streamNamed(plan, set.stream)
  return Math.max(latenessMs, streamNamed(plan, plan.from).latenessMs)
}

function reachOf(feature: FeaturePlan): number | undefined {
  if (feature.kind === 'value') return 0
  if (feature.kind === 'since') return undefined
  if (feature.kind === 'last') return feature.keepMs
  const { overMs, delayMs, hopMs } = feature.window
  return overMs + delayMs + (hopMs ?? 0)
}

/** A feature without its name, its functions by what they say. */
function plain(feature: FeaturePlan, helpers: string): unknown {
  const parts = Object.entries(feature).flatMap(([name, value]): [string, unknown][] => {
    if (name === 'name') return []
    if (name === 'of' && 'of' in feature && feature.of !== undefined)
      return [[name, selectorText(feature.of, helpers)]]
    if (name === 'aggregate' && 'aggregate' in feature)
      return [
        [name, feature.userMade === true ? feature.aggregate : aggregateOf(feature.aggregate)],
      ]
    return [[name, value]]
  })
  return Object.fromEntries(parts)
}

/** Of Millrace's own the name says what it does; of the user's own its functions do. */
function aggregateOf({ name, variant, width }: WindowAggregate): unknown {
  return [name, variant, width]
}

/** A plain path is what it says; what another function does is also in the files it may call into. */
function selectorText(select: Selector | KeySelector, helpers: string): string {
  const parts = 'parts' in select ? select.parts : undefined
  if (select.path !== undefined) return JSON.stringify([select.path, select.chained])
  if (parts !== undefined) return JSON.stringify(parts)
  return `${select.text}\0${helpers}`
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 32)
}
