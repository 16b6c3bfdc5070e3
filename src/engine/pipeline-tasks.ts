// Which tasks a plan runs as, which topics lie between them, and which lanes lead where. Data only: opens nothing.
import type { TopicSpec } from '../contracts/log.ts'
import type { EventSchema } from '../schema/event-schema.ts'
import type { ModelPlan, Plan, SetPlan, StagePlan, StreamPlan } from '../pipeline/plan.ts'
import { layoutOf, type Layout } from './exchange/layout.ts'
import type { Hop } from './exchange/router.ts'
import type { TaskInput } from './merge-task.ts'
import { LABEL_LAYOUT, WAITING_LAYOUT } from './operators/join-layouts.ts'
import { carriedFields } from './carried-fields.ts'
import { setInputs } from './row-fields.ts'
import { joinStage, sourceStage } from './stage-names.ts'
import type { TaskSpec } from './task-context.ts'
import {
  commitsTopic,
  deadLettersTopic,
  examplesTopic,
  labelsTopic,
  lateTopic,
  receiptsTopic,
  rowsTopic,
  runsTopic,
  setTopic,
  snapshotsTopic,
  waitingTopic,
} from './task-names.ts'

/** Where the rows of a stream go from its source stage. */
export interface SourceRoutes {
  /** Rows of the pipeline's own stream, to the first stage: these columns of the event go along. */
  readonly rows: { readonly hop: Hop; readonly event: readonly number[] } | undefined
  readonly sets: readonly { readonly set: SetPlan; readonly hop: Hop }[]
  readonly labels: readonly { readonly label: StreamPlan['labels'][number]; readonly hop: Hop }[]
}

export type TaskPlan =
  | {
      readonly kind: 'source'
      readonly spec: TaskSpec
      readonly stream: StreamPlan
      readonly routes: SourceRoutes
    }
  | {
      readonly kind: 'stage'
      readonly spec: TaskSpec
      readonly stage: StagePlan
      readonly stageIndex: number
      readonly inputs: readonly TaskInput[]
      /** To the next stage; undefined in the last. */
      readonly next: Hop | undefined
      /** To the joins, in the last stage. */
      readonly waiting: readonly { readonly model: ModelPlan; readonly hop: Hop }[]
    }
  | {
      readonly kind: 'join'
      readonly spec: TaskSpec
      readonly model: ModelPlan
      readonly inputs: readonly TaskInput[]
    }

export interface PipelineTasks {
  readonly tasks: readonly TaskPlan[]
  readonly topics: readonly TopicSpec[]
}

export interface Sizing {
  /** Tasks a stage. */
  readonly partitions: number
  /** Partitions of each stream's topic. */
  readonly sources: ReadonlyMap<string, number>
}

const DEAD_LETTERS_MS = 30 * 86_400_000

/** @param schemas compiled, by stream. */
export function tasksOf(
  plan: Plan,
  schemas: ReadonlyMap<string, EventSchema>,
  sizing: Sizing,
): PipelineTasks {
  return new Layouter(plan, schemas, sizing).all()
}

class Layouter {
  readonly #plan: Plan
  readonly #schemas: ReadonlyMap<string, EventSchema>
  readonly #sizing: Sizing

  constructor(plan: Plan, schemas: ReadonlyMap<string, EventSchema>, sizing: Sizing) {
    this.#plan = plan
    this.#schemas = schemas
    this.#sizing = sizing
  }

  all(): PipelineTasks {
    const { streams, stages } = this.#plan
    const models = stages
      .flatMap((stage) => stage.models)
      .filter(({ labels }) => labels !== undefined)
    const tasks = [
      ...streams.flatMap((stream) => this.#sources(stream)),
      ...stages.flatMap((stage, index) => this.#stage(stage, index)),
      ...models.flatMap((model) => this.#join(model)),
    ]
    return { tasks, topics: this.#topics(tasks) }
  }

  #spec(stage: string, number: number): TaskSpec {
    return { pipeline: this.#plan.pipeline, stage, number, plan: this.#plan.digest }
  }

  #writers(stream: string): number {
    return this.#sizing.sources.get(stream) ?? this.#sizing.partitions
  }

  #hop(topic: string, layout: Layout, writer: number): Hop {
    return { topic, layout, partitions: this.#sizing.partitions, writer }
  }

  #sources(stream: StreamPlan): TaskPlan[] {
    const { pipeline, from, stages } = this.#plan
    return Array.from({ length: this.#writers(stream.name) }, (_, number) => ({
      kind: 'source',
      spec: this.#spec(sourceStage(stream.name), number),
      stream,
      routes: {
        rows:
          stream.name === from
            ? {
                hop: this.#hop(rowsTopic(pipeline, stages[0].name), this.#rowLayout(0), number),
                event: carriedFields(this.#plan, this.#schemas, 0).event,
              }
            : undefined,
        sets: stages.flatMap(({ name, lookups }) =>
          lookups
            .filter(({ set }) => set.stream === stream.name)
            .map(({ set }) => ({
              set,
              hop: this.#hop(setTopic(pipeline, name, set.name), this.#setLayout(set), number),
            })),
        ),
        labels: stream.labels.map((label) => ({
          label,
          hop: this.#hop(labelsTopic(pipeline, label.model), LABEL_LAYOUT, number),
        })),
      },
    }))
  }

  #stage(stage: StagePlan, index: number): TaskPlan[] {
    const { pipeline, from, stages } = this.#plan
    const last = index === stages.length - 1
    const writers = index === 0 ? this.#writers(from) : this.#sizing.partitions
    return Array.from({ length: this.#sizing.partitions }, (_, number) => ({
      kind: 'stage',
      spec: this.#spec(stage.name, number),
      stage,
      stageIndex: index,
      inputs: [
        ...stage.lookups.map(({ set, waitMs }) =>
          this.#input({
            topic: setTopic(pipeline, stage.name, set.name),
            layout: this.#setLayout(set),
            writers: this.#writers(set.stream),
            number,
            waitMs,
            primary: false,
          }),
        ),
        this.#input({
          topic: rowsTopic(pipeline, stage.name),
          layout: this.#rowLayout(index),
          writers,
          number,
          waitMs: Infinity,
          primary: true,
        }),
      ],
      next: last
        ? undefined
        : this.#hop(
            rowsTopic(pipeline, stages[index + 1].name),
            this.#rowLayout(index + 1),
            number,
          ),
      waiting: stage.models
        .filter(({ labels }) => labels !== undefined)
        .map((model) => ({
          model,
          hop: this.#hop(waitingTopic(pipeline, model.name), WAITING_LAYOUT, number),
        })),
    }))
  }

  #join(model: ModelPlan): TaskPlan[] {
    const { pipeline } = this.#plan
    const { partitions } = this.#sizing
    const writers = this.#writers(model.labels?.stream ?? '')
    const both = { waitMs: Infinity, primary: true }
    return Array.from({ length: partitions }, (_, number) => ({
      kind: 'join',
      spec: this.#spec(joinStage(model.name), number),
      model,
      inputs: [
        this.#input({
          topic: labelsTopic(pipeline, model.name),
          layout: LABEL_LAYOUT,
          writers,
          number,
          ...both,
        }),
        this.#input({
          topic: waitingTopic(pipeline, model.name),
          layout: WAITING_LAYOUT,
          writers: partitions,
          number,
          ...both,
        }),
      ],
    }))
  }

  #input(of: {
    topic: string
    layout: Layout
    writers: number
    number: number
    waitMs: number
    primary: boolean
  }): TaskInput {
    const { topic, layout, writers, number, waitMs, primary } = of
    const partitions = Array.from(
      { length: writers },
      (_, writer) => writer * this.#sizing.partitions + number,
    )
    return { topic, layout, partitions, waitMs, primary }
  }

  #rowLayout(index: number): Layout {
    const fields = carriedFields(this.#plan, this.#schemas, index)
    return layoutOf([...fields.eventFields, ...fields.features])
  }

  #setLayout(set: SetPlan): Layout {
    return layoutOf(setInputs(set, this.#schema(set.stream)).fields)
  }

  #schema(stream: string): EventSchema {
    const schema = this.#schemas.get(stream)
    if (schema === undefined) throw new RangeError(`no compiled schema of stream '${stream}'`)
    return schema
  }

  /** How long topics are kept that nobody reads to an end, ms (ENGINE 11). What lies between tasks is trimmed by who reads it. */
  #kept(): Map<string, number> {
    const { pipeline, stages, replayMs, receiptsMs } = this.#plan
    const { models } = stages[stages.length - 1]
    const within = models.map(({ labels }) => labels?.withinMs ?? 0)
    const receipts = Math.max(receiptsMs, replayMs, ...within)
    return new Map([
      [receiptsTopic(pipeline), receipts],
      ...models.map(({ name }) => [examplesTopic(pipeline, name), receipts] as const),
      [deadLettersTopic(pipeline), DEAD_LETTERS_MS],
    ])
  }

  #topics(tasks: readonly TaskPlan[]): TopicSpec[] {
    const { pipeline, stages, streams } = this.#plan
    const { partitions } = this.#sizing
    const sizes = new Map<string, number>()
    const kept = this.#kept()
    const add = (name: string, count: number): void => {
      sizes.set(name, Math.max(count, sizes.get(name) ?? 0))
    }
    for (const task of tasks) {
      add(commitsTopic(pipeline, task.spec.stage), task.spec.number + 1)
      add(snapshotsTopic(pipeline, task.spec.stage), task.spec.number + 1)
      if (task.kind === 'source') continue
      for (const { topic, partitions: lanes } of task.inputs) add(topic, Math.max(...lanes) + 1)
    }
    for (const { topic, name, late } of streams) {
      const count = this.#writers(name)
      add(topic, count)
      add(lateTopic(name, late), count)
      add(deadLettersTopic(pipeline), count)
    }
    const last = stages[stages.length - 1]
    add(deadLettersTopic(pipeline), partitions)
    for (const { topic } of last.emits) add(topic, partitions)
    for (const { topics } of last.whens) for (const topic of topics) add(topic, partitions)
    if (last.models.length > 0) add(receiptsTopic(pipeline), partitions)
    for (const { name, labels } of last.models) {
      if (labels === undefined) continue
      add(examplesTopic(pipeline, name), partitions)
      add(runsTopic(pipeline, name), partitions)
    }
    return [...sizes].map(([name, count]) => {
      const retentionMs = kept.get(name)
      return { name, partitions: count, ...(retentionMs === undefined ? {} : { retentionMs }) }
    })
  }
}
