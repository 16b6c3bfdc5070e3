// A worker process: runs the tasks it is given, inference included, and ends with its supervisor or with the log.
// It is killed when a model hangs; whatever it had not committed is done again by the next one.
import { ConnectorError, DefinitionError, MillraceError, StateError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import type { PlanChange } from '../engine/change/plan-change.ts'
import type { PipelineParts } from '../engine/open-task.ts'
import { tasksOf } from '../engine/pipeline-tasks.ts'
import { TUNING } from '../engine/task-context.ts'
import { machineClock } from '../log/embedded/machine-clock.ts'
import type { Plan } from '../pipeline/plan.ts'
import { installGuard } from '../schema/guard.ts'
import { loadDefinition, type Definition } from './load-definition.ts'
import { lastLayout } from './changes/become-current.ts'
import { gapsOf, lastRun } from './control.ts'
import { WorkerPreparation } from './worker-preparation.ts'
import type { AssignJob, FinishJob, FromWorker, LookJob, ToWorker, WorkerJob } from './messages.ts'
import { ModelMetrics } from './model-metrics.ts'
import { originDifferences } from './provenance/origin-differences.ts'
import { redactKeyOf } from './redact-key.ts'
import { WorkerCalls } from './versions/worker-calls.ts'
import { keepCompiled } from './keep-compiled.ts'
import { watchParent } from './watch-parent.ts'
import { WorkerTasks } from './worker-tasks.ts'

const STATUS_MS = 250

const stopping = new AbortController()
/** Models that are quarantined, as the supervisor said last. */
let quarantined: readonly string[] = []
let calls: WorkerCalls | undefined
/** undefined while all that tasks need is being loaded; what it is to run by then is the last that it was told. */
let running: WorkerTasks | undefined
let early: AssignJob | undefined
let preparation = new WorkerPreparation(undefined)

process.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stopping.abort()
  else if (message.kind === 'prepare') preparation = new WorkerPreparation(message)
  else if (message.kind === 'quarantined') quarantine(message.models)
  else if (message.kind === 'look') void look(message)
  else if (message.kind === 'assign') assign(message)
  else if (message.kind === 'finish') finish(message)
  else void work(message)
})
watchParent(Number(process.argv[2]))
// The supervisor is gone: nobody is left to tell.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; the supervisor decides what it means.
process.on('SIGINT', () => {})

function quarantine(models: readonly string[]): void {
  quarantined = models
  calls?.quarantine(models)
}

function assign(job: AssignJob): void {
  if (running === undefined) early = job
  else {
    calls?.know(job.hangs)
    void running
      .assign(job.tasks, job.copies)
      .then(() => tell({ kind: 'settled', round: job.round }))
  }
}

function finish({ round }: FinishJob): void {
  // One that is still being loaded has begun nothing.
  if (running === undefined) early = { kind: 'assign', round, tasks: [], copies: [], hangs: [] }
  else void running.stop().then(() => tell({ kind: 'settled', round }))
}

async function look({ id, task, set, key, at }: LookJob): Promise<void> {
  try {
    const found = running?.opened(task)
    if (found === undefined)
      throw new ConnectorError(
        'ML_CONNECTION',
        'the task that owns the key must be at work; found that it is being opened: ask again in a moment',
        { retryable: true },
      )
    const told = await found.ask({ set, key: Buffer.from(key), at })
    tell({ kind: 'looked', id, told, error: undefined })
  } catch (error) {
    const known = error instanceof MillraceError
    tell({
      kind: 'looked',
      id,
      told: undefined,
      error: {
        code: known ? error.code : 'ML_INTERNAL',
        message: error instanceof Error ? error.message : String(error),
        retryable: known && error.retryable,
      },
    })
  }
}

async function work(job: WorkerJob): Promise<void> {
  quarantine(job.quarantined)
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

/** @throws DefinitionError when the file is another by now than the supervisor has read. */
async function sameDefinition(job: WorkerJob): Promise<Definition> {
  const definition = await loadDefinition(job.file)
  if (definition.plan.digest === job.plan) return definition
  const differences = originDifferences(job.origin, definition.origin)
  throw new DefinitionError(
    `${job.file} must be the same for all workers; found another plan than the supervisor's (${differences.join(', ') || 'of the same files'}); start the run again`,
  )
}

async function runTasks(job: WorkerJob): Promise<void> {
  const guard = installGuard()
  await preparation.settled()
  const definition = await sameDefinition(job)
  const { plan, schemas } = definition
  const { log, closed } = await preparation.log(job)
  void closed.then(() => process.exit(0))
  const [change, models, gaps, redactKey] = await Promise.all([
    currentChange(log, plan),
    preparation.models(log, job, definition),
    gapsOf(log, plan.pipeline),
    redactKeyOf(log),
  ])
  const sources = new Map(job.sources)
  const { tasks } = tasksOf(plan, schemas, { ...job.scale, sources })
  calls = new WorkerCalls({
    tasks,
    known: job.hangs,
    log,
    areOpen: () => running?.areOpen ?? false,
  })
  calls.quarantine(quarantined)
  const parts: PipelineParts = {
    plan,
    schemas,
    sources,
    models,
    calls,
    guard,
    change,
    gaps,
    redactKey,
    metrics: (memory, labels) => new ModelMetrics(memory, labels),
  }
  const tuning = {
    ...TUNING,
    replayMs: plan.replayMs,
    ...(job.batchRows === undefined ? {} : { batchRows: job.batchRows }),
  }
  const failure = Promise.withResolvers<never>()
  const own = new WorkerTasks({
    context: { log, clock: machineClock, steps: { reach: () => {} }, tuning },
    tasks,
    parts,
    fenced: job.shared ? (task) => tell({ kind: 'fenced', task }) : undefined,
    failed: (error) => failure.reject(error),
  })
  running = own
  const { tasks: given, copies } = job
  assign(early ?? { kind: 'assign', round: 0, tasks: given, copies, hangs: [] })
  const timer = setInterval(() => report(own), STATUS_MS)
  keepCompiled()
  try {
    await Promise.race([stopped(), failure.promise])
    await Promise.race([own.stop(), failure.promise])
  } finally {
    clearInterval(timer)
    report(own)
  }
  await log.close()
}

/** Resolves when the supervisor wants the worker to end. */
function stopped(): Promise<void> {
  const { signal } = stopping
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/**
 * How the plan's tasks begin, where it is a change.
 * @throws StateError when the pipeline was started with another plan since: its tasks belong to that one.
 */
async function currentChange(
  log: Log,
  { pipeline, digest }: Plan,
): Promise<PlanChange | undefined> {
  // In this order: another plan is the last one run before it has a layout.
  const layout = await lastLayout(log, pipeline)
  const run = await lastRun(log, pipeline)
  if (run?.plan === digest) return layout?.change ?? undefined
  throw new StateError(
    'ML_STATE',
    `a worker's plan must be the one '${pipeline}' was started with last; found ${digest.slice(0, 16)}, and ${run?.plan.slice(0, 16) ?? 'no run'} in the log; let this run end, or start it again`,
  )
}

function report(own: WorkerTasks): void {
  const usage = process.resourceUsage()
  tell({
    kind: 'status',
    ...own.status(),
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakBytes: usage.maxRSS * 1024,
    memoryBytes: process.memoryUsage.rss(),
  })
}

function tell(message: FromWorker): void {
  // A supervisor that was killed takes no message; its end is heard as 'disconnect'.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
