// A task from its plan: takes it over, restores its state and is ready to run.
import type { Log } from '../contracts/log.ts'
import type { ModelCalls } from '../contracts/model-calls.ts'
import type { LoadedModel } from '../contracts/runtime.ts'
import { originsOf } from '../pipeline/plan-streams.ts'
import type { LabelPlan, ModelPlan, Plan } from '../pipeline/plan.ts'
import type { EventSchema } from '../schema/event-schema.ts'
import type { Guard } from '../schema/guard.ts'
import { sourceBefore, stageBefore, type PlanChange } from './change/plan-change.ts'
import { carriedFields } from './carried-fields.ts'
import type { StageBody } from './body.ts'
import type { Gap } from './gap.ts'
import type { Asked, Told } from './look.ts'
import { DirectTask } from './direct-task.ts'
import { MergeTask, type TaskProgress } from './merge-task.ts'
import { DirectBody } from './operators/direct-body.ts'
import { DriftBody } from './operators/drift-body.ts'
import { JoinBody, type JoinOptions } from './operators/join-body.ts'
import { judgedHop, JudgedRows } from './operators/judged-rows.ts'
import { learnsFromLabels } from './learning-models.ts'
import { learningExampleLayout } from './operators/join-layouts.ts'
import type { JoinMetrics } from './operators/judging.ts'
import { LearnerBody } from './operators/learner-body.ts'
import { ReceiptFeatures } from './operators/receipt-features.ts'
import { sourceCounts, SourceBody } from './operators/source-body.ts'
import { KeyedStageBody } from './operators/stage-body.ts'
import { readsSource, type TaskPlan } from './task-plan.ts'
import { featureFields } from './row-fields.ts'
import { SourceTask } from './source-task.ts'
import type { StateMemory } from './state/memory.ts'
import { isWatched, watchedOfExamples, watchedOfRows } from './watched-models.ts'
import type { TaskContext } from './task-context.ts'
import { taskId, type TaskSpec } from './task-spec.ts'
import type { TaskFigures } from './task-figures.ts'
import {
  driftsTopic,
  examplesTopic,
  judgedTopic,
  learnerTopic,
  learntTopic,
  receiptsTopic,
  runsTopic,
} from './task-names.ts'

/** What the tasks of a pipeline share. */
export interface PipelineParts {
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
  /** Partitions of each stream's topic, by stream. */
  readonly sources: ReadonlyMap<string, number>
  /** Loaded models, by name. */
  readonly models: ReadonlyMap<string, LoadedModel>
  /** How their calls are made. */
  readonly calls: ModelCalls
  readonly guard: Guard
  /** The log's own, for digests of what streams redact. */
  readonly redactKey?: string
  /** How the tasks begin, where the plan is another than the one before it on this log. */
  readonly change?: PlanChange | undefined
  /** Gaps of its topics that were accepted. Default none. */
  readonly gaps?: readonly Gap[]
  /** Metrics of a model, in the memory of the task that joins its labels. */
  readonly metrics: (memory: StateMemory, labels: LabelPlan) => JoinMetrics
}

export interface OpenedTask {
  readonly spec: TaskSpec
  /** All state of the task: read only from outside. */
  readonly memory: StateMemory
  /** The features of a key that it owns, as of its last commit. */
  ask(asked: Asked): Promise<Told>
  /** How it is doing. */
  figures(): TaskFigures
  run(told: (progress: TaskProgress) => void): Promise<void>
}

/** Takes the task over (ENGINE 5: whoever had it is fenced) and restores its state. */
export async function openTask(
  context: TaskContext,
  task: TaskPlan,
  parts: PipelineParts,
): Promise<OpenedTask> {
  let memory: StateMemory | undefined
  const keep =
    <Body>(make: (memory: StateMemory) => Body) =>
    (own: StateMemory): Body => {
      memory = own
      return make(own)
    }
  const opened = await openBy(context, task, { parts, keep })
  if (memory === undefined) throw new RangeError('a task must have a memory')
  return {
    spec: task.spec,
    memory,
    figures: () => opened.figures,
    ask: async (asked) => {
      if (opened instanceof SourceTask) throw new RangeError('a source keeps no features')
      return opened.ask(asked)
    },
    run: (told) => opened.run(told),
  }
}

type Keep = <Body>(make: (memory: StateMemory) => Body) => (own: StateMemory) => Body

function openBy(
  context: TaskContext,
  task: TaskPlan,
  of: { parts: PipelineParts; keep: Keep },
): Promise<SourceTask | DirectTask | MergeTask> {
  const { parts, keep } = of
  const start = parts.change?.starts[taskId(task.spec)]
  const own = { log: context.log, sealRows: context.tuning.sealRows, parts }
  if (readsSource(task)) {
    const { stream, spec } = task
    const place = {
      topic: stream.topic,
      partition: spec.number,
      idleMs: stream.idleMs,
      gaps: parts.gaps,
    }
    return task.kind === 'source'
      ? SourceTask.open(context, spec, {
          place,
          start,
          body: keep((memory) => sourceBody(memory, task, parts)),
        })
      : DirectTask.open(context, spec, {
          place,
          start,
          body: keep((memory) => directBody(memory, task, own)),
        })
  }
  const keeps = task.kind === 'learner' && learnsFromLabels(task.model)
  return MergeTask.open(keeps ? keeping(context, parts) : context, task.spec, {
    inputs: task.inputs,
    start,
    body: keep((memory) => mergeBody(memory, task, own)),
  })
}

/** Examples are trimmed by the task that learns from them, and are kept as long as receipts. */
function keeping(context: TaskContext, { plan }: PipelineParts): TaskContext {
  const { tuning } = context
  return { ...context, tuning: { ...tuning, replayMs: Math.max(tuning.replayMs, plan.receiptsMs) } }
}

/** What a task that reads a source does with its records. */
export function sourceBody(
  memory: StateMemory,
  { stream, spec, routes }: TaskPlan & { kind: 'source' | 'direct' },
  { schemas, sources, guard, plan, change, redactKey = '' }: PipelineParts,
): SourceBody {
  return new SourceBody(memory, {
    pipeline: plan.pipeline,
    stream,
    partition: spec.number,
    partitions: sources.get(stream.name) ?? 1,
    redactKey,
    routes,
    schemas,
    guard,
    before: change && sourceBefore(change, { plan, stream, partition: spec.number }),
  })
}

/** What a task of the first stage does with the records it reads itself. @param of the log is only read. */
export function directBody(
  memory: StateMemory,
  task: TaskPlan & { kind: 'direct' },
  of: { log: Log; parts: PipelineParts },
): DirectBody {
  return new DirectBody(sourceBody(memory, task, of.parts), stageBody(memory, task, of))
}

/** What a task that merges lanes does with a batch. @param of the log is only read. */
export function mergeBody(
  memory: StateMemory,
  task: Exclude<TaskPlan, { kind: 'source' | 'direct' }>,
  of: { log: Log; sealRows: number; parts: PipelineParts },
): StageBody {
  if (task.kind === 'stage') return stageBody(memory, task, of)
  if (task.kind === 'join') return joinBody(memory, task, of)
  return task.kind === 'drift' ? driftBody(memory, task, of.parts) : learnerBody(memory, task, of)
}

function stageBody(
  memory: StateMemory,
  task: TaskPlan & { kind: 'stage' | 'direct' },
  { parts, log }: { readonly parts: PipelineParts; readonly log: Log },
): KeyedStageBody {
  const { plan, schemas, models, calls, guard, change } = parts
  const { stage, stageIndex, next, waiting, learning, watched, spec, tasks } = task
  const following = plan.stages[stageIndex + 1]
  return new KeyedStageBody(memory, {
    plan,
    stage,
    task: taskId(spec),
    number: spec.number,
    tasks,
    redactKey: parts.redactKey ?? '',
    schemas,
    guard,
    calls,
    log,
    brings: carriedFields(plan, schemas, stageIndex),
    adds: featureFields(stage, schemas),
    next:
      next === undefined
        ? undefined
        : { hop: next, key: following.key, takes: carriedFields(plan, schemas, stageIndex + 1) },
    models: stage.models.map((model) => ({ plan: model, loaded: modelOf(models, model.name) })),
    waiting,
    learning,
    watched,
    before: change && stageBefore(change, plan, stage),
    countsBefore: task.kind === 'direct' ? sourceCounts(task.routes).length : 0,
  })
}

function joinBody(
  memory: StateMemory,
  { model, spec }: TaskPlan & { kind: 'join' },
  of: { log: Log; sealRows: number; parts: PipelineParts },
): JoinBody {
  const { plan, metrics } = of.parts
  const { labels } = model
  if (labels === undefined) throw new RangeError(`model '${model.name}' has no labels`)
  const receipts = new ReceiptFeatures({
    log: of.log,
    topic: receiptsTopic(plan.pipeline),
    model: model.name,
    features: learnsFromLabels(model) ? model.learning.features : [],
    actions: model.learning?.actions,
    output: labels.judges,
  })
  return new JoinBody(memory, {
    labels,
    receipts,
    topic: examplesTopic(plan.pipeline, model.name),
    partition: spec.number,
    metrics: (own) => metrics(own, labels),
    learns: learnsFromLabels(model)
      ? {
          layout: learningExampleLayout(model.learning),
          periodMs: model.learning.periodMs,
          receipts,
        }
      : undefined,
    judged: judgedRows(model, plan.pipeline, spec.number),
    waiting: {
      log: of.log,
      topic: runsTopic(plan.pipeline, model.name),
      sealRows: of.sealRows,
    },
  })
}

/** Of a model whose examples are watched. */
function judgedRows(
  model: ModelPlan,
  pipeline: string,
  writer: number,
): JoinOptions['judged'] | undefined {
  if (!isWatched(model)) return undefined
  const hop = judgedHop({ model, topic: judgedTopic(pipeline, model.name), writer })
  return hop && ((memory) => new JudgedRows(memory, model, hop))
}

function driftBody(
  memory: StateMemory,
  { model }: TaskPlan & { kind: 'drift' },
  { plan }: PipelineParts,
): DriftBody {
  const examples = watchedOfExamples(model)
  const rows = watchedOfRows(model)
  return new DriftBody(memory, {
    model,
    topic: driftsTopic(plan.pipeline),
    sources: originsOf(plan, plan.from),
    inputs: [
      ...(examples.length === 0 ? [] : [{ from: 'examples' as const, watched: examples }]),
      ...(rows.length === 0 ? [] : [{ from: 'rows' as const, watched: rows }]),
    ],
  })
}

function learnerBody(
  memory: StateMemory,
  { model, inputs, predicting, spec }: TaskPlan & { kind: 'learner' },
  of: { log: Log; parts: PipelineParts },
): LearnerBody {
  const { pipeline } = of.parts.plan
  const { from, features, classes, actions, periodMs } = model.learning
  const factory = model.runtime.learner
  if (factory === undefined) throw new RangeError(`model '${model.name}' has no learner`)
  return new LearnerBody(memory, {
    log: of.log,
    topic: learnerTopic(pipeline, model.name),
    inputs,
    from,
    features,
    actions,
    periodMs,
    beganAfter: of.parts.change?.starts[taskId(spec)]?.after,
    make: () => factory.make({ features: features.length, classes }),
    lanes: { topic: learntTopic(pipeline, model.name), partitions: predicting },
  })
}

function modelOf(models: ReadonlyMap<string, LoadedModel>, name: string): LoadedModel {
  const model = models.get(name)
  if (model === undefined) throw new RangeError(`model '${name}' is not loaded`)
  return model
}
