// Runs a pipeline: topics, workers, and what they say. The supervisor owns the log's thread where nobody else does.
import { availableParallelism } from 'node:os'
import { StateError, type MillraceError } from '../base/errors.ts'
import type { Log, TopicInfo } from '../contracts/log.ts'
import { tasksOf, type PipelineTasks } from '../engine/pipeline-tasks.ts'
import { commitsTopic } from '../engine/task-names.ts'
import { openLog } from '../log/server/open-log.ts'
import type { Plan } from '../pipeline/plan.ts'
import { loadDefinition, type Definition } from './load-definition.ts'
import { readTasks, type TaskState } from './read-state.ts'
import type { FromWorker, ModelStatus, TaskStatus, WorkerJob } from './messages.ts'
import { WorkerProcess } from './worker-process.ts'

const PARTITIONS = 2
const TELL_MS = 200

export interface RunOptions {
  /** The definition's file. */
  readonly file: string
  /** Where the log lives. */
  readonly log: string
  /** Tasks a stage, for a pipeline that runs the first time. Default 2. */
  readonly partitions?: number
  /** Worker processes. Default: one a core, at most one a partition. */
  readonly workers?: number
  /** Rows of a batch at most; no result depends on it. */
  readonly batchRows?: number
  /** Whether to stop when every input has ended. Default false. */
  readonly untilEnd?: boolean
  /** Told a few times a second. */
  readonly onStatus?: (status: RunStatus) => void
  readonly signal?: AbortSignal
}

export interface StageStatus {
  readonly stage: string
  readonly kind: 'source' | 'stage' | 'join'
  readonly counts: Readonly<Record<string, number>>
  /** The least of its tasks, ms. */
  readonly progress: number
  readonly ended: boolean
}

export interface RunStatus {
  readonly stages: readonly StageStatus[]
  readonly models: readonly ModelStatus[]
  /** Of all processes of the run, this one included. */
  readonly cpuSeconds: number
  /** Of the workers alone. */
  readonly workerCpuSeconds: number
  /** Sum of the peaks of all processes, bytes. */
  readonly peakMemoryBytes: number
  readonly restarts: number
  readonly ended: boolean
}

/** Runs until the end of all inputs (`untilEnd`) or until the signal stops it. @returns the last status. */
export async function runPipeline(options: RunOptions): Promise<RunStatus> {
  const definition = await loadDefinition(options.file)
  const opened = await openLog(options.log)
  try {
    const layout = await layOut(opened.log, definition, options.partitions)
    const before = await readTasks(opened.log, layout.tasks)
    return await runLaidOut(definition, layout, { options, socketPath: opened.socketPath, before })
  } finally {
    await opened.log.close()
  }
}

export interface RunOn {
  readonly options: RunOptions
  readonly socketPath: string
  /** What earlier runs had committed, task by task: told until the tasks themselves are heard. */
  readonly before: readonly TaskState[]
}

/** Runs tasks that are laid out on a log that is open. */
export function runLaidOut(
  definition: Definition,
  layout: RunLayout,
  of: RunOn,
): Promise<RunStatus> {
  return new Run(definition, layout, of).toEnd()
}

export interface RunLayout extends PipelineTasks {
  readonly partitions: number
  readonly sources: ReadonlyMap<string, number>
}

/** Makes sure of every topic the plan needs. @throws StateError when the stages were laid out with other partitions. */
export async function layOut(
  log: Log,
  { plan, schemas }: Pick<Definition, 'plan' | 'schemas'>,
  wanted: number | undefined,
): Promise<RunLayout> {
  const partitions = await partitionsOf(log, plan, wanted)
  const sources = new Map<string, number>()
  for (const { name, topic } of plan.streams)
    sources.set(name, (await log.topic(topic))?.partitions ?? partitions)
  const tasks = tasksOf(plan, schemas, { partitions, sources })
  for (const spec of tasks.topics) await ensure(log, spec, await log.topic(spec.name))
  return { ...tasks, partitions, sources }
}

async function ensure(
  log: Log,
  spec: { name: string; partitions: number },
  found: TopicInfo | undefined,
): Promise<void> {
  if (found === undefined) await log.ensureTopic(spec)
  else if (found.partitions < spec.partitions) {
    throw new StateError(
      'ML_STATE',
      `topic '${spec.name}' must have ${spec.partitions} partitions; found ${found.partitions}; start with a new data folder`,
    )
  }
}

async function partitionsOf(
  log: Log,
  { pipeline, stages }: Plan,
  wanted: number | undefined,
): Promise<number> {
  const found = await log.topic(commitsTopic(pipeline, stages[0].name))
  if (found === undefined) return wanted ?? PARTITIONS
  if (wanted !== undefined && wanted !== found.partitions) {
    throw new StateError(
      'ML_STATE',
      `the stages of '${pipeline}' have ${found.partitions} partitions in this log; found --partitions ${wanted}; leave it out, or start with a new data folder`,
    )
  }
  return found.partitions
}

class Run {
  readonly #definition: Definition
  readonly #layout: RunLayout
  readonly #options: RunOptions
  readonly #socketPath: string
  readonly #tasks = new Map<number, TaskStatus>()
  readonly #reports: ((FromWorker & { kind: 'status' }) | undefined)[]
  /** CPU of workers that died. */
  #lostCpu = 0
  #restarts = 0
  #finish: (error?: MillraceError) => void = () => {}

  constructor(definition: Definition, layout: RunLayout, of: RunOn) {
    this.#definition = definition
    this.#layout = layout
    this.#options = of.options
    this.#socketPath = of.socketPath
    const workers = Math.max(
      1,
      Math.min(of.options.workers ?? availableParallelism(), layout.partitions),
    )
    this.#reports = Array.from({ length: workers }, () => undefined)
    // A task that came to its end before is opened all the same: its topics may have grown.
    of.before.forEach(({ progress, counts }, index) =>
      this.#tasks.set(index, { index, progress, counts, ended: false }),
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
    const timer = setInterval(tell, TELL_MS)
    const workers = this.#reports.map((_, number) => this.#worker(number))
    const error = await done
    await Promise.all(workers.map((worker) => worker.stop()))
    clearInterval(timer)
    tell()
    if (error !== undefined) throw error
    return this.status()
  }

  status(): RunStatus {
    const own = process.resourceUsage()
    const reports = this.#reports.filter((report) => report !== undefined)
    const stages = this.#stages()
    const workerCpuSeconds =
      this.#lostCpu + reports.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
    return {
      stages,
      models: merged(reports.flatMap(({ models }) => models)),
      cpuSeconds: (own.userCPUTime + own.systemCPUTime) / 1e6 + workerCpuSeconds,
      workerCpuSeconds,
      peakMemoryBytes:
        own.maxRSS * 1024 + reports.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
      restarts: this.#restarts,
      ended: stages.every(({ ended }) => ended),
    }
  }

  #worker(number: number): WorkerProcess {
    const { file, plan } = this.#definition
    const { partitions, sources, tasks } = this.#layout
    const workers = this.#reports.length
    const own = tasks.flatMap(({ spec }, index) =>
      spec.number % workers === number ? [index] : [],
    )
    const job: WorkerJob = {
      kind: 'start',
      file,
      socketPath: this.#socketPath,
      partitions,
      sources: [...sources],
      plan: plan.digest,
      tasks: own,
      batchRows: this.#options.batchRows,
    }
    return new WorkerProcess(job, {
      status: (report) => this.#hear(number, report),
      restarted: () => {
        this.#lostCpu += this.#reports[number]?.cpuSeconds ?? 0
        this.#reports[number] = undefined
        this.#restarts++
      },
      failed: (error) => this.#finish(error),
    })
  }

  #hear(number: number, report: FromWorker & { kind: 'status' }): void {
    this.#reports[number] = report
    for (const task of report.tasks) this.#tasks.set(task.index, task)
    if (this.#options.untilEnd === true && this.status().ended) this.#finish()
  }

  #stages(): StageStatus[] {
    const stages = new Map<
      string,
      {
        kind: StageStatus['kind']
        counts: Record<string, number>
        progress: number
        ended: boolean
      }
    >()
    this.#layout.tasks.forEach(({ spec, kind }, index) => {
      const task = this.#tasks.get(index)
      const stage = stages.get(spec.stage) ?? { kind, counts: {}, progress: Infinity, ended: true }
      stages.set(spec.stage, stage)
      stage.progress = Math.min(stage.progress, task?.progress ?? -Infinity)
      stage.ended &&= task?.ended ?? false
      for (const [name, count] of Object.entries(task?.counts ?? {}))
        stage.counts[name] = (stage.counts[name] ?? 0) + count
    })
    return [...stages].map(([stage, of]) => ({ stage, ...of }))
  }
}

/** The figures of tasks of one model, weighted by how many pairs each has. */
function merged(models: readonly ModelStatus[]): ModelStatus[] {
  const byName = new Map<string, ModelStatus>()
  for (const each of models) {
    const so = byName.get(each.model)
    const weigh = (a: number, b: number, count: number): number =>
      each.count === 0 ? a : count === 0 ? b : (a * count + b * each.count) / (count + each.count)
    byName.set(
      each.model,
      so === undefined
        ? each
        : {
            model: each.model,
            count: so.count + each.count,
            logLoss: weigh(so.logLoss, each.logLoss, so.count),
            baseRateLogLoss: weigh(so.baseRateLogLoss, each.baseRateLogLoss, so.count),
          },
    )
  }
  return [...byName.values()]
}
