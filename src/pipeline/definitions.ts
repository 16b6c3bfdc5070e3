// What the typed values of a definition hold behind their types: frozen data, which `planOf` turns into a Plan.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { RuntimeSpec } from '../contracts/runtime.ts'
import type { KeySelector } from '../contracts/selector.ts'
import type { Part } from './check.ts'
import type { EventColumns } from './event-columns.ts'
import type { FileEdge } from './file.ts'
import type { KafkaEdge } from './kafka.ts'
import type {
  DerivedPlan,
  DriftPlan,
  EmitPlan,
  EveryPlan,
  SinkPlan,
  LabelPlan,
  LearningPlan,
  SetPlan,
  StreamPlan,
  StreamUses,
  WhenPlan,
  WindowDriftPlan,
} from './plan.ts'

export interface StreamDefinition {
  readonly part: Part
  readonly plan: Omit<StreamPlan, keyof StreamUses> | Omit<DerivedPlan, keyof StreamUses>
  readonly columns: EventColumns
  /** What it is made of; nothing for a stream that is read from a topic. */
  readonly of: readonly StreamDefinition[]
  /** What its topic is copied from. */
  readonly edge: FileEdge | KafkaEdge | undefined
}

/** The streams read from topics whose events come into a stream: itself, where it is one. */
export function originDefinitions(stream: StreamDefinition): readonly StreamDefinition[] {
  return stream.of.length === 0 ? [stream] : stream.of.flatMap(originDefinitions)
}

export interface SetDefinition {
  readonly part: Part
  readonly stream: StreamDefinition
  readonly set: SetPlan
  /** The name it is used under, and the names of its features under it, parallel to `set.features`. */
  readonly as: string
  readonly names: readonly string[]
}

export interface RuntimeDefinition {
  readonly spec: RuntimeSpec
  readonly output: StandardSchemaV1
  /** Fields of the output, where its schema is read natively. */
  readonly columns: EventColumns
  readonly deadlineMs: number | undefined
  /** Of a learner; it learns from all features of the model where it names none. */
  readonly learning?: Omit<LearningPlan, 'features'> & {
    readonly features: readonly string[] | undefined
  }
}

export interface LabelDefinition {
  readonly from: StreamDefinition
  readonly plan: LabelPlan
}

export interface ModelDefinition {
  readonly part: Part
  readonly name: string
  readonly of: StreamDefinition
  readonly input: readonly SetDefinition[]
  readonly runtime: RuntimeDefinition
  readonly labels: LabelDefinition | undefined
  readonly drift: readonly DriftPlan[]
  readonly windowDrift: readonly WindowDriftPlan[]
}

export interface FeaturesStep {
  readonly use: SetDefinition
  /** undefined: a set of the pipeline's own stream, at its own key. */
  readonly lookup: { readonly by: KeySelector; readonly waitMs: number } | undefined
}

export interface PredictStep {
  readonly model: ModelDefinition
  readonly as: string | undefined
}

/** A chain so far. Steps of one kind keep their order; features always come before the rest. */
export interface FlowDefinition {
  readonly part: Part
  readonly name: string
  readonly replayMs: number
  readonly receiptsMs: number
  readonly from: StreamDefinition
  readonly features: readonly FeaturesStep[]
  readonly predicts: readonly PredictStep[]
  readonly everies: readonly EveryPlan[]
  readonly emits: readonly EmitPlan[]
  readonly whens: readonly WhenPlan[]
  /** Files that topics of those are written to. */
  readonly sinks: readonly SinkPlan[]
}
