// What a stage is given, and what its rows and sets had before a change of plan.
import type { Log } from '../../contracts/log.ts'
import type { ModelCalls } from '../../contracts/model-calls.ts'
import type { KeySelector } from '../../contracts/selector.ts'
import type { ModelPlan, Plan, StagePlan } from '../../pipeline/plan.ts'
import type { EventSchema } from '../../schema/event-schema.ts'
import type { Guard } from '../../schema/guard.ts'
import type { CarriedFields } from '../carried-fields.ts'
import type { Handled } from '../change/handled.ts'
import type { LayoutField } from '../exchange/layout.ts'
import type { LearningModel } from '../learning-models.ts'
import type { Hop } from '../exchange/router.ts'
import type { WatchedModel } from '../watched-models.ts'
import type { StageModel } from './stage-model.ts'

export interface KeyedStageOptions {
  readonly plan: Plan
  readonly stage: StagePlan
  /** Id of the task. */
  readonly task: string
  readonly number: number
  /** Tasks of the stage. */
  readonly tasks: number
  readonly schemas: ReadonlyMap<string, EventSchema>
  readonly guard: Guard
  readonly log: Log
  readonly redactKey: string
  /** What rows bring from the stages before. */
  readonly brings: CarriedFields
  /** Features that this stage adds. */
  readonly adds: readonly LayoutField[]
  readonly next:
    | { readonly hop: Hop; readonly key: KeySelector; readonly takes: CarriedFields }
    | undefined
  readonly models: readonly StageModel[]
  readonly calls: ModelCalls
  /** To the joins of models. */
  readonly waiting: readonly { readonly model: ModelPlan; readonly hop: Hop }[]
  /** To those who learn from the rows. */
  readonly learning: readonly { readonly model: LearningModel; readonly hop: Hop }[]
  /** To those who watch rows for drift. */
  readonly watched: readonly { readonly model: WatchedModel; readonly hop: Hop }[]
  /** Under a changed plan: what its rows and sets had before. */
  readonly before: StageBefore | undefined
  /** How many counters of another lie before its own in the memory. */
  readonly countsBefore: number
}

/** Rows that pass a stage again, because a changed plan builds state of them. */
export interface StageBefore {
  /** Rows that came to their end under a plan before: they are predicted and set aside but once. */
  readonly handled: Handled
  /** Events that the state of a set has already, by the set's name. */
  readonly taken: ReadonlyMap<string, Handled>
  /** Event time, ms, before which periods that came due were told, by topic and task. */
  readonly told: (topic: string, task: number) => number
}
