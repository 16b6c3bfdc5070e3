// How far a pipeline is, from its last commits and what lies behind them: the same for a run that goes on, and after one.
import { isOfStage, readsSource } from '../../engine/task-plan.ts'
import type { TopicInfo } from '../../contracts/log.ts'
import type { GroupState } from '../../contracts/membership.ts'
import type { VersionReport } from '../../contracts/run-report.ts'
import type { SetReport, StatusReport, TaskReport } from '../../contracts/status.ts'
import { SET_COUNTS, setCount } from '../../engine/operators/stage-sets.ts'
import { taskId } from '../../engine/task-spec.ts'
import { deadLettersTopic } from '../../engine/task-names.ts'
import { readGroup } from '../../log/open-membership.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { driftReports } from '../drift-reports.ts'
import { labelCounts } from '../label-counts.ts'
import { learningReports } from '../learning-reports.ts'
import type { OpenedPipeline } from '../open-pipeline.ts'
import { readMetrics, readTasks, sumOf, type TaskState } from '../read-state.ts'
import { versionReport } from '../run-report.ts'
import { quarantinedNow, quarantineReports } from '../versions/quarantines.ts'
import { gapReports } from './gap-report.ts'
import { lagSeconds, laneLags, type LaneLag, type LanePoint } from './lane-lags.ts'
import { placesOf, writersOf } from './lane-places.ts'
import { readNews, type MemberNews } from './member-news.ts'

export type ModelVersions = StatusReport['models']

/** @param models from `readVersions`, which costs more than all the rest. */
export async function readStatus(
  { definition, log, url, tasks, inUse }: OpenedPipeline,
  models: ModelVersions,
): Promise<StatusReport> {
  const { plan } = definition
  const group = await readGroup(url, plan.pipeline)
  const states = await readTasks(log, tasks.tasks)
  // Read behind the commits: no position lies beyond an end.
  const infos = await log.topics()
  const topics = new Map(infos.map((topic) => [topic.name, topic]))
  const at = Date.now()
  const news = newsOf(await readNews({ log, pipeline: plan.pipeline }), { group, inUse })
  const points = states.map((state) => pointsOf(state, topics))
  const lags = await laneLags(log, points.flat(), infos)
  const quarantined = quarantineReports(await quarantinedNow(log, plan.pipeline), plan)
  const writer = writersOf(tasks.tasks)
  const last = plan.stages[plan.stages.length - 1]
  const scored = sumOf(states, (task) => isOfStage(task) && task.stage === last)
  const dead = topics.get(deadLettersTopic(plan.pipeline))
  return {
    pipeline: plan.pipeline,
    plan: plan.digest,
    at,
    inUse: inUse || (group?.members.length ?? 0) > 0,
    tasks: states.map((state, i) =>
      taskReport(state, {
        lanes: lanesOf(state, points[i], lags.splice(0, points[i].length)),
        ...toldOf(i, news),
        at,
        writer,
        pausing: pausing(quarantined),
        members: placesIn(group),
      }),
    ),
    events: sumOf(states, readsSource).records ?? 0,
    predictions:
      last.models.length === 0 ? undefined : (scored.predictions ?? 0) - (scored.unpredicted ?? 0),
    labels: Object.fromEntries(
      labelCounts(plan, {
        stage: scored,
        join: (model) => sumOf(states, (task) => task.kind === 'join' && task.model.name === model),
      }),
    ),
    deadLetters: dead?.parts.reduce((sum, { end }) => sum + end, 0) ?? 0,
    sets: setReports(plan, states),
    models,
    learning: learningReports(tasks.tasks, states),
    drifts: await driftReports(log, plan),
    quarantined,
    gaps: await gapReports(log, plan.pipeline),
    members: group?.members
      .map(({ name, host, pid, since, workers, tasks: own, copies }) => ({
        name,
        host,
        pid,
        since,
        workers,
        tasks: own.length,
        copies: copies.length,
        copiesBehind: mostBehind(news.get(name)),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    rebalances: group?.rebalances,
    openTransactions: await log.openTransactions?.(),
  }
}

/** Of those that are there now: what others told is over. A folder has one at a time: the last that told. */
function newsOf(
  told: ReadonlyMap<string, MemberNews>,
  { group, inUse }: { readonly group: GroupState | undefined; readonly inUse: boolean },
): ReadonlyMap<string, MemberNews> {
  if (group === undefined) return new Map(inUse ? [...told].slice(-1) : [])
  return new Map(
    group.members.flatMap(({ name }) => {
      const news = told.get(name)
      return news === undefined ? [] : [[name, news] as const]
    }),
  )
}

/** @param index of the task. */
function toldOf(
  index: number,
  news: ReadonlyMap<string, MemberNews>,
): Pick<TaskReport, 'restoring' | 'copies'> {
  const restores = [...news.values()].flatMap(({ restoring }) => restoring)
  const own = restores.find((each) => each.index === index)
  return {
    restoring: own && { done: own.done, total: own.total, bytes: own.bytes },
    copies: [...news].flatMap(([member, { copies }]) =>
      copies.flatMap((each) => (each.index === index ? [{ member, behind: each.behind }] : [])),
    ),
  }
}

function mostBehind(news: MemberNews | undefined): number | undefined {
  const known = (news?.copies ?? []).flatMap(({ behind }) => behind ?? [])
  return known.length === 0 ? undefined : Math.max(...known)
}

/** The member each task runs at. */
function placesIn(group: GroupState | undefined): ReadonlyMap<string, string> {
  return new Map(
    (group?.members ?? []).flatMap(({ name, tasks }) =>
      tasks.map((task): [string, string] => [task, name]),
    ),
  )
}

function setReports({ stages }: Plan, states: readonly TaskState[]): SetReport[] {
  return stages.flatMap((stage) => {
    const counts = sumOf(states, (task) => isOfStage(task) && task.stage === stage)
    const sets = new Map([...stage.own, ...stage.lookups].map(({ set }) => [set.name, set]))
    return [...sets.values()].flatMap((set) => {
      const [keys, expired, evicted] = SET_COUNTS.map((count) => counts[setCount(set.name, count)])
      const keysMax = set.budget?.keys
      return keys === undefined
        ? []
        : [{ stage: stage.name, set: set.name, keys, keysMax, expired, evicted }]
    })
  })
}

/** Metrics by model and version: restores the state of the joins. */
export async function readVersions({
  definition,
  log,
  tasks,
}: OpenedPipeline): Promise<ModelVersions> {
  const metrics = await readMetrics(log, definition.plan.pipeline, tasks.tasks)
  return Object.fromEntries(
    [...metrics].map(([model, versions]): [string, VersionReport[]] => [
      model,
      versions.map(versionReport),
    ]),
  )
}

/** Models that pause the stage they are in. */
function pausing(quarantined: StatusReport['quarantined']): ReadonlySet<string> {
  return new Set(quarantined.filter(({ paused }) => paused).map(({ model }) => model))
}

interface Around extends Pick<TaskReport, 'restoring' | 'copies'> {
  readonly lanes: readonly LaneState[]
  /** ms since 1970. */
  readonly at: number
  readonly writer: ReturnType<typeof writersOf>
  readonly pausing: ReadonlySet<string>
  /** By the id of the task. */
  readonly members: ReadonlyMap<string, string>
}

function taskReport(state: TaskState, around: Around): TaskReport {
  const { plan, counts, commits, committedAt, progress, stateBytes } = state
  const { lanes } = around
  return {
    stage: plan.spec.stage,
    task: plan.spec.number,
    kind: plan.kind,
    counts,
    rows: counts.events ?? counts.rows ?? counts.predictions ?? 0,
    commits,
    committedAt,
    progress: Number.isFinite(progress) ? progress : null,
    ended: progress === Infinity,
    stateBytes,
    lag: lanes.reduce((sum, { behind }) => sum + behind, 0),
    lagSeconds: lagSeconds(lanes, around.at),
    waitsFor: waitsFor(lanes, around),
    member: around.members.get(taskId(plan.spec)),
    restoring: around.restoring,
    copies: around.copies,
    paused: pausedBy(state, around),
  }
}

interface LaneState extends LanePoint, LaneLag {
  readonly bound: number
  /** Whether rows of other lanes wait for it now. */
  readonly holding: boolean
}

function pointsOf({ plan, lanes }: TaskState, topics: ReadonlyMap<string, TopicInfo>): LanePoint[] {
  return placesOf(plan).map(({ topic, partition }, i) => {
    const start = topics.get(topic)?.parts[partition]?.start ?? 0
    return { topic, partition, offset: lanes[i]?.offset ?? start }
  })
}

function lanesOf(
  { plan, lanes }: TaskState,
  points: readonly LanePoint[],
  lags: readonly LaneLag[],
): LaneState[] {
  return placesOf(plan).map(({ holds }, i) => {
    const { bound, idle } = lanes[i] ?? { bound: -Infinity, idle: false }
    const holding = holds && lags[i].behind === 0 && idle === false && bound < Infinity
    return { ...points[i], ...lags[i], bound, holding }
  })
}

/** Of the lanes that hold rows of others back, the one that is least far. */
function waitsFor(lanes: readonly LaneState[], { writer }: Around): TaskReport['waitsFor'] {
  if (lanes.every(({ behind }) => behind === 0)) return undefined
  const [least] = lanes.filter(({ holding }) => holding).sort((a, b) => a.bound - b.bound)
  if (least === undefined) return undefined
  const { topic, partition } = least
  return { topic, partition, writer: writer(topic, partition) }
}

function pausedBy({ plan }: TaskState, around: Around): string | undefined {
  if (!isOfStage(plan)) return undefined
  const model = plan.stage.models.find(({ name }) => around.pausing.has(name))
  return model && `model '${model.name}' is quarantined; millrace resume ${model.name}`
}
