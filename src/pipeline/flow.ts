// The types of the chain that wires a pipeline: each step knows the row as the steps before left it.
import type { Duration } from '../base/duration.ts'
import type { FlowDefinition } from './definitions.ts'
import type { FeatureSet } from './feature-set.ts'
import type { Json, Key } from './key.ts'
import type { Model } from './model.ts'
import type { FileEdge } from './file.ts'
import type { KafkaEdge } from './kafka.ts'
import type { Topic } from './topic.ts'
import type { Flat, MillraceTypeError } from './type-error.ts'

/** What every step sees: the event, its features, and once there is one, its `prediction`. */
export interface RowShape {
  readonly event: unknown
  readonly features: object
}

/** A finished pipeline: what a definition's file exports by default. */
export interface Pipeline {
  readonly '~flow': FlowDefinition
}

export type WithFeatures<Row extends RowShape, Values> = Flat<
  Omit<Row, 'features'> & { readonly features: Flat<Row['features'] & Values> }
>

/** The prediction in the row: `prediction`, or under its name in `predictions`. */
export type WithPrediction<Row extends RowShape, Output, As> = [As] extends [string]
  ? Flat<
      Omit<Row, 'predictions'> & {
        readonly predictions: Flat<Predictions<Row> & { readonly [Name in As]: Output }>
      }
    >
  : Flat<Row & { readonly prediction: Output }>

type Predictions<Row> = Row extends { readonly predictions: infer Named } ? Named : object

/** Two sets must not give features of one name. Names that are only known at run time are checked then. */
type Clash<Features, Values> = [keyof Features & keyof Values] extends [never]
  ? unknown
  : string extends keyof Features | keyof Values
    ? unknown
    : MillraceTypeError<`two feature sets both have '${keyof Features & keyof Values & string}'; give one of the sets another name with .as(...)`>

/** A set of another stream must say by which key it is looked up. */
type Own<Of extends string, SetOf extends string, Name extends string> = [SetOf] extends [Of]
  ? unknown
  : MillraceTypeError<`'${Name}' has features of the stream '${SetOf}': say by which key to look it up, .features(set, { by: (event) => ... })`>

/** A look-up by a key of the event, as of the event's time. */
export interface LookupOptions<Event> {
  /** The key to look up, from the event: as many parts, of the same types, as the set's own key. */
  by: (event: Event) => Key
  /** How long to wait for the looked-up stream to catch up. `'0ms'` (default) takes what is there; `'forever'` is exact. */
  wait?: Duration | 'forever'
}

/** A model must be of the pipeline's stream, and its sets in the chain. */
type Ready<
  Of extends string,
  Sets extends string,
  ModelOf extends string,
  ModelSets extends string,
> = [ModelOf] extends [Of]
  ? [ModelSets] extends [Sets]
    ? unknown
    : MillraceTypeError<`call .features(...) with '${Exclude<ModelSets, Sets>}' before .predict(...)`>
  : MillraceTypeError<`this model is for the stream '${ModelOf}'; predict on that one, or define a model for '${Of}'`>

/** A set must be in the chain before its periods can be told. */
type InChain<Sets extends string, Name extends string> = [Name] extends [Sets]
  ? unknown
  : MillraceTypeError<`call .features(...) with '${Name}' before .every(...)`>

/** A key of a set, and what the set holds of it at the end of a period in which it had an event. */
export interface PeriodRow<Kept> {
  /** As it is encoded: a text as it is, an integer in decimals, a tuple as JSON. */
  readonly key: string
  /** As of `to`. Values of an event (`f.value`) are not among them, because no event is there. */
  readonly features: Kept
  /** Where the period begins, ms since 1970; itself not in it. */
  readonly from: number
  /** Where the period ends, ms since 1970; itself in it. */
  readonly to: number
  /** How many rows were written for this key and period before: 0, and more where late events changed what it says. */
  readonly revision: number
}

/** Two predictions must not have one name. */
type Unnamed<Row, As> = [As] extends [string]
  ? As extends keyof Predictions<Row>
    ? MillraceTypeError<`there is a prediction '${As}' already; choose another name in { as }`>
    : unknown
  : Row extends { readonly prediction: unknown }
    ? MillraceTypeError<'a second model needs a name: .predict(model, { as })'>
    : unknown

/** A chain that has its features. Frozen: each step gives a new one. */
export interface Flow<
  Of extends string,
  Sets extends string,
  Row extends RowShape,
> extends Pipeline {
  /**
   * Scores each row. The first model's output is `prediction`; another needs a name and is `predictions[name]`.
   * @throws DefinitionError when the model is of another stream or reads a set that is not in the chain.
   */
  predict<
    ModelOf extends string,
    ModelSets extends string,
    Output,
    const As extends string | undefined = undefined,
  >(
    model: Model<string, ModelOf, ModelSets, Output> &
      Ready<Of, Sets, NoInfer<ModelOf>, NoInfer<ModelSets>> &
      Unnamed<Row, NoInfer<As>>,
    options?: { as: As },
  ): Flow<Of, Sets, WithPrediction<Row, Output, As>>
  /**
   * Writes one record a row, keyed by the stream's key unless `key` names another.
   * @example .emit(topic('scores'), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))
   */
  emit(
    to: Topic | FileEdge | KafkaEdge,
    body: (row: Row) => Json,
    options?: { key?: (row: Row) => Key },
  ): Flow<Of, Sets, Row>
  /**
   * Writes the rows that pass a test to topics: event, features and predictions.
   * @example .when(({ prediction }) => prediction.score > 0.9, topic('blocked'))
   */
  when(
    test: (row: Row) => boolean,
    ...to: [Topic | FileEdge | KafkaEdge, ...(Topic | FileEdge | KafkaEdge)[]]
  ): Flow<Of, Sets, Row>
  /**
   * Writes one record for each key of a set that had an event in a period, at the end of the period, by event time; also when nothing
   * more comes. Periods are aligned to 1970. Where events come late, rows they change are written again at the end of the period in
   * which they came, with their number in `revision`. For one row over all keys, give it a set whose key is the same for all.
   * @example
   * .every('1m', { of: card, to: topic('spend') }, ({ key, features }) => ({
   *   card: key, spent: features.spent24h,
   * }))
   * @throws DefinitionError when the set is not in the chain, keeps nothing, or is looked up without `wait: 'forever'`.
   */
  every<Name extends string, Kept>(
    period: Duration,
    options: {
      of: FeatureSet<string, Name, unknown, Kept> & InChain<Sets, NoInfer<Name>>
      to: Topic | FileEdge | KafkaEdge
    },
    body: (row: PeriodRow<NoInfer<Kept>>) => Json,
  ): Flow<Of, Sets, Row>
}

/** A chain that still takes features. They come first, because every later step sees all of them. */
export interface FeatureFlow<
  Of extends string,
  Sets extends string,
  Row extends RowShape,
> extends Flow<Of, Sets, Row> {
  /**
   * Features of this pipeline's own stream, at the event.
   * @throws DefinitionError when a name is there twice, or the set is of another stream.
   */
  features<SetOf extends string, Name extends string, Values>(
    set: FeatureSet<SetOf, Name, Values> &
      Own<Of, NoInfer<SetOf>, NoInfer<Name>> &
      Clash<Row['features'], NoInfer<Values>>,
  ): FeatureFlow<Of, Sets | Name, WithFeatures<Row, Values>>
  /**
   * Features of any stream, looked up by a key, as of the event's time.
   * @example .features(shop, { by: (payment) => payment.shopId, wait: '1s' })
   * @throws DefinitionError when a name is there twice.
   */
  features<Name extends string, Values>(
    set: FeatureSet<string, Name, Values> & Clash<Row['features'], NoInfer<Values>>,
    lookup: LookupOptions<Row['event']>,
  ): FeatureFlow<Of, Sets | Name, WithFeatures<Row, Values>>
}
