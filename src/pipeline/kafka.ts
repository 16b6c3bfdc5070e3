// Names a topic of a Kafka cluster at the edge of the log: where a stream comes from, or where an output goes to. Nothing is connected here.
import { checkOptions, found, part, refuse, type Part } from './check.ts'
import type { KafkaPlace, KafkaSinkPlan } from './plan.ts'
import { topic } from './topic.ts'

/** What `kafka(options)` gives: the source of a stream, or where an output goes. */
export interface KafkaEdge {
  /** That it is a topic of a Kafka cluster. */
  readonly kind: 'kafka'
  /** `HOST:PORT`, one or several. */
  readonly brokers: readonly string[]
  /** Its name on that cluster. */
  readonly topic: string
  /** How it is read or written. */
  readonly options: Omit<KafkaOptions, 'brokers' | 'topic'>
}

/** What `kafka(options)` takes. An output takes only `brokers`, `topic`, `through` and `config`. */
export interface KafkaOptions {
  /** `HOST:PORT` of any brokers of the cluster; the others are learned from them. */
  readonly brokers: string | readonly [string, ...string[]]
  /** The topic's name on that cluster; it must be there. */
  readonly topic: string
  /** The topic of the log between the cluster and the pipeline. Default: the stream's name; for an output the name of `topic`. */
  readonly through?: string
  /**
   * A file of properties that secures the connections, relative to the definition's file: the lines that `MILLRACE_KAFKA_CONFIG` takes for
   * the log. Default: plain connections.
   */
  readonly config?: string
  /** `'key'` where its producers partition by the stream's key, as in `topic`. Default: re-keyed. */
  readonly partitionedBy?: 'key'
  /** Whether the stream ends where the topic ends when it is first read, so that what waits for more goes on. Default false. */
  readonly end?: boolean
}

const OPTIONS = ['brokers', 'topic', 'through', 'config', 'partitionedBy', 'end']
const BROKER = /^(\[[0-9a-f:]+\]|[\w.-]+):\d{1,5}$/i
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/

/**
 * A topic of a Kafka cluster that is not the log: it is copied in, or written to, beside the tasks, wherever the log lies.
 *
 * As the source of a stream each record that is committed there comes once, partition by partition, with its key, its headers and its
 * time: how far each partition was read is in the same append as what was read. As an output each record is there once for readers of
 * what is committed (`isolation.level=read_committed`): how far the output was written is in the same transaction as what was written.
 * @example
 * const visits = stream('visits', {
 *   source: kafka({ brokers: 'broker-1:9092', topic: 'site.visits' }),
 *   schema: z.object({ user: z.string(), at: z.iso.datetime() }),
 *   key: (visit) => visit.user,
 *   time: (visit) => visit.at,
 * })
 * @throws DefinitionError when a broker or the topic is none, or an option is none.
 */
export function kafka(options: KafkaOptions): KafkaEdge {
  const own = part('kafka', String((options as Partial<KafkaOptions> | undefined)?.topic))
  checkOptions(own, options, OPTIONS)
  const { brokers, topic: name, ...rest } = options
  const all = typeof brokers === 'string' ? brokers.split(',') : brokers
  if (!areBrokers(all))
    refuse(
      own,
      `brokers must be HOST:PORT, or a list of them; found ${found(brokers)}; write brokers: 'broker-1:9092'`,
    )
  if (typeof name !== 'string' || !TOPIC.test(name))
    refuse(
      own,
      `topic must be a name of letters, digits, '.', '_' and '-'; found ${found(name)}; write topic: 'payments'`,
    )
  checkRest(own, rest)
  return Object.freeze({
    kind: 'kafka',
    brokers: Object.freeze([...all]),
    topic: name,
    options: Object.freeze(rest),
  })
}

function areBrokers(brokers: unknown): brokers is readonly string[] {
  return (
    Array.isArray(brokers) &&
    brokers.length > 0 &&
    brokers.every((each) => typeof each === 'string' && BROKER.test(each))
  )
}

function checkRest(own: Part, { through, config, partitionedBy, end }: KafkaEdge['options']): void {
  if (through !== undefined) topic(through)
  if (config !== undefined && (typeof config !== 'string' || config === ''))
    refuse(
      own,
      `config must be the path of a file of properties; found ${found(config)}; write config: 'client.properties'`,
    )
  if (partitionedBy !== undefined && (partitionedBy as string) !== 'key')
    refuse(
      own,
      `partitionedBy must be 'key'; found ${found(partitionedBy)}; leave it out to have the records re-keyed`,
    )
  if (end !== undefined && typeof end !== 'boolean')
    refuse(own, `end must be true or false; found ${found(end)}; correct it, or leave it out`)
}

/** Checks that it was made by `kafka`. */
export function isKafka(value: unknown): value is KafkaEdge {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'kafka'
}

/** What a topic of another cluster stands for as an output. */
export function kafkaSinkOf(of: Part, edge: KafkaEdge): KafkaSinkPlan {
  const { through, partitionedBy, end, config } = edge.options
  if (partitionedBy !== undefined || end !== undefined)
    refuse(
      of,
      `an output must have only what it is written by: brokers, topic, through and config; found ${partitionedBy === undefined ? 'end' : 'partitionedBy'} of '${edge.topic}'; leave it out`,
    )
  return {
    kind: 'kafka',
    topic: topic(through ?? edge.topic).name,
    brokers: edge.brokers,
    name: edge.topic,
    config,
  }
}

/** As messages and the printed plan name it. */
export function kafkaPlaceText({ name, brokers }: Pick<KafkaPlace, 'name' | 'brokers'>): string {
  return `${name} at ${brokers.join(',')}`
}
