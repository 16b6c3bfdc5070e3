// Which tasks a plan runs as, which topics lie between them, and which lanes lead where. Data only: opens nothing.
import type { TopicSpec } from '../contracts/log.ts'
import type { EventSchema } from '../schema/event-schema.ts'
import type { ModelPlan, Plan, SetPlan, StagePlan, StreamPlan } from '../pipeline/plan.ts'
import { directSource } from '../pipeline/direct-source.ts'
import { originsOf, throughOf } from '../pipeline/plan-streams.ts'
import { layoutOf, type Layout } from './exchange/layout.ts'
import type { Hop } from './exchange/router.ts'
import { sourceNumber } from './exchange/source-number.ts'
import type { TaskInput } from './merge-task.ts'
import { LABEL_LAYOUT, learningExampleLayout, WAITING_LAYOUT } from './operators/join-layouts.ts'
import { LEARNT_LAYOUT } from './operators/learnt-layout.ts'
import { learningLayout } from './operators/learning-layout.ts'
import { carriedFields } from './carried-fields.ts'
import { topicsOf, type Sizing } from './pipeline-topics.ts'
import { isLearning, learningModels, learnsFromRows } from './learning-models.ts'
import { setInputs } from './row-fields.ts'
import { predictionWriters, tasksOfStage } from './scale.ts'
import { driftStage, joinStage, learningStage, sourceStage } from './stage-names.ts'
import type { TaskSpec } from './task-spec.ts'
import type { RowsRoute, SourceRoute, SourceRoutes, TaskPlan } from './task-plan.ts'
import {
  examplesTopic,
  judgedTopic,
  labelsTopic,
  learningTopic,
  learntTopic,
  rowsTopic,
  setTopic,
  waitingTopic,
  watchedTopic,
} from './task-names.ts'
import { isWatched, watchedOfExamples, watchedOfRows, watchLayout } from './watched-models.ts'

export interface PipelineTasks {
  readonly tasks: readonly TaskPlan[]
  readonly topics: readonly TopicSpec[]
}

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
  readonly #direct: StreamPlan | undefined

  constructor(plan: Plan, schemas: ReadonlyMap<string, EventSchema>, sizing: Sizing) {
    this.#plan = plan
    this.#schemas = schemas
    this.#sizing = sizing
    this.#direct =
      this.#partitionsOf(plan.from) === tasksOfStage(sizing, plan.stages[0].name)
        ? directSource(plan)
        : undefined
  }

  all(): PipelineTasks {
    const { streams, stages } = this.#plan
    const models = stages.flatMap((stage) => stage.models)
    const judged = models.filter(({ labels }) => labels !== undefined)
    const tasks = [
      ...streams.flatMap((stream) => this.#sources(stream)),
      ...stages.flatMap((stage, index) => this.#stage(stage, index)),
      ...judged.flatMap((model) => this.#join(model)),
      ...models.flatMap((model) => this.#learner(model)),
      ...models.flatMap((model) => this.#watching(model)),
    ]
    return { tasks, topics: topicsOf(this.#plan, tasks, this.#sizing) }
  }

  #spec(stage: string, number: number): TaskSpec {
    return { pipeline: this.#plan.pipeline, stage, number, plan: this.#plan.digest }
  }

  #tasks(stage: string): number {
    return tasksOfStage(this.#sizing, stage)
  }

  #partitionsOf(stream: string): number {
    return this.#sizing.sources.get(stream) ?? this.#sizing.partitions
  }

  /** Tasks that write rows of a stream: those that read its sources, one source after the other. */
  #writers(stream: string): number {
    return originsOf(this.#plan, stream).reduce(
      (sum, { name }) => sum + this.#partitionsOf(name),
      0,
    )
  }

  /** What a source task is to a stream that its events come into; undefined where they do not. */
  #part(
    stream: string,
    source: StreamPlan,
    number: number,
  ): { readonly writer: number; readonly source: number } | undefined {
    const origins = originsOf(this.#plan, stream)
    const rank = origins.indexOf(source)
    if (rank < 0) return undefined
    const before = origins.slice(0, rank).map(({ name }) => this.#partitionsOf(name))
    return {
      writer: before.reduce((sum, each) => sum + each, number),
      source: sourceNumber(rank, number),
    }
  }

  /** @param partitions tasks that read. */
  #hop(topic: string, layout: Layout, of: { partitions: number; writer: number }): Hop {
    return { topic, layout, ...of }
  }

  #sources(stream: StreamPlan): TaskPlan[] {
    if (stream === this.#direct) return []
    return Array.from({ length: this.#partitionsOf(stream.name) }, (_, number) => ({
      kind: 'source',
      spec: this.#spec(sourceStage(stream.name), number),
      stream,
      routes: this.#routes(stream, number),
    }))
  }

  #routes(stream: StreamPlan, number: number): SourceRoutes {
    const { pipeline, from, stages, streams, derived } = this.#plan
    const route = (
      of: string,
      to: { topic: string; partitions: number },
      layout: () => Layout,
    ): SourceRoute[] => {
      const part = this.#part(of, stream, number)
      if (part === undefined) return []
      const { partitions, topic } = to
      const hop = this.#hop(topic, layout(), { partitions, writer: part.writer })
      return [{ of, source: part.source, hop }]
    }
    const [{ name: first }] = stages
    const toFirst = { topic: rowsTopic(pipeline, first), partitions: this.#tasks(first) }
    const rows = route(from, toFirst, () => this.#rowLayout(0)).map(
      ({ hop, ...each }): RowsRoute => ({
        ...each,
        hop: stream === this.#direct ? undefined : hop,
        event: carriedFields(this.#plan, this.#schemas, 0).event,
      }),
    )
    return {
      derived: derived.flatMap((plan) => {
        const through = throughOf(this.#plan, plan, stream.name)
        return through === undefined ? [] : [{ plan, through }]
      }),
      rows: rows.at(0),
      sets: stages.flatMap(({ name, lookups }) =>
        lookups.flatMap(({ set }) =>
          route(
            set.stream,
            { topic: setTopic(pipeline, name, set.name), partitions: this.#tasks(name) },
            () => this.#setLayout(set),
          ).map((each) => ({ ...each, set })),
        ),
      ),
      labels: [...streams, ...derived].flatMap(({ name, labels }) =>
        labels.flatMap((label) =>
          route(
            name,
            {
              topic: labelsTopic(pipeline, label.model),
              partitions: this.#sizing.partitions,
            },
            () => LABEL_LAYOUT,
          ).map((each) => ({ ...each, label })),
        ),
      ),
    }
  }

  #stage(stage: StagePlan, index: number): TaskPlan[] {
    const { pipeline, stages } = this.#plan
    const last = index === stages.length - 1
    const tasks = this.#tasks(stage.name)
    const direct = index === 0 ? this.#direct : undefined
    return Array.from({ length: tasks }, (_, number) => ({
      ...(direct === undefined
        ? { kind: 'stage' }
        : { kind: 'direct', stream: direct, routes: this.#routes(direct, number) }),
      spec: this.#spec(stage.name, number),
      tasks,
      stage,
      stageIndex: index,
      inputs: direct === undefined ? this.#stageInputs(stage, index, number) : [],
      next: last
        ? undefined
        : this.#hop(rowsTopic(pipeline, stages[index + 1].name), this.#rowLayout(index + 1), {
            partitions: this.#tasks(stages[index + 1].name),
            writer: number,
          }),
      waiting: stage.models
        .filter(({ labels }) => labels !== undefined)
        .map((model) => ({
          model,
          hop: this.#hop(waitingTopic(pipeline, model.name), WAITING_LAYOUT, {
            partitions: this.#sizing.partitions,
            writer: number,
          }),
        })),
      watched: stage.models.filter(isWatched).flatMap((model) => {
        const watched = watchedOfRows(model)
        if (watched.length === 0) return []
        const to = { partitions: 1, writer: number }
        return [
          { model, hop: this.#hop(watchedTopic(pipeline, model.name), watchLayout(watched), to) },
        ]
      }),
      learning: stage.models.filter(learnsFromRows).map((model) => ({
        model,
        hop: this.#hop(
          learningTopic(pipeline, model.name),
          learningLayout(model.learning.features),
          { partitions: 1, writer: number },
        ),
      })),
    }))
  }

  /** Of sets it looks up, of snapshots of models that learn, of its rows. */
  #stageInputs(stage: StagePlan, index: number, number: number): TaskInput[] {
    const { pipeline, from, stages } = this.#plan
    const tasks = this.#tasks(stage.name)
    const own = { number, tasks }
    return [
      ...stage.lookups.map(({ set, waitMs }) =>
        this.#input({
          ...own,
          topic: setTopic(pipeline, stage.name, set.name),
          layout: this.#setLayout(set),
          writers: this.#writers(set.stream),
          waitMs,
          primary: false,
        }),
      ),
      ...learningModels(stage).map(({ name, learning: { waitMs } }) =>
        this.#input({
          ...own,
          topic: learntTopic(pipeline, name),
          layout: LEARNT_LAYOUT,
          writers: 1,
          waitMs,
          primary: false,
        }),
      ),
      this.#input({
        ...own,
        topic: rowsTopic(pipeline, stage.name),
        layout: this.#rowLayout(index),
        writers: index === 0 ? this.#writers(from) : this.#tasks(stages[index - 1].name),
        waitMs: Infinity,
        primary: true,
      }),
    ]
  }

  #join(model: ModelPlan): TaskPlan[] {
    const { pipeline } = this.#plan
    const { partitions } = this.#sizing
    const writers = this.#writers(model.labels?.stream ?? '')
    const both = { waitMs: Infinity, primary: true, tasks: partitions }
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
          writers: predictionWriters(this.#sizing, model.name),
          number,
          ...both,
        }),
      ],
    }))
  }

  #learner(model: ModelPlan): TaskPlan[] {
    const { pipeline, stages } = this.#plan
    if (!isLearning(model)) return []
    const { features } = model.learning
    const lanes =
      model.learning.from === 'rows'
        ? {
            topic: learningTopic(pipeline, model.name),
            layout: learningLayout(features),
            writers: predictionWriters(this.#sizing, model.name),
          }
        : {
            topic: examplesTopic(pipeline, model.name),
            layout: learningExampleLayout(model.learning),
            writers: this.#sizing.partitions,
          }
    const input = this.#input({
      ...lanes,
      number: 0,
      tasks: 1,
      waitMs: Infinity,
      primary: true,
    })
    return [
      {
        kind: 'learner',
        spec: this.#spec(learningStage(model.name), 0),
        model,
        inputs: [input],
        predicting: this.#tasks(stages[stages.length - 1].name),
      },
    ]
  }

  /** What its joins say comes before what its rows say, of equal times. */
  #watching(model: ModelPlan): TaskPlan[] {
    const { pipeline } = this.#plan
    if (!isWatched(model)) return []
    const lanes = [
      {
        watched: watchedOfExamples(model),
        topic: judgedTopic(pipeline, model.name),
        writers: this.#sizing.partitions,
      },
      {
        watched: watchedOfRows(model),
        topic: watchedTopic(pipeline, model.name),
        writers: predictionWriters(this.#sizing, model.name),
      },
    ]
    const inputs = lanes
      .filter(({ watched }) => watched.length > 0)
      .map(({ watched, ...lane }) =>
        this.#input({
          ...lane,
          layout: watchLayout(watched),
          number: 0,
          tasks: 1,
          waitMs: Infinity,
          primary: true,
        }),
      )
    return [{ kind: 'drift', spec: this.#spec(driftStage(model.name), 0), model, inputs }]
  }

  #input(of: {
    topic: string
    layout: Layout
    writers: number
    number: number
    /** Tasks that read. */
    tasks: number
    waitMs: number
    primary: boolean
  }): TaskInput {
    const { topic, layout, writers, number, tasks, waitMs, primary } = of
    const partitions = Array.from({ length: writers }, (_, writer) => writer * tasks + number)
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
}
