// What the embedded log knows in memory: topics, partitions and writers. A topic is here only when its creation is durable.
import { ConnectorError } from '../../base/errors.ts'
import type { TopicInfo, TopicSpec } from '../../contracts/log.ts'
import { RunIndex } from './run-index.ts'

/** A file that holds runs of one partition. */
export interface Segment {
  /** Offset of its first record, and of the record behind its last. */
  readonly base: number
  readonly end: number
  /** What lies behind is garbage of an interrupted copy. */
  readonly bytes: number
  /** When its newest record was appended, ms since 1970. */
  readonly newest: number
}

export class Partition {
  readonly topic: Topic
  readonly index: number
  /** Offset of the oldest record that is kept. */
  start = 0
  /** Behind the newest durable record. */
  end = 0
  /** Behind the newest record of the frame that is being written. */
  next = 0
  /** Runs that lie in the journal; before them come the segments. */
  readonly journal: RunIndex = new RunIndex()
  journalBytes = 0
  segments: readonly Segment[] = []
  /** Reads that wait for records here. */
  readonly waiting: Set<() => void> = new Set()

  constructor(topic: Topic, index: number) {
    this.topic = topic
    this.index = index
  }

  /** The first offset that lies in the journal. */
  get journalStart(): number {
    return this.journal.length > 0 ? this.journal.base(0) : this.end
  }
}

export interface Topic {
  readonly number: number
  spec: TopicSpec
  readonly partitions: Partition[]
}

/** The owner of a writer's name. */
export interface WriterState {
  readonly id: string
  epoch: number
  /** Whether the epoch was given out since the log was opened: appends of older ones are refused. */
  open: boolean
  /** Sequence of its last append. */
  sequence: number
  /** Newest appends by sequence: a duplicate gets the same answer. */
  readonly recent: Map<number, Promise<readonly number[]>>
  /** Whether it may write when only the reserve is left. */
  fromReserve: boolean
  /** Why it takes no more appends. */
  spent: Error | undefined
}

/** A change of the catalog, as a frame carries it. */
export type Change =
  | { readonly topic: TopicSpec & { readonly number: number } }
  | { readonly writer: { readonly id: string; readonly epoch: number } }

export class Catalog {
  readonly topics: Map<string, Topic> = new Map()
  readonly writers: Map<string, WriterState> = new Map()
  #byNumber = new Map<number, Topic>()
  #nextNumber = 1

  /** A number no topic has. */
  nextNumber(): number {
    return this.#nextNumber++
  }

  byNumber(number: number): Topic | undefined {
    return this.#byNumber.get(number)
  }

  /** Applies a durable change; one that was applied before changes nothing. */
  apply(change: Change): void {
    if ('writer' in change) {
      const writer = this.writer(change.writer.id)
      writer.epoch = Math.max(writer.epoch, change.writer.epoch)
      return
    }
    const { number, ...spec } = change.topic
    const known = this.topics.get(spec.name)
    if (known !== undefined) {
      known.spec = spec
      addPartitions(known)
      return
    }
    const topic: Topic = { number, spec, partitions: [] }
    addPartitions(topic)
    this.topics.set(spec.name, topic)
    this.#byNumber.set(number, topic)
    this.#nextNumber = Math.max(this.#nextNumber, number + 1)
  }

  /** Bytes of all segments. */
  get segmentBytes(): number {
    let bytes = 0
    for (const { partitions } of this.topics.values())
      for (const { segments } of partitions) for (const segment of segments) bytes += segment.bytes
    return bytes
  }

  writer(id: string): WriterState {
    let writer = this.writers.get(id)
    if (writer === undefined) {
      writer = {
        id,
        epoch: 0,
        open: false,
        sequence: 0,
        recent: new Map(),
        fromReserve: false,
        spent: undefined,
      }
      this.writers.set(id, writer)
    }
    return writer
  }

  /** @throws ConnectorError ML_TOPIC when there is no such partition. */
  partition(topic: string, partition: number): Partition {
    const found = this.topics.get(topic)
    if (found === undefined) {
      throw new ConnectorError(
        'ML_TOPIC',
        `the topic '${topic}' must exist; found none of that name: create it first`,
        { details: { topic } },
      )
    }
    const part = found.partitions[partition]
    if (part === undefined) {
      throw new ConnectorError(
        'ML_TOPIC',
        `the topic '${topic}' has partitions 0 to ${found.partitions.length - 1}; found a call for partition ${partition}`,
        {
          details: { topic, partition },
        },
      )
    }
    return part
  }
}

/** Those that its spec says and it has not. It never loses one: an older change that is applied again says fewer. */
function addPartitions(topic: Topic): void {
  const { spec, partitions } = topic
  while (partitions.length < spec.partitions)
    partitions.push(new Partition(topic, partitions.length))
}

export function topicInfo(topic: Topic): TopicInfo {
  return {
    ...topic.spec,
    parts: topic.partitions.map((part) => ({
      start: part.start,
      end: part.end,
      bytes: part.segments.reduce((sum, segment) => sum + segment.bytes, part.journalBytes),
    })),
  }
}

/** Refuses a topic that exists otherwise than asked. @returns whether there is nothing to change. */
export function sameTopic(topic: Topic, spec: TopicSpec, grow: boolean): boolean {
  const grows = grow && topic.spec.partitions < spec.partitions
  if (topic.spec.partitions !== spec.partitions && !grows) {
    throw new ConnectorError(
      'ML_TOPIC',
      `the topic '${spec.name}' must have ${spec.partitions} partitions; found ${topic.spec.partitions}`,
      { details: { topic: spec.name, expected: spec.partitions, found: topic.spec.partitions } },
    )
  }
  return (
    !grows &&
    topic.spec.retentionMs === spec.retentionMs &&
    topic.spec.retentionBytes === spec.retentionBytes
  )
}

/** A spec with only its known fields. @throws ConnectorError ML_TOPIC when it makes no sense. */
export function checkedSpec(spec: TopicSpec): TopicSpec {
  if (!/^[\w.-]{1,200}$/.test(spec.name)) {
    throw new ConnectorError(
      'ML_TOPIC',
      `a topic's name has 1 to 200 letters, digits, '.', '_' or '-'; found ${JSON.stringify(spec.name)}`,
    )
  }
  if (!Number.isInteger(spec.partitions) || spec.partitions < 1 || spec.partitions > 65_536) {
    throw new ConnectorError(
      'ML_TOPIC',
      `the topic '${spec.name}' must have 1 to 65536 partitions; found ${spec.partitions}`,
    )
  }
  return {
    name: spec.name,
    partitions: spec.partitions,
    ...(spec.retentionMs === undefined ? {} : { retentionMs: spec.retentionMs }),
    ...(spec.retentionBytes === undefined ? {} : { retentionBytes: spec.retentionBytes }),
  }
}
