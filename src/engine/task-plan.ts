// What a task is: the partition of a source it reads, its place in a stage or a join, and where its rows come from and go to.
import type { DerivedPlan, ModelPlan, SetPlan, StagePlan, StreamPlan } from '../pipeline/plan.ts'
import type { Hop } from './exchange/router.ts'
import type { LearningModel } from './learning-models.ts'
import type { TaskInput } from './merge-task.ts'
import type { TaskSpec } from './task-spec.ts'
import type { WatchedModel } from './watched-models.ts'

/** Where rows of a stream go from a source stage. */
export interface SourceRoute {
  /** The stream: the one that is read, or one that is made of it there. */
  readonly of: string
  /** What its rows say they come from (`source-number.ts`). */
  readonly source: number
  readonly hop: Hop
}

export interface RowsRoute extends Pick<SourceRoute, 'of' | 'source'> {
  /** undefined: to the stage of the same task. */
  readonly hop: Hop | undefined
  readonly event: readonly number[]
}

export interface SourceRoutes {
  /** Streams that are made of the one that is read, each after the one its events come through. */
  readonly derived: readonly { readonly plan: DerivedPlan; readonly through: string }[]
  /** Rows of the pipeline's own stream, to the first stage: these columns of the event go along. */
  readonly rows: RowsRoute | undefined
  readonly sets: readonly (SourceRoute & { readonly set: SetPlan })[]
  readonly labels: readonly (SourceRoute & { readonly label: StreamPlan['labels'][number] })[]
}

/** What a task has that reads a partition of a stream's topic. */
interface ReadsSource {
  readonly stream: StreamPlan
  readonly routes: SourceRoutes
}

/** What a task has that is one of a stage. */
interface OfStage {
  /** How many the stage has. */
  readonly tasks: number
  readonly stage: StagePlan
  readonly stageIndex: number
  readonly inputs: readonly TaskInput[]
  /** To the next stage; undefined in the last. */
  readonly next: Hop | undefined
  /** To the joins, in the last stage. */
  readonly waiting: readonly { readonly model: ModelPlan; readonly hop: Hop }[]
  /** To those who learn from the rows, in the last stage. */
  readonly learning: readonly { readonly model: LearningModel; readonly hop: Hop }[]
  /** To those who watch rows for drift, in the last stage. */
  readonly watched: readonly { readonly model: WatchedModel; readonly hop: Hop }[]
}

export type TaskPlan =
  | ({ readonly kind: 'source'; readonly spec: TaskSpec } & ReadsSource)
  | ({ readonly kind: 'stage'; readonly spec: TaskSpec } & OfStage)
  /** One of the first stage, which reads the source itself: it has no inputs. */
  | ({ readonly kind: 'direct'; readonly spec: TaskSpec } & ReadsSource & OfStage)
  | {
      readonly kind: 'join'
      readonly spec: TaskSpec
      readonly model: ModelPlan
      readonly inputs: readonly TaskInput[]
    }
  /** The only one that learns for a model, from its examples or its rows. */
  | {
      readonly kind: 'learner'
      readonly spec: TaskSpec
      readonly model: LearningModel
      readonly inputs: readonly TaskInput[]
      /** Tasks that predict with what it has learnt. */
      readonly predicting: number
    }
  /** The only one that watches a model for drift. */
  | {
      readonly kind: 'drift'
      readonly spec: TaskSpec
      readonly model: WatchedModel
      readonly inputs: readonly TaskInput[]
    }

/** What of these has such a kind, also where one type has them all. */
type OfKind<Task, Kind> = Task extends { kind: Kind } ? Task : Task & { kind: Kind }

/** Whether it reads a stream's topic. */
export function readsSource<Task extends Pick<TaskPlan, 'kind'>>(
  task: Task,
): task is OfKind<Task, 'source' | 'direct'> {
  return task.kind === 'source' || task.kind === 'direct'
}

/** Whether it is one of a stage. */
export function isOfStage<Task extends Pick<TaskPlan, 'kind'>>(
  task: Task,
): task is OfKind<Task, 'stage' | 'direct'> {
  return task.kind === 'stage' || task.kind === 'direct'
}
