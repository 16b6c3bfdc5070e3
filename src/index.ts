// The public names of `millrace`, one by one. Importing them does no I/O and starts nothing.
export type { Duration } from './base/duration.ts'
export {
  ConnectorError,
  DefinitionError,
  EventError,
  FencedError,
  MillraceError,
  ModelError,
  StateError,
  type ErrorCode,
  type ErrorDetails,
} from './base/errors.ts'
export { bandit, type BanditModelOptions } from './pipeline/bandit.ts'
export { drift, type Drift, type DriftOf, type DriftOptions } from './pipeline/drift.ts'
export { windowDrift, type WindowDriftOptions } from './pipeline/window-drift.ts'
export type { ComparedNumber } from './pipeline/window-drift-definition.ts'
export type { FeatureBuilder } from './pipeline/feature-builder.ts'
export type { FeatureSet, FeatureSetOptions } from './pipeline/feature-set.ts'
export type { FieldPath } from './pipeline/field-path.ts'
export type { Feature, FeatureKind, FeatureValue } from './pipeline/feature.ts'
export { file, type FileEdge } from './pipeline/file.ts'
export type { FileOptions } from './pipeline/file-options.ts'
export type { FeatureFlow, Flow, LookupOptions, PeriodRow, Pipeline } from './pipeline/flow.ts'
export { functionModel, type FunctionModelOptions } from './pipeline/function-model.ts'
export type { Json, Key, KeyPart } from './pipeline/key.ts'
export type { Labels, LabelValue } from './pipeline/labels.ts'
export { kafka, type KafkaEdge, type KafkaOptions } from './pipeline/kafka.ts'
export { learner, type LearnerOptions } from './pipeline/learner.ts'
export type { ModelRuntime } from './pipeline/model-runtime.ts'
export { model, type Model, type ModelOptions, type OutputOf } from './pipeline/model.ts'
export { onnx, type MissingPolicy, type OnnxOptions } from './pipeline/onnx.ts'
export { pipeline, type PipelineOptions, type PipelineStart } from './pipeline/pipeline.ts'
export {
  stream,
  type FilterOptions,
  type MapOptions,
  type Stream,
  type StreamOptions,
} from './pipeline/stream.ts'
export { topic, type Topic, type TopicOptions } from './pipeline/topic.ts'
export type { MillraceTypeError } from './pipeline/type-error.ts'
export type { Choice } from './schema/choice-schema.ts'
export { union, type UnionOptions } from './pipeline/union.ts'
export type { WindowOptions } from './pipeline/window.ts'
export type { UserAggregate } from './contracts/aggregate.ts'
export type { Log } from './contracts/log.ts'
export {
  producer,
  type Producer,
  type ProducerOptions,
  type ProducerRecord,
} from './log/producer.ts'
export { openLog, type OpenedLog, type OpenLogOptions } from './log/open-log.ts'
