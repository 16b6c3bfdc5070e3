// Runs a pipeline over all that its topics keep, in the order of event time, in a log of its own that is thrown away. The very
// operators of the stream run, so that equal input gives equal bits.
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ShareProgress } from '../../contracts/commands.ts'
import type { Log } from '../../contracts/log.ts'
import { UNWATCHED } from '../../contracts/model-calls.ts'
import { openTask, type PipelineParts } from '../../engine/open-task.ts'
import { tasksOf } from '../../engine/pipeline-tasks.ts'
import type { TaskPlan } from '../../engine/task-plan.ts'
import { TUNING, type TaskContext } from '../../engine/task-context.ts'
import { machineClock } from '../../log/embedded/machine-clock.ts'
import { openLog } from '../../log/open-log.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { installGuard, type Guard } from '../../schema/guard.ts'
import type { Definition } from '../load-definition.ts'
import { ModelMetrics } from '../model-metrics.ts'
import { modelsOf } from '../versions/load-models.ts'
import { idealPlan, silentModel } from './ideal-plan.ts'
import { copySorted, type SortedCopy } from './sorted-topic.ts'

export interface IdealRun {
  /** With the receipts and examples of the run; its topics hold the events in order. */
  readonly log: Log
  /** The offset an event has in its topic, of its offset in the run. */
  readonly offsetOf: (topic: string, partition: number, offset: number) => number
}

interface Watched {
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: ShareProgress) => void) | undefined
}

/**
 * @param near the folder is made beside this file: so much room is needed as the topics take.
 * @param use is called when all is done; the log is thrown away behind it.
 */
export async function withIdealRun<Result>(
  of: {
    readonly definition: Definition
    readonly log: Log
    readonly near: string
  } & Watched,
  use: (run: IdealRun) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(dirname(resolve(of.near)), '.millrace-dataset-'))
  try {
    const { log } = await openLog(folder)
    try {
      return await use(await runAll(log, of))
    } finally {
      await log.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runAll(
  log: Log,
  of: { readonly definition: Definition; readonly log: Log } & Watched,
): Promise<IdealRun> {
  const { schemas } = of.definition
  const plan = idealPlan(of.definition.plan)
  const guard = installGuard()
  const sources = new Map<string, number>()
  for (const { name, topic } of plan.streams)
    sources.set(name, (await of.log.topic(topic))?.partitions ?? 1)
  // One task a stage: then the rows of the set come in the order of time, too.
  const { tasks, topics } = tasksOf(plan, schemas, { partitions: 1, sources })
  for (const { name, partitions } of topics) await log.ensureTopic({ name, partitions })
  const { signal, onProgress } = of
  const copying = { from: of.log, to: log, sources, schemas, guard, signal, onProgress }
  const copies = await copyTopics(plan, copying)
  const parts: PipelineParts = {
    plan,
    schemas,
    sources,
    models: new Map(modelsOf(plan).map((model) => [model.name, silentModel(model)])),
    calls: UNWATCHED,
    guard,
    metrics: (memory, labels) => new ModelMetrics(memory, labels),
  }
  const first = Math.min(...[...copies.values()].map((copy) => copy.first))
  const last = Math.max(...[...copies.values()].map((copy) => copy.last))
  await runToEnd(log, tasks, {
    parts,
    signal,
    reached: (time) => {
      const share = Math.min(1, Math.max(0, (time - first) / (last - first)))
      if (!Number.isNaN(share)) onProgress?.({ doing: 'computing features', share })
    },
  })
  return {
    log,
    offsetOf: (topic, partition, offset) =>
      copies.get(`${topic}/${partition}`)?.offsets.at(offset) ?? NaN,
  }
}

async function copyTopics(
  { streams }: Plan,
  of: {
    readonly from: Log
    readonly to: Log
    readonly sources: ReadonlyMap<string, number>
    readonly schemas: Definition['schemas']
    readonly guard: Guard
  } & Watched,
): Promise<Map<string, SortedCopy>> {
  const { from, schemas, guard, signal, onProgress } = of
  const copies = new Map<string, SortedCopy>()
  const parts = streams.reduce((sum, { name }) => sum + (of.sources.get(name) ?? 1), 0)
  const to = await of.to.openWriter('dataset')
  for (const stream of streams) {
    const schema = schemas.get(stream.name)
    if (schema === undefined) throw new RangeError(`no compiled schema of stream '${stream.name}'`)
    for (let partition = 0; partition < (of.sources.get(stream.name) ?? 1); partition++) {
      signal?.throwIfAborted()
      const copy = await copySorted({ from, to, stream, partition, schema, guard })
      copies.set(`${stream.topic}/${partition}`, copy)
      onProgress?.({ doing: 'sorting events', share: copies.size / parts })
    }
  }
  await to.close()
  return copies
}

async function runToEnd(
  log: Log,
  tasks: readonly TaskPlan[],
  {
    parts,
    signal,
    reached,
  }: {
    readonly parts: PipelineParts
    readonly signal: AbortSignal | undefined
    /** Told to which event time all tasks have come. */
    readonly reached: (time: number) => void
  },
): Promise<void> {
  const stop = new AbortController()
  const context: TaskContext = {
    log,
    clock: machineClock,
    steps: { reach: () => {} },
    tuning: TUNING,
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
  }
  const opened = []
  for (const task of tasks) opened.push(await openTask(context, task, parts))
  const open = new Map(opened.map((task) => [task, -Infinity]))
  try {
    await Promise.all(
      opened.map(async (task) =>
        task.run(({ ended, progress }) => {
          if (ended) open.delete(task)
          else open.set(task, progress)
          if (open.size > 0) reached(Math.min(...open.values()))
          if (open.size === 0) stop.abort()
        }),
      ),
    )
  } finally {
    stop.abort()
  }
  signal?.throwIfAborted()
}
