// A stream: events of one topic, typed by their schema, with a key and a time. Everything else is made of streams.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Duration } from '../base/duration.ts'
import type { KeySelector, Selector } from '../contracts/selector.ts'
import type { FieldPath } from './field-path.ts'
import { selectorOf } from './selectors.ts'
import {
  checkDuration,
  checkFunction,
  checkName,
  checkOptions,
  found,
  frozen,
  part,
  refuse,
  type Part,
} from './check.ts'
import type { StreamDefinition } from './definitions.ts'
import { filtered, mapped } from './derived-stream.ts'
import { checkKind, eventColumns, type EventColumns } from './event-columns.ts'
import { checkedKey, featureSet, type FeatureSet, type FeatureSetOptions } from './feature-set.ts'
import type { Feature, FeatureValues, KeptValues } from './feature.ts'
import { isFile, type FileEdge } from './file.ts'
import { isKafka, type KafkaEdge } from './kafka.ts'
import type { Key } from './key.ts'
import type { StreamPlan, StreamUses } from './plan.ts'
import { isTopic, topic, type Topic } from './topic.ts'

/** A stream of a definition, as `stream(name, options)` makes it. */
export interface Stream<Name extends string, Event> {
  /** What its counts, dead letters and features are found by. */
  readonly name: Name
  readonly '~event'?: (event: Event) => Event
  readonly '~stream': StreamDefinition
  /**
   * Features of this stream's events, kept by a key.
   * @example
   * payments.features('card', {
   *   define: (f) => ({ amount: f.value((p) => p.amount), payments1h: f.count({ over: '1h' }) }),
   * })
   * @throws DefinitionError that names the set or the feature.
   */
  features<const Set extends string, Features extends Record<string, Feature<Event, unknown>>>(
    name: Set,
    options: FeatureSetOptions<Event, Features>,
  ): FeatureSet<Name, Set, FeatureValues<Features>, KeptValues<Features>>
  /**
   * The events that pass a test, as a stream of their own: with the time and the schema of this one, and its key unless `key` says
   * otherwise. No topic lies between: it is made where this one is read.
   * @example const large = payments.filter('large', (p) => p.amount > 100)
   * @throws DefinitionError that names the stream.
   */
  filter<const As extends string, Kept extends Event>(
    name: As,
    test: (event: Event) => event is Kept,
    options?: FilterOptions<NoInfer<Kept>>,
  ): Stream<As, Kept>
  filter<const As extends string>(
    name: As,
    test: (event: Event) => boolean,
    options?: FilterOptions<Event>,
  ): Stream<As, Event>
  /**
   * What a function makes of each event, as a stream of their own, with the time of this one. What does not fit its schema is a dead
   * letter that holds the record the event came from.
   * @example
   * const euros = payments.map('euros', { schema: Euros, key: (e) => e.cardId }, (p) => ({
   *   cardId: p.cardId, euros: p.cents / 100,
   * }))
   * @throws DefinitionError that names the stream.
   */
  map<const As extends string, Schema extends StandardSchemaV1>(
    name: As,
    options: MapOptions<Schema>,
    to: (event: Event) => NoInfer<StandardSchemaV1.InferInput<Schema>>,
  ): Stream<As, StandardSchemaV1.InferOutput<Schema>>
}

/** What `stream.filter(name, test, options)` takes. */
export interface FilterOptions<Event> {
  /** What features are kept by, unless they say otherwise. Default: the key of the stream it is made of. */
  key?: (event: Event) => Key
}

/** What `stream.map(name, options, to)` takes. */
export interface MapOptions<Schema extends StandardSchemaV1> {
  /** Any Standard Schema: what the function gives must fit it, as if it were read from a topic. */
  schema: Schema
  /** What features are kept by, unless they say otherwise. */
  key: (event: StandardSchemaV1.InferOutput<Schema>) => Key
}

/** What `stream(name, options)` takes. */
export interface StreamOptions<Schema extends StandardSchemaV1> {
  /** The topic that its events are in, as JSON; or a file, or a topic of another Kafka cluster, that is copied into a topic as the pipeline runs. */
  source: Topic | FileEdge | KafkaEdge
  /** Any Standard Schema (Zod, Valibot, ArkType ...). What does not fit it goes to the dead letters. */
  schema: Schema
  /** What features are kept by, unless they say otherwise. */
  key: (event: StandardSchemaV1.InferOutput<Schema>) => Key
  /** When it happened: milliseconds since 1970, a Date, or an ISO text with its zone. */
  time: (event: StandardSchemaV1.InferOutput<Schema>) => Date | number | string
  /** How far behind the latest event of its partition an event may be. Later ones go to `late`. Default `'0ms'`. */
  lateness?: Duration
  /** How far ahead of now an event may be; one further ahead goes to the dead letters. Default: no bound. */
  ahead?: Duration
  /** After how long without records a partition no longer holds the others back. Default `'1m'`. */
  idle?: Duration | 'never'
  /** Where late events go. Default: the topic `<name>.late`. */
  late?: Topic
  /**
   * Fields whose values dead letters and receipts do not show, such as `['card.number']`: a keyed digest stands in their place. What
   * functions make of them, the source topic, state and outputs are as they are. Not the stream's key. Default: none.
   */
  redact?: readonly FieldPath<StandardSchemaV1.InferOutput<Schema>>[]
}

/** Options of any stream: functions of events nothing is known of. */
type AnyStreamOptions = Omit<StreamOptions<StandardSchemaV1>, 'key' | 'time' | 'redact'> & {
  readonly redact?: readonly string[]
  readonly key: (event: never) => unknown
  readonly time: (event: never) => unknown
}

const OPTIONS = ['source', 'schema', 'key', 'time', 'lateness', 'ahead', 'idle', 'late', 'redact']

/**
 * Events of a topic.
 * @example
 * const visits = stream('visits', {
 *   source: topic('visits'),
 *   schema: z.object({ user: z.string(), at: z.iso.datetime() }),
 *   key: (visit) => visit.user,
 *   time: (visit) => visit.at,
 *   lateness: '10s',
 * })
 * @throws DefinitionError that names the stream, what was expected and what to do.
 */
export function stream<const Name extends string, Schema extends StandardSchemaV1>(
  name: Name,
  options: StreamOptions<Schema>,
): Stream<Name, StandardSchemaV1.InferOutput<Schema>> {
  checkName('stream', name)
  const of = part('stream', name)
  checkOptions(of, options, OPTIONS)
  const columns = eventColumns(of, options.schema)
  const definition: StreamDefinition = frozen({
    part: of,
    columns,
    of: [],
    edge: isTopic(options.source) ? undefined : options.source,
    plan: streamPlan(of, name, { options, columns }),
  })
  return streamOf(name, definition)
}

/** The value a user holds. */
export function streamOf<Name extends string, Event>(
  name: Name,
  definition: StreamDefinition,
): Stream<Name, Event> {
  return Object.freeze({
    name,
    '~stream': definition,
    features: <const Set extends string, Features extends Record<string, Feature<Event, unknown>>>(
      set: Set,
      options: FeatureSetOptions<Event, Features>,
    ): FeatureSet<Name, Set, FeatureValues<Features>, KeptValues<Features>> =>
      featureSet(definition, set, options),
    filter: <const As extends string, Kept extends Event>(
      as: As,
      test: (event: Event) => boolean,
      options: FilterOptions<Kept> = {},
    ): Stream<As, Kept> => streamOf(as, filtered(definition, as, { test, options })),
    map: <const As extends string, Schema extends StandardSchemaV1>(
      as: As,
      options: MapOptions<Schema>,
      to: (event: Event) => StandardSchemaV1.InferInput<Schema>,
    ): Stream<As, StandardSchemaV1.InferOutput<Schema>> =>
      streamOf(as, mapped(definition, as, { to, options })),
  })
}

/** The topic of the log that its events are in. */
function topicOf(name: string, source: Topic | FileEdge | KafkaEdge): Topic {
  if (isTopic(source)) return source
  if (isFile(source)) return topic(source.options.topic ?? name)
  const { through = name, partitionedBy } = source.options
  return topic(through, partitionedBy === undefined ? {} : { partitionedBy })
}

function streamPlan(
  of: Part,
  name: string,
  { options, columns }: { options: AnyStreamOptions; columns: EventColumns },
): Omit<StreamPlan, keyof StreamUses> {
  const { source, late, lateness = '0ms', ahead, idle, redact = [] } = options
  if (!isTopic(source) && !isFile(source) && !isKafka(source)) {
    refuse(
      of,
      `source must be a topic, a file, or a topic of another cluster; found ${found(source)}; write source: topic('${name}')`,
    )
  }
  const from = topicOf(name, source)
  if (late !== undefined && !isTopic(late))
    refuse(of, `late must be a topic; found ${found(late)}; write late: topic('${name}.late')`)
  if (late?.name === from.name) {
    refuse(
      of,
      `late must be another topic than the source; found '${late.name}' for both; name another, or leave it out`,
    )
  }
  const key = checkedKey(of, options.key, { columns })
  return {
    name,
    topic: from.name,
    partitionedByKey: from.partitionedByKey,
    schema: options.schema,
    key,
    time: checkedTime(of, options.time, columns),
    latenessMs: checkDuration(of, 'lateness', lateness),
    aheadMs: ahead === undefined ? undefined : checkDuration(of, 'ahead', ahead),
    idleMs: idleOf(of, idle),
    late: late?.name,
    ...(redact.length === 0 ? {} : { redact: checkedRedact(of, redact, { key, columns }) }),
  }
}

/** Paths of fields that the schema has. What is found by its key must keep it. */
function checkedRedact(
  of: Part,
  redact: readonly unknown[],
  { key, columns }: { readonly key: KeySelector; readonly columns: EventColumns },
): string[] {
  return redact.map((path) => {
    if (typeof path !== 'string' || path === '')
      refuse(of, `redact must be a list of fields, such as ['card.number']; found ${found(path)}`)
    const within = (field: readonly string[]): boolean =>
      `${field.join('.')}.`.startsWith(`${path}.`)
    if (columns.complete && columns.fields?.some(({ path: field }) => within(field)) !== true)
      refuse(of, `redact must name fields of the schema; found '${path}'; correct it`)
    if (key.parts === undefined || key.parts.some(within)) {
      refuse(
        of,
        `redact must leave the key, by which state and receipts are found; found '${path}' and a key that ${key.parts === undefined ? 'a function makes' : 'is made of it'}; key the stream by a token in its place`,
      )
    }
    return path
  })
}

/** undefined: never. */
function idleOf(of: Part, idle: Duration | 'never' = '1m'): number | undefined {
  return idle === 'never' ? undefined : checkDuration(of, "idle, unless 'never',", idle)
}

function checkedTime(of: Part, time: (event: never) => unknown, columns: EventColumns): Selector {
  checkFunction(of, 'time', time)
  const select = selectorOf(time)
  checkKind(of, select.path, { option: 'time', kinds: ['string', 'number'], columns })
  return select
}

/** Checks that it was made by `stream`, or of streams that were. */
export function isStream(value: unknown): value is Stream<string, unknown> {
  return typeof value === 'object' && value !== null && '~stream' in value
}
