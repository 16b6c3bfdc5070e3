// A worker process: runs the tasks it is given, inference included, and ends with its supervisor or with the log.
// It is killed when a model hangs; whatever it had not committed is done again by the next one.
import { DefinitionError, MillraceError } from '../base/errors.ts'
import { openTask, type OpenedTask, type PipelineParts } from '../engine/open-task.ts'
import { tasksOf, type TaskPlan } from '../engine/pipeline-tasks.ts'
import { countsIn } from '../engine/state/counts.ts'
import { TUNING, type TaskContext } from '../engine/task-context.ts'
import { machineClock } from '../log/embedded/machine-clock.ts'
import { connectLog } from '../log/server/connect-log.ts'
import { installGuard } from '../schema/guard.ts'
import { loadDefinition } from './load-definition.ts'
import { loadModels } from './load-models.ts'
import type { FromWorker, ModelStatus, TaskStatus, ToWorker, WorkerJob } from './messages.ts'
import { ModelMetrics } from './model-metrics.ts'
import { namedCounts } from './read-counts.ts'

const STATUS_MS = 250

const stopping = new AbortController()

process.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stopping.abort()
  else void work(message)
})
// The supervisor is gone: nobody is left to tell.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; the supervisor decides what it means.
process.on('SIGINT', () => {})

async function work(job: WorkerJob): Promise<void> {
  try {
    await runTasks(job)
    tell({ kind: 'stopped' })
    process.disconnect?.()
  } catch (error) {
    const known = error instanceof MillraceError
    tell({
      kind: 'failed',
      code: known ? error.code : 'ML_INTERNAL',
      message: error instanceof Error ? error.message : String(error),
      details: known ? { ...error.details } : {},
      stack: error instanceof Error ? (error.stack ?? '') : '',
      retryable:
        known && (error.retryable || error.code === 'ML_CONNECTION' || error.code === 'ML_FENCED'),
    })
    process.exitCode = 1
    // An error of one task leaves others running: the process is done as a whole.
    setImmediate(() => process.exit(1))
  }
}

interface Running {
  readonly index: number
  readonly plan: TaskPlan
  readonly task: OpenedTask
  progress: number
  ended: boolean
}

async function runTasks(job: WorkerJob): Promise<void> {
  const guard = installGuard()
  const { plan, schemas, folder } = await loadDefinition(job.file)
  if (plan.digest !== job.plan) {
    throw new DefinitionError(
      `${job.file} must be the same for all workers; found another plan than the supervisor's; start the run again`,
    )
  }
  const log = await connectLog(job.socketPath)
  void log.closed.then(() => process.exit(0))
  const sources = new Map(job.sources)
  const metrics = new Map<number, ModelMetrics>()
  const parts: PipelineParts = {
    plan,
    schemas,
    sources,
    models: await loadModels(plan, schemas, folder),
    guard,
    metrics: (memory) => new ModelMetrics(memory),
  }
  const tuning = { ...TUNING, ...(job.batchRows === undefined ? {} : { batchRows: job.batchRows }) }
  const context: TaskContext = {
    log,
    clock: machineClock,
    steps: { reach: () => {} },
    tuning,
    signal: stopping.signal,
  }
  const { tasks } = tasksOf(plan, schemas, { partitions: job.partitions, sources })
  const running: Running[] = []
  for (const index of job.tasks) {
    const task = await openTask(context, tasks[index], parts)
    if (tasks[index].kind === 'join') metrics.set(index, new ModelMetrics(task.memory))
    running.push({ index, plan: tasks[index], task, progress: -Infinity, ended: false })
  }
  const timer = setInterval(() => report(running, metrics), STATUS_MS)
  try {
    await Promise.all(
      running.map((each) =>
        each.task.run(({ progress, ended }) => {
          each.progress = progress
          each.ended = ended
        }),
      ),
    )
  } finally {
    clearInterval(timer)
    report(running, metrics)
  }
  await log.close()
}

function report(running: readonly Running[], metrics: ReadonlyMap<number, ModelMetrics>): void {
  const usage = process.resourceUsage()
  const models: ModelStatus[] = []
  const tasks = running.map(({ index, plan, task, progress, ended }): TaskStatus => {
    const own = metrics.get(index)
    if (own !== undefined && plan.kind === 'join') {
      const { count, logLoss, baseRateLogLoss } = own.report().all
      models.push({
        model: plan.model.name,
        count,
        logLoss: logLoss ?? 0,
        baseRateLogLoss: baseRateLogLoss ?? 0,
      })
    }
    return { index, progress, ended, counts: namedCounts(countsIn(task.memory), plan.kind) }
  })
  tell({
    kind: 'status',
    tasks,
    models,
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakBytes: usage.maxRSS * 1024,
  })
}

function tell(message: FromWorker): void {
  // A supervisor that was killed takes no message; its end is heard as 'disconnect'.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
