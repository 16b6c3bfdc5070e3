// `millrace run`: runs a pipeline, tells how far it is, and reports.
import type { RunCommand } from '../contracts/commands.ts'
import type { ModelProgress, RunProgress } from '../contracts/run-report.ts'
import type { RunReport } from '../contracts/run-report.ts'
import { sourceStage } from '../engine/stage-names.ts'
import type { Plan } from '../pipeline/plan.ts'
import { recordRun } from './control.ts'
import { loadDefinition } from './load-definition.ts'
import { loadModels } from './load-models.ts'
import { layOut, runLaidOut, type RunStatus } from './run-pipeline.ts'
import { readTasks, sumOf } from './read-state.ts'
import { runReport } from './run-report.ts'
import { openLog } from '../log/server/open-log.ts'
import { resolve } from 'node:path'

const SPEED_OVER_MS = 5000

export interface RunCommandOptions extends RunCommand {
  /** Rows of a batch at most; no result depends on it. */
  readonly batchRows?: number
  /** Events there will be, where the caller knows. */
  readonly eventsTotal?: number
  readonly note?: () => string | undefined
}

export async function run(options: RunCommandOptions): Promise<RunReport> {
  const started = performance.now()
  const definition = await loadDefinition(options.file)
  const { plan, schemas, folder, file } = definition
  const models = await loadModels(plan, schemas, folder)
  const opened = await openLog(options.log)
  try {
    const layout = await layOut(opened.log, definition, options.partitions)
    const digests = Object.fromEntries([...models].map(([name, { digest }]) => [name, digest]))
    await recordRun(opened.log, {
      kind: 'run',
      pipeline: plan.pipeline,
      file,
      plan: plan.digest,
      partitions: layout.partitions,
      models: digests,
      at: Date.now(),
    })
    const before = await readTasks(opened.log, layout.tasks)
    const speed = new Speed()
    const status = await runLaidOut(definition, layout, {
      socketPath: opened.socketPath,
      before,
      options: {
        file,
        log: options.log,
        untilEnd: options.untilEnd,
        signal: options.signal,
        ...(options.workers === undefined ? {} : { workers: options.workers }),
        ...(options.batchRows === undefined ? {} : { batchRows: options.batchRows }),
        onStatus: (each) => options.onProgress(progressOf(each, { options, plan, started, speed })),
      },
    })
    const wallSeconds = (performance.now() - started) / 1000
    return await runReport({
      log: opened.log,
      folder: resolve(options.log),
      plan,
      layout,
      status,
      wallSeconds,
      eventsBefore: sumOf(before, ({ kind }) => kind === 'source').records ?? 0,
    })
  } finally {
    await opened.log.close()
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
  of: { options: RunCommandOptions; plan: Plan; started: number; speed: Speed },
): RunProgress {
  const { pipeline, from } = of.plan
  const sources = status.stages.filter(({ kind }) => kind === 'source')
  const joins = status.stages.filter(({ kind }) => kind === 'join')
  const sum = (stages: RunStatus['stages'], name: string): number =>
    stages.reduce((total, { counts }) => total + (counts[name] ?? 0), 0)
  const stages = status.stages.filter(({ kind }) => kind === 'stage')
  const events = sum(sources, 'records')
  const scored = sum(stages, 'predictions')
  const predictions = scored - sum(stages, 'unpredicted')
  const toScore = sum(
    sources.filter(({ stage }) => stage === sourceStage(from)),
    'events',
  )
  const eventsDone = toScore === 0 ? events : Math.round(events * Math.min(1, scored / toScore))
  const joined = sum(joins, 'joined')
  const expired = sum(joins, 'expired')
  const eventTime = Math.min(...stages.map(({ progress }) => progress))
  return {
    pipeline,
    events,
    eventsDone,
    eventsTotal: of.options.eventsTotal,
    eventsPerSecond: of.speed.of(eventsDone),
    elapsedSeconds: (performance.now() - of.started) / 1000,
    eventTime: Number.isFinite(eventTime) ? eventTime : undefined,
    predictions,
    labels:
      joins.length === 0
        ? undefined
        : {
            joined,
            expired,
            orphaned: sum(joins, 'orphaned'),
            duplicate: sum(joins, 'duplicate'),
            pending: Math.max(0, predictions - joined - expired),
          },
    models: of.plan.stages.flatMap(({ models }) =>
      models.filter(({ labels }) => labels !== undefined).map((model) => modelOf(status, model)),
    ),
    deadLetters: sum(sources, 'bad') + sum(sources, 'ahead') + sum(stages, 'setAside'),
    restarts: status.restarts,
    note: of.options.note?.(),
  }
}

function modelOf({ models }: RunStatus, { name }: { readonly name: string }): ModelProgress {
  const found = models.find(({ model, count }) => model === name && count > 0)
  return { name, logLoss: found?.logLoss, baseRateLogLoss: found?.baseRateLogLoss }
}
