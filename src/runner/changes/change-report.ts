// What another definition means for what a log holds of a pipeline: feature by feature, before anything is done.
import { carriedSets, nameOf, type SetPlace } from '../../engine/change/carried.ts'
import { rebuiltStreams } from '../../engine/change/change-of.ts'
import type {
  FeatureShape,
  JoinShape,
  SetShape,
  Shape,
  StreamShape,
} from '../../engine/change/shape.ts'

/** `keeps`: its bytes stay. `rebuilds`: made again, because its set changed. `new`: made for the first time. `lost`: it goes. */
export type Fate = 'keeps' | 'rebuilds' | 'new' | 'lost'

export interface FeatureFate {
  readonly name: string
  readonly fate: Fate
  readonly what: string
  /** The name it had. */
  readonly was: string | undefined
  /** Whether the input no longer reaches back as far as it counts. */
  readonly partial: boolean
}

export interface SetFate {
  readonly stage: string
  readonly set: string
  /** Where its state comes from, when it is not found under its own name. */
  readonly was: string | undefined
  readonly features: readonly FeatureFate[]
}

export interface StreamFate {
  readonly name: string
  readonly fate: 'goes on' | 'is read again' | 'is new' | 'is read no more'
  /** What its schema gained, lost or has in another kind. */
  readonly fields: readonly string[]
  /** Of one that is read again or for the first time: how far its records reach back. */
  readonly reach: StreamReach | undefined
}

/** How far the records that are kept of a stream reach back. */
export interface StreamReach {
  /** Records that were removed by retention, so that not all are there. */
  readonly removed: number
  /** Event time of the oldest kept, and of the newest one, ms; undefined: there is none. */
  readonly oldest: number | undefined
  readonly newest: number | undefined
}

export interface ModelFate {
  readonly name: string
  readonly fate: 'keeps' | 'new' | 'lost'
  readonly notes: readonly string[]
}

export interface ChangeReport {
  /** Whether anything changes that state or topics depend on. */
  readonly changes: boolean
  readonly streams: readonly StreamFate[]
  readonly sets: readonly SetFate[]
  readonly stages: readonly string[]
  readonly models: readonly ModelFate[]
  /** Features that would count less than they say: a run demands consent. */
  readonly partial: readonly string[]
}

export function changeReport(
  was: Shape,
  is: Shape,
  reaches: ReadonlyMap<string, StreamReach>,
): ChangeReport {
  const carried = carriedSets(was, is)
  const sets = [...setFates(was, is, { carried, reaches }), ...lostSets(was, is, carried)]
  return {
    changes: was.flow !== is.flow,
    streams: streamFates(was, is, { carried, reaches }),
    sets,
    stages: stageFates(was, is),
    models: modelFates(was, is),
    partial: sets.flatMap(({ set, features }) =>
      features.filter(({ partial }) => partial).map(({ name }) => `${set}.${name}`),
    ),
  }
}

interface Known {
  readonly carried: ReadonlyMap<string, SetPlace>
  readonly reaches: ReadonlyMap<string, StreamReach>
}

function setFates(was: Shape, is: Shape, { carried, reaches }: Known): SetFate[] {
  return is.stages.flatMap((stage) =>
    stage.sets.map((set): SetFate => {
      const from = carried.get(nameOf({ stage, set }))
      const before = from?.set ?? find(was, set)
      const gone = (before?.features ?? []).filter((feature) => !stays(feature, before, set))
      const moved =
        from !== undefined && (from.set.name !== set.name || from.stage.name !== stage.name)
      return {
        stage: stage.name,
        set: set.name,
        was: moved ? `${from.stage.name}/${from.set.name}` : undefined,
        features: [
          ...set.features.map((feature) =>
            featureFate(feature, {
              before,
              kept: from !== undefined,
              reach: reaches.get(set.stream),
            }),
          ),
          ...gone.map(lostFeature),
        ],
      }
    }),
  )
}

function lostSets(was: Shape, is: Shape, carried: ReadonlyMap<string, SetPlace>): SetFate[] {
  const taken = new Set([...carried.values()].map(({ set }) => set))
  return was.stages.flatMap((stage) =>
    stage.sets
      .filter((set) => !taken.has(set) && find(is, set) === undefined)
      .map((set) => ({
        stage: stage.name,
        set: set.name,
        was: undefined,
        features: set.features.map(lostFeature),
      })),
  )
}

function find({ stages }: Shape, { name }: SetShape): SetShape | undefined {
  return stages.flatMap(({ sets }) => sets).find((set) => set.name === name)
}

/** Whether a feature of a set is there afterwards: under its name, or as what it is. */
function stays(feature: FeatureShape, before: SetShape | undefined, set: SetShape): boolean {
  if (set.features.some(({ name }) => name === feature.name)) return true
  const sameNow = set.features.filter(({ is }) => is === feature.is)
  return sameNow.some(({ name }) => before?.features.every((each) => each.name !== name) === true)
}

function featureFate(
  feature: FeatureShape,
  of: { before: SetShape | undefined; kept: boolean; reach: StreamReach | undefined },
): FeatureFate {
  const { before, kept, reach } = of
  const { name, what } = feature
  const named = before?.features.find((each) => each.name === name)
  const alike = before?.features.find(({ is }) => is === feature.is)
  const partial = !kept && feature.reachMs !== 0 && isPartial(feature, reach)
  if (kept || feature.reachMs === 0) {
    const was = alike !== undefined && alike.name !== name && named?.is !== feature.is
    const fate = (kept && feature.reachMs !== 0) || alike !== undefined ? 'keeps' : 'new'
    return { name, what, fate, was: was ? alike.name : undefined, partial: false }
  }
  if (alike !== undefined) {
    const was = named?.is === feature.is ? undefined : alike.name
    return { name, what, fate: 'rebuilds', was, partial }
  }
  return { name, what, fate: named === undefined ? 'new' : 'rebuilds', was: undefined, partial }
}

function isPartial({ reachMs }: FeatureShape, reach: StreamReach | undefined): boolean {
  if (reach === undefined || reach.removed === 0) return false
  const { oldest, newest } = reach
  if (oldest === undefined || newest === undefined || reachMs === undefined) return true
  return oldest > newest - reachMs
}

function lostFeature({ name, what }: FeatureShape): FeatureFate {
  return { name, what, fate: 'lost', was: undefined, partial: false }
}

function streamFates(was: Shape, is: Shape, { carried, reaches }: Known): StreamFate[] {
  const again = rebuiltStreams(is, carried)
  const now = is.streams.map((stream): StreamFate => {
    const before = was.streams.find(({ topic }) => topic === stream.topic)
    const fate =
      before === undefined
        ? 'is new'
        : before.reads !== stream.reads || again.has(stream.name)
          ? 'is read again'
          : 'goes on'
    return {
      name: stream.name,
      fate,
      fields: before === undefined ? [] : fieldChanges(before, stream),
      reach: fate === 'goes on' ? undefined : reaches.get(stream.name),
    }
  })
  const gone = was.streams.filter(({ topic }) => is.streams.every((each) => each.topic !== topic))
  const lost = gone.map(({ name }): StreamFate => ({
    name,
    fate: 'is read no more',
    fields: [],
    reach: undefined,
  }))
  return [...now, ...lost]
}

function fieldChanges(was: StreamShape, is: StreamShape): string[] {
  if (was.fallback || is.fallback)
    return was.fallback === is.fallback ? [] : ['its schema is read in another way']
  const names = [...new Set([...Object.keys(was.fields), ...Object.keys(is.fields)])]
  return names.flatMap((name) => {
    const before = was.fields[name]
    const now = is.fields[name]
    if (before === now) return []
    if (before === undefined) return [`gained ${name} (${now})`]
    if (now === undefined) return [`lost ${name}`]
    return [`${name} was ${before}, is ${now}`]
  })
}

function stageFates(was: Shape, is: Shape): string[] {
  const names = (shape: Shape): string => shape.stages.map(({ name }) => name).join(' -> ')
  return names(was) === names(is) ? [] : [`${names(was)}  becomes  ${names(is)}`]
}

function modelFates(was: Shape, is: Shape): ModelFate[] {
  const now = is.models.map((name): ModelFate => {
    const before = was.joins.find(({ model }) => model === name)
    const join = is.joins.find(({ model }) => model === name)
    const fate = was.models.includes(name) ? 'keeps' : 'new'
    return { name, fate, notes: fate === 'new' ? [] : joinNotes(before, join) }
  })
  const gone = was.models.filter((name) => !is.models.includes(name))
  return [...now, ...gone.map((name): ModelFate => ({ name, fate: 'lost', notes: [NO_ONE_WAITS] }))]
}

const NO_ONE_WAITS =
  'what waits for its labels gets none: its receipts stay, its metrics stand still'

function joinNotes(was: JoinShape | undefined, is: JoinShape | undefined): string[] {
  if (was === undefined && is === undefined) return []
  if (was === undefined)
    return ['its labels are joined from here on, to predictions made from here on']
  if (is === undefined) return [NO_ONE_WAITS]
  const notes: string[] = []
  if (was.labels !== is.labels || was.stream !== is.stream)
    notes.push(
      'its labels are made otherwise from here on; metrics and what waits stay, under the ids they have',
    )
  if (was.withinMs !== is.withinMs)
    notes.push(
      'what waits already waits as long as it was told; later predictions by the new within',
    )
  if (was.otherwise !== is.otherwise || was.earlyMs !== is.earlyMs)
    notes.push('what expires or comes early from here on is treated the new way')
  return notes
}
