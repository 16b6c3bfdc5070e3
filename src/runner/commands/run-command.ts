// `millrace run`: runs a pipeline, tells how far it is, and reports.
import { isOfStage, readsSource } from '../../engine/task-plan.ts'
import type { Edge } from '../../contracts/edge.ts'
import type { RunCommand } from '../../contracts/commands.ts'
import type { ModelProgress, RunProgress } from '../../contracts/run-report.ts'
import type { RunReport } from '../../contracts/run-report.ts'
import { versionNumber, versionText } from '../../contracts/model-version.ts'
import { derivedCount } from '../../engine/operators/source-body.ts'
import { countedText, shareText } from '../../base/figures.ts'
import { joinStage, sourceStage } from '../../engine/stage-names.ts'
import type { ModelPlan, Plan } from '../../pipeline/plan.ts'
import { checkToken, parseAddress } from '../../http/address.ts'
import type { HttpServer } from '../../http/http-server.ts'
import { LiveEdge } from '../edge/live-edge.ts'
import { loadDefinition, type Definition } from '../load-definition.ts'
import { figureOf } from '../measure.ts'
import type { CopyProgress } from '../copying/copy-source.ts'
import { loadModels, localVersions, type ModelBytes } from '../versions/load-models.ts'
import { prepareRun } from '../prepare-run.ts'
import { runPrepared } from '../run-pipeline.ts'
import type { RunStatus } from '../run-status.ts'
import { sumOf } from '../read-state.ts'
import { quarantineReports } from '../versions/quarantines.ts'
import { labelCounts } from '../label-counts.ts'
import { runReport } from '../run-report.ts'
import { isKafkaUrl } from '../../log/kafka/kafka-url.ts'
import { SpareWorkers } from '../spare-workers.ts'
import { openLog, type OpenedLog } from '../../log/open-log.ts'
import { isLog } from '../../log/server/log-folder.ts'
import { folderOf } from '../../log/server/open-folder-log.ts'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { endNote } from '../end-note.ts'

const SPEED_OVER_MS = 5000
/** Sooner than that, tasks may not have been opened. */
const SETTLED_SECONDS = 2

export interface RunCommandOptions extends RunCommand {
  /** Rows of a batch at most; no result depends on it. */
  readonly batchRows?: number
  /** Events there will be, where the caller knows. */
  readonly eventsTotal?: number
  readonly note?: () => string | undefined
}

/**
 * Runs until its end, or until it is stopped. Where another process owns the log and ends, the run goes on from its
 * last commits: with the log as its own, or through the next owner.
 */
export async function run(options: RunCommandOptions): Promise<RunReport> {
  const { file, log, workers } = options
  const spares = new SpareWorkers({ file, log, workers })
  try {
    const definition = await loadDefinition(file)
    // Read once: a file that changes while the run goes on is not a version of this run.
    const versions = await localVersions(definition)
    return await runWith(spares, { definition, versions, options })
  } finally {
    spares.close()
  }
}

async function runWith(
  spares: SpareWorkers,
  { definition, versions, options }: Pick<RunOf, 'definition' | 'versions' | 'options'>,
): Promise<RunReport> {
  // Before a folder is made: a model that cannot be loaded ends the run here. In a log that is there it does before anything is written.
  const isNew = !isKafkaUrl(options.log) && !isLog(folderOf(options.log))
  if (isNew) await checkModels(definition, versions)
  const edge = new LiveEdge(definition)
  const http = await serve(edge, options)
  const course: Course = {
    started: performance.now(),
    speed: new Speed(),
    intake: new Speed(),
    reading: new Map(),
    lost: [],
  }
  try {
    return await runOver({ definition, versions, options, isNew, course, edge, http, spares })
  } finally {
    await http?.close()
  }
}

async function runOver(of: RunOf): Promise<RunReport> {
  const { options } = of
  for (;;) {
    const opened = await openLog(options.log, { maxBytes: options.maxDiskBytes })
    if (opened.mended.length > 0)
      options.onNotice?.(
        `other users could open ${countedText(opened.mended.length, 'file')} of ${options.log} (${opened.mended.slice(0, 3).join(', ')}): closed to them`,
      )
    try {
      return await runOn(opened, of)
    } catch (error) {
      if (!opened.lost.aborted || options.signal.aborted) throw error
    } finally {
      await of.edge.detach()
      await opened.log.close()
    }
  }
}

async function checkModels(definition: Definition, versions: ModelBytes): Promise<void> {
  for (const model of (await loadModels(definition, versions)).values()) await model.close()
}

/** Before anything is written: an address that cannot be listened on ends the run here. */
async function serve(edge: Edge, { http, signal }: RunCommand): Promise<HttpServer | undefined> {
  if (http === undefined) return undefined
  const address = parseAddress(http.address)
  checkToken(address, http.token)
  // Only now: a run without HTTP loads no server.
  const { startHttp } = await import('../../http/http-server.ts')
  const { token, eventsPerSecond } = http
  const limits = eventsPerSecond === undefined ? {} : { eventsPerSecond }
  const server = await startHttp({ edge, ...address, token, limits })
  // What is under way is answered while the log is still there.
  signal.addEventListener('abort', () => void server.close(), { once: true })
  http.onListening(server.url)
  return server
}

/** What goes on when a run has to open its log again. */
interface Course {
  readonly started: number
  readonly speed: Speed
  readonly intake: Speed
  /** Records the sources had taken before the run began. */
  eventsBefore?: number
  /** How far each file is read that a stream comes from. */
  readonly reading: Map<string, CopyProgress>
  /** How each part stood when its log was lost. */
  readonly lost: RunStatus[]
}

interface RunOf {
  readonly definition: Definition
  readonly versions: ModelBytes
  readonly options: RunCommandOptions
  /** Whether there was no log yet: its models were loaded before one was made. */
  readonly isNew: boolean
  readonly course: Course
  readonly edge: LiveEdge
  readonly http: HttpServer | undefined
  readonly spares: SpareWorkers
}

async function runOn(
  opened: OpenedLog,
  { definition, versions, options, isNew, course, edge, http, spares }: RunOf,
): Promise<RunReport> {
  const { log, lost } = opened
  const { plan, file } = definition
  const { partitions, acceptPartial, acceptGap } = options
  const prepared = await prepareRun(log, definition, {
    url: options.log,
    partitions,
    versions,
    acceptPartial,
    acceptGap,
    ...(isNew ? {} : { check: () => checkModels(definition, versions) }),
  })
  course.eventsBefore ??= sumOf(prepared.before, readsSource).records ?? 0
  const status = await runPrepared(definition, prepared, {
    ...opened,
    spares,
    options: {
      file,
      log: options.log,
      untilEnd: options.untilEnd,
      signal: AbortSignal.any([options.signal, lost]),
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      ...(options.member === undefined ? {} : { member: options.member }),
      ...(options.standbys === undefined ? {} : { standbys: options.standbys }),
      ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
      ...(options.callMemoryBytes === undefined
        ? {}
        : { callMemoryBytes: options.callMemoryBytes }),
      ...(options.hangsMax === undefined ? {} : { hangsMax: options.hangsMax }),
      ...(options.batchRows === undefined ? {} : { batchRows: options.batchRows }),
      onRunning: (running) => edge.attach(log, running, placeOf(options.log, http)),
      onReading: (each) => course.reading.set(each.source, each),
      onStatus: (each) => options.onProgress(progressOf(each, { options, plan, course })),
    },
  })
  // Whoever was told that an event is durable finds it in the report.
  if (options.signal.aborted) await http?.close()
  if (lost.aborted) course.lost.push(status)
  lost.throwIfAborted()
  return runReport({
    log,
    folder: isKafkaUrl(options.log) ? options.log : resolve(options.log),
    plan,
    layout: prepared,
    status: wholeOf(status, course.lost),
    wallSeconds: (performance.now() - course.started) / 1000,
    eventsBefore: course.eventsBefore,
    bytesOnDisk: await opened.bytesKept(),
    bytesWritten: await opened.bytesWritten(),
    showValues: options.showValues === true,
  })
}

/** Where it takes events: of several supervisors of a machine each has a port of its own. */
function placeOf(log: string, http: HttpServer | undefined): string | undefined {
  if (http === undefined || !isKafkaUrl(log)) return undefined
  return `${hostname()}:${new URL(http.url).port}`
}

/** The status at the end, with the workers of the parts before. */
function wholeOf(last: RunStatus, lost: readonly RunStatus[]): RunStatus {
  return {
    ...last,
    cpuSeconds: lost.reduce((sum, { workerCpuSeconds }) => sum + workerCpuSeconds, last.cpuSeconds),
    restarts: lost.reduce((sum, { restarts }) => sum + restarts, last.restarts),
  }
}

/** Events through a second, over the last seconds. */
class Speed {
  readonly #seen: { readonly at: number; readonly events: number }[] = []

  of(events: number): number {
    const at = performance.now()
    this.#seen.push({ at, events })
    while (this.#seen.length > 2 && this.#seen[0].at < at - SPEED_OVER_MS) this.#seen.shift()
    const [first] = this.#seen
    return at === first.at ? 0 : ((events - first.events) / (at - first.at)) * 1000
  }
}

function progressOf(
  status: RunStatus,
  of: { options: RunCommandOptions; plan: Plan; course: Course },
): RunProgress {
  const { pipeline, from, stages: planned } = of.plan
  const last = planned[planned.length - 1]
  const sources = status.stages.filter(readsSource)
  const joins = status.stages.filter(({ kind }) => kind === 'join')
  const sum = (stages: RunStatus['stages'], name: string): number =>
    stages.reduce((total, { counts }) => total + (counts[name] ?? 0), 0)
  const stages = status.stages.filter(isOfStage)
  const events = sum(sources, 'records')
  const predictions = sum(stages, 'predictions') - sum(stages, 'unpredicted')
  const through = sum(
    stages.filter(({ stage }) => stage === last.name),
    'rows',
  )
  const isDerived = of.plan.derived.some(({ name }) => name === from)
  const taken = isDerived
    ? sum(sources, derivedCount(from))
    : sum(
        sources.filter(({ stage, kind }) => kind === 'direct' || stage === sourceStage(from)),
        'events',
      )
  const eventsDone = taken === 0 ? events : Math.round(events * Math.min(1, through / taken))
  const eventsPerSecond = of.course.speed.of(eventsDone)
  const still = of.course.intake.of(events) === 0 && eventsPerSecond === 0
  const elapsedSeconds = (performance.now() - of.course.started) / 1000
  const eventTime = Math.min(...stages.map(({ progress }) => progress))
  return {
    pipeline,
    events,
    eventsDone,
    eventsTotal: of.options.eventsTotal,
    eventsPerSecond,
    elapsedSeconds,
    eventTime: Number.isFinite(eventTime) ? eventTime : undefined,
    predictions: last.models.length === 0 ? undefined : predictions,
    labels: labelCounts(of.plan, {
      stage: totals(stages),
      join: (model) => totals(joins.filter(({ stage }) => stage === joinStage(model))),
    })
      .values()
      .next().value,
    models: of.plan.stages.flatMap(({ models }) =>
      models.filter(({ labels }) => labels !== undefined).map((model) => modelOf(status, model)),
    ),
    deadLetters: [
      sum(sources, 'bad'),
      sum(sources, 'ahead'),
      sum(stages, 'setAside'),
      sum(stages, 'periodRowsSetAside'),
    ].reduce((total, each) => total + each),
    restarts: status.restarts,
    quarantined: quarantineReports(status.quarantined, of.plan),
    restoring: restoringOf(status),
    note:
      of.options.note?.() ??
      status.away.map((each) => `waits for ${each}`).at(0) ??
      readNote(of.course.reading) ??
      (still && eventsDone < events ? waitNote(status) : undefined) ??
      (still && of.options.untilEnd && elapsedSeconds >= SETTLED_SECONDS
        ? endNote(status, of.plan)
        : undefined),
  }
}

/** Of all tasks that get their state back at the moment. */
function restoringOf({ restoring }: RunStatus): RunProgress['restoring'] {
  if (restoring.length === 0) return undefined
  const sum = (of: 'done' | 'total' | 'bytes'): number =>
    restoring.reduce((total, each) => total + each[of], 0)
  const total = sum('total')
  return {
    tasks: restoring.length,
    share: total === 0 ? 1 : sum('done') / total,
    bytes: sum('bytes'),
  }
}

/** Files are read one after the other: the first that is not through. */
function readNote(reading: ReadonlyMap<string, CopyProgress>): string | undefined {
  const open = [...reading.values()].find(({ done, size }) => done < size)
  return open && `reads ${open.source}: ${shareText(open.done / open.size)}`
}

/** Rows that stand still wait for a partition that may yet bring something earlier. */
function waitNote({ behind }: RunStatus): string | undefined {
  return behind && `waits for ${behind.stage}/${behind.task}: an event, or idle time`
}

function modelOf({ models, versions }: RunStatus, { name, labels }: ModelPlan): ModelProgress {
  const digest = versions[name] ?? ''
  const judged = models.filter(({ model, count }) => model === name && count > 0)
  const own = judged.find(({ version }) => version === versionNumber(digest))
  return {
    name,
    version: digest,
    figure: figureOf(labels),
    value: own?.value,
    base: own?.base,
    others: judged
      .filter((each) => each !== own)
      .map(({ version, value }) => ({ version: versionText(version), value })),
  }
}

/** Counts of stages, added up by name. */
function totals(stages: RunStatus['stages']): Record<string, number> {
  const all: Record<string, number> = {}
  for (const { counts } of stages)
    for (const [name, count] of Object.entries(counts)) all[name] = (all[name] ?? 0) + count
  return all
}
