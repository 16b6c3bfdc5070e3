// Runs a pipeline: topics, workers, and what they say. The supervisor owns the log's thread where nobody else does.
import { isOfStage } from '../engine/task-plan.ts'
import type { MillraceError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import { mostTasks, scaleOf } from '../engine/scale.ts'
import { isKafkaUrl } from '../log/kafka/kafka-url.ts'
import { asMillraceError } from './as-millrace-error.ts'
import { KafkaEdges } from './copying/kafka-edges.ts'
import { withFileEdges } from './copying/with-file-edges.ts'
import { everyLook, LOOK_MS } from './every-look.ts'
import { keepCompiled } from './keep-compiled.ts'
import { Lookups } from './edge/lookups.ts'
import { Running } from './edge/running.ts'
import type { Hang } from './versions/hang-ledger.ts'
import { HangResponse, HANGS_MAX } from './versions/hang-response.ts'
import { loadDefinition, type Definition } from './load-definition.ts'
import { mergedModels } from './merged-models.ts'
import { localVersions } from './versions/load-models.ts'
import { prepareRun, type PreparedRun } from './prepare-run.ts'
import type { RunOptions } from './run-options.ts'
import type { RunStatus } from './run-status.ts'
import type { CopyStatus, FromWorker, RestoreStatus, TaskStatus, WorkerJob } from './messages.ts'
import { Placement } from './placement.ts'
import { workersOf, type SpareWorkers } from './spare-workers.ts'
import { startWorker } from './start-worker.ts'
import { machineBytes } from './resident-bytes.ts'
import { statusOf } from './read-state.ts'
import { NewsTeller, TELL_MS as NEWS_MS } from './status/member-news.ts'
import { sourceBehind, stagesOf } from './stage-status.ts'
import { TaskGroup } from './task-group.ts'
import { watchSources } from './watch-sources.ts'
import { withLog } from './with-log.ts'
import { WorkerProcess, type WorkerEvents } from './worker-process.ts'

const TELL_MS = 200
const DEADLINE_MS = 30_000
/** Of the machine's memory, or the container's, that one call may take. */
const MEMORY_SHARE = 1 / 4

/**
 * Runs until the end of all inputs (`untilEnd`) or until the signal stops it; goes on where the process that owned the log ended.
 * @returns the last status.
 */
export async function runPipeline(options: RunOptions): Promise<RunStatus> {
  const definition = await loadDefinition(options.file)
  return withLog(options.log, {}, async (opened) => {
    const versions = await localVersions(definition)
    const { partitions, acceptPartial, acceptGap } = options
    const prepared = await prepareRun(opened.log, definition, {
      url: options.log,
      partitions,
      versions,
      acceptPartial,
      acceptGap,
    })
    const signal = AbortSignal.any([opened.lost, ...(options.signal ? [options.signal] : [])])
    const run = { options: { ...options, signal }, ...opened }
    const status = await runPrepared(definition, prepared, run)
    if (!status.ended && options.signal?.aborted !== true) opened.lost.throwIfAborted()
    return status
  })
}

interface RunPlace {
  readonly options: RunOptions
  readonly log: Log
  readonly reach: string
  /** Workers that were started before; closed when the run has taken what it needs. */
  readonly spares?: SpareWorkers
}

/** Runs tasks that are prepared on a log that is open. */
export function runPrepared(
  definition: Definition,
  run: PreparedRun,
  of: RunPlace,
): Promise<RunStatus> {
  const { log, options } = of
  const { onReading } = options
  return withFileEdges(definition, { log, signal: options.signal, onReading }, (signal) =>
    new Run(definition, run, { ...of, options: { ...options, signal } }).toEnd(),
  )
}

class Run {
  readonly #definition: Definition
  readonly #run: PreparedRun
  readonly #options: RunOptions
  readonly #log: Log
  readonly #reach: string
  readonly #tasks = new Map<number, TaskStatus>()
  readonly #reports: ((FromWorker & { kind: 'status' }) | undefined)[]
  /** CPU of workers that died. */
  #lostCpu = 0
  /** The most that each worker had in the lives that are over. */
  readonly #lostPeaks: number[]
  #restarts = 0
  #hangs: HangResponse | undefined
  #workers: readonly WorkerProcess[] = []
  readonly #placement: Placement
  readonly #spares: SpareWorkers | undefined
  readonly #edges: KafkaEdges
  #group: TaskGroup | undefined
  readonly #lookups = new Lookups()
  #finish: (error?: MillraceError) => void = () => {}

  constructor(definition: Definition, run: PreparedRun, of: RunPlace) {
    this.#definition = definition
    this.#run = run
    this.#options = of.options
    this.#log = of.log
    this.#reach = of.reach
    this.#spares = of.spares
    const workers = Math.max(1, Math.min(workersOf(of.options.workers), mostTasks(run)))
    this.#reports = Array.from({ length: workers }, () => undefined)
    this.#lostPeaks = this.#reports.map(() => 0)
    this.#placement = new Placement({
      workers,
      tasks: run.tasks,
      tell: (worker, job) => {
        this.#workers[worker]?.tell({ ...job, hangs: this.#hangs?.of(job.tasks) ?? [] })
        this.#edges.look()
      },
      finish: (worker, round) => this.#workers[worker]?.tell({ kind: 'finish', round }),
    })
    this.#edges = new KafkaEdges(definition, {
      log: of.log,
      isOwn: (number) => this.#placement.workerOf(number % run.tasks.length) !== undefined,
      failed: (error) => this.#finish(error),
      onReading: of.options.onReading,
    })
    // A task that came to its end before is opened all the same: its topics may have grown.
    run.before.forEach((state, index) =>
      this.#tasks.set(index, { ...statusOf(state, index), ended: false }),
    )
  }

  async toEnd(): Promise<RunStatus> {
    const done = new Promise<MillraceError | undefined>((resolve) => {
      this.#finish = resolve
    })
    this.#options.signal?.addEventListener('abort', () => this.#finish(), { once: true })
    if (this.#options.signal?.aborted === true) this.#finish()
    const tell = (): void => this.#options.onStatus?.(this.status())
    tell()
    this.#hangs = await this.#openHangs()
    this.#group = await this.#openGroup()
    this.#group.join()
    const workers = this.#reports.map((_, number) => this.#worker(number))
    this.#workers = workers
    this.#spares?.close()
    this.#options.onRunning?.(this.#running())
    keepCompiled()
    const { plan } = this.#definition
    const news = new NewsTeller({ log: this.#log, pipeline: plan.pipeline }, this.#group.name, () =>
      performance.now(),
    )
    const tellNews = (): void =>
      void news
        .tell({ restoring: this.#restoring, copies: this.#copies })
        .catch((failure: unknown) => this.#finish(asMillraceError(failure, 'news must be told')))
    const timers = [setInterval(tell, TELL_MS), setInterval(tellNews, NEWS_MS), everyLook(workers)]
    const { sources } = this.#run
    const watch = watchSources(this.#log, { plan, sources }, (error) => this.#finish(error))
    const error = await done
    watch.close()
    const isStopped = this.#options.signal?.aborted === true
    // Others go on with its tasks when their commits have ended, not only when its processes have.
    if (isStopped && this.#isShared) {
      await this.#placement.finish()
      await this.#group.leave(true)
    }
    await Promise.all(workers.map((worker) => worker.stop()))
    this.#placement.close()
    if (!(isStopped && this.#isShared)) await this.#group.leave(isStopped)
    for (const timer of timers) clearInterval(timer)
    await news.close()
    await this.#hangs.close()
    const edgeError = await this.#edges.finish()
    tell()
    const failure = error ?? edgeError
    if (failure !== undefined) throw failure
    return this.status()
  }

  /** Whether other supervisors may run tasks of it. */
  get #isShared(): boolean {
    return isKafkaUrl(this.#options.log)
  }

  /** Digest of the version that runs, by model. */
  get #versions(): ReadonlyMap<string, string> {
    return new Map([...this.#run.models].map(([name, { digest }]) => [name, digest]))
  }

  #openHangs(): Promise<HangResponse> {
    return HangResponse.open({
      log: this.#log,
      pipeline: this.#definition.plan.pipeline,
      tasks: this.#run.tasks,
      digests: this.#versions,
      hangsMax: this.#options.hangsMax ?? HANGS_MAX,
      changed: () => {
        for (const worker of this.#workers)
          worker.tell({ kind: 'quarantined', models: this.#quarantined() })
      },
    })
  }

  #openGroup(): Promise<TaskGroup> {
    const { pipeline, digest } = this.#definition.plan
    return TaskGroup.open({
      log: this.#log,
      url: this.#options.log,
      pipeline,
      plan: digest,
      tasks: this.#run.tasks,
      workers: this.#reports.length,
      member: this.#options.member,
      standbys: this.#options.standbys ?? 0,
      copies: () =>
        this.#copies.filter(({ behind }) => behind !== undefined).map(({ index }) => index),
      placement: this.#placement,
      others: (states) => {
        for (const { index, state } of states) {
          if (this.#placement.workerOf(index) === undefined)
            this.#tasks.set(index, statusOf(state, index))
        }
        this.#endIfDone()
      },
      failed: (error) => this.#finish(error),
    })
  }

  status(): RunStatus {
    const own = process.resourceUsage()
    const reports = this.#reports.filter((report) => report !== undefined)
    const stages = stagesOf(this.#run.tasks, this.#tasks)
    const workerCpuSeconds =
      this.#lostCpu + reports.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
    return {
      stages,
      models: mergedModels(reports.flatMap(({ models }) => models)),
      versions: Object.fromEntries(this.#versions),
      cpuSeconds: (own.userCPUTime + own.systemCPUTime) / 1e6 + workerCpuSeconds,
      workerCpuSeconds,
      peakMemoryBytes:
        own.maxRSS * 1024 + this.#reports.reduce((sum, _, worker) => sum + this.#peakOf(worker), 0),
      restarts: this.#restarts,
      behind: sourceBehind(this.#run.tasks, this.#tasks),
      quarantined: this.#hangs?.quarantined ?? [],
      restoring: this.#restoring,
      away: this.#edges.away,
      ended: stages.every(({ ended }) => ended),
    }
  }

  #peakOf(worker: number): number {
    return Math.max(this.#lostPeaks[worker], this.#reports[worker]?.peakBytes ?? 0)
  }

  /** Of tasks of others. */
  get #copies(): readonly CopyStatus[] {
    return this.#reports.flatMap((report) => report?.copies ?? [])
  }

  get #restoring(): readonly RestoreStatus[] {
    return this.#reports.flatMap((report) => report?.restoring ?? [])
  }

  #running(): Running {
    const { tasks } = this.#run
    return new Running({
      plan: this.#definition.plan,
      tasks,
      told: this.#tasks,
      reports: this.#reports,
      workerOf: (task) => this.#placement.workerOf(task),
      lookups: this.#lookups,
      send: (worker, job) => this.#workers[worker]?.tell(job),
      noRoom: (worker) => this.#workers[worker]?.noRoom ?? false,
      restarts: () => this.#restarts,
      group: () => this.#group?.counts,
      quarantined: () => this.#hangs?.quarantined ?? [],
    })
  }

  #worker(number: number): WorkerProcess {
    const { file, plan, origin } = this.#definition
    const { sources, models } = this.#run
    const job = (): WorkerJob => {
      this.#placement.lost(number)
      const own = this.#group?.tasksOf(number) ?? []
      return {
        kind: 'start',
        file,
        reach: this.#reach,
        scale: scaleOf(this.#run),
        sources: [...sources],
        plan: plan.digest,
        origin,
        tasks: own,
        copies: this.#placement.copiesOf(number),
        shared: this.#isShared,
        batchRows: this.#options.batchRows,
        models: [...models],
        hangs: this.#hangs?.of(own) ?? [],
        quarantined: this.#quarantined(),
      }
    }
    const events: WorkerEvents = {
      started: () => this.#spares?.take() ?? startWorker(),
      job,
      status: (report) => this.#hear(number, report),
      looked: (answer) => this.#lookups.answered(answer),
      settled: (round) => this.#placement.heardSettled(number, round),
      fenced: (task) => this.#group?.fenced(task),
      restarted: () => {
        this.#lookups.lost(number)
        this.#lostCpu += this.#reports[number]?.cpuSeconds ?? 0
        this.#lostPeaks[number] = this.#peakOf(number)
        this.#reports[number] = undefined
        this.#restarts++
      },
      hung: (hang) => this.#hung(hang),
      failed: (error) => {
        // Who waits for the end of its tasks would wait for ever.
        this.#placement.lost(number)
        this.#finish(error)
      },
    }
    return new WorkerProcess(events, {
      everyMs: LOOK_MS,
      deadlineOf: ({ task, model }) => this.#deadlineOf(task, model),
      memoryBytes: this.#options.callMemoryBytes ?? machineBytes() * MEMORY_SHARE,
    })
  }

  async #hung(hang: Hang): Promise<void> {
    try {
      await this.#hangs?.hung(hang)
    } catch (error) {
      this.#finish(asMillraceError(error, 'a hang could not be recorded'))
    }
  }

  #quarantined(): string[] {
    return this.#hangs?.quarantined.map(({ model }) => model) ?? []
  }

  #deadlineOf(task: number, model: number): number {
    const plan = this.#run.tasks[task]
    const own = isOfStage(plan) ? plan.stage.models[model].deadlineMs : undefined
    return own ?? this.#options.deadlineMs ?? DEADLINE_MS
  }

  #hear(number: number, report: FromWorker & { kind: 'status' }): void {
    this.#reports[number] = report
    for (const task of report.tasks) this.#tasks.set(task.index, task)
    this.#endIfDone()
  }

  #endIfDone(): void {
    if (this.#options.untilEnd === true && this.status().ended) this.#finish()
  }
}
