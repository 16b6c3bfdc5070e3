// The requests of the protocol that a log needs, each at one version (Produce and EndTxn at two). Error codes are values here:
// who asks decides what each means. Source: Apache Kafka protocol guide.
import type { Reader, Wire, Writer } from './wire.ts'

export interface Request<T> {
  readonly key: number
  readonly version: number
  readonly write: (wire: Wire) => Writer
  readonly read: (reader: Reader) => T
}

export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

export interface TopicMetadata {
  readonly name: string
  readonly code: number
  readonly internal: boolean
  /** Leader of each partition, by number; -1: none now. */
  readonly leaders: readonly number[]
  /** How many brokers have each partition; of the one that the fewest have. */
  readonly replicas: number
}

export interface Metadata {
  readonly brokers: ReadonlyMap<number, BrokerAddress>
  readonly controller: number
  readonly topics: readonly TopicMetadata[]
}

/** @param topics undefined: all. */
export function metadata(topics: readonly string[] | undefined): Request<Metadata> {
  return {
    key: 3,
    version: 12,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray(topics === undefined ? null : [...topics], (w, name) =>
          w.appendUUID(null).appendString(name),
        )
        .appendBoolean(false) // never creates a topic by asking
        .appendBoolean(false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const brokers = new Map(
        reader.readArray((r) => {
          const id = r.readInt32()
          const address = { host: r.readString(), port: r.readInt32() }
          r.readNullableString()
          return [id, address] as const
        }),
      )
      reader.readNullableString()
      const controller = reader.readInt32()
      const found = reader.readArray((r) => {
        const code = r.readInt16()
        const name = r.readNullableString() ?? ''
        r.readUUID()
        const internal = r.readBoolean()
        const leaders: number[] = []
        let replicas = Infinity
        r.readArray((each) => {
          each.readInt16()
          const partition = each.readInt32()
          leaders[partition] = each.readInt32()
          each.readInt32()
          const [all] = [0, 1, 2].map(() => each.readArray(() => each.readInt32(), true, false))
          replicas = Math.min(replicas, all.length)
        })
        r.readInt32()
        return { name, code, internal, leaders, replicas }
      })
      return { brokers, controller, topics: found }
    },
  }
}

export interface Coordinator extends BrokerAddress {
  readonly code: number
  readonly id: number
}

/** What a coordinator looks after. */
export const GROUPS = 0
export const TRANSACTIONS = 1

export function findCoordinator(kind: 0 | 1, name: string): Request<Coordinator> {
  return {
    key: 10,
    version: 4,
    write: ({ Writer }) =>
      Writer.create()
        .appendInt8(kind)
        .appendArray([name], (w, id) => w.appendString(id), true, false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const [found] = reader.readArray((r) => {
        r.readString()
        const address = { id: r.readInt32(), host: r.readString(), port: r.readInt32() }
        const code = r.readInt16()
        r.readNullableString()
        return { ...address, code }
      })
      return found
    },
  }
}

export interface ProducerId {
  readonly code: number
  readonly producerId: bigint
  readonly epoch: number
}

/**
 * Ends what an earlier owner of the id left open, and fences it.
 * @param current who asks for its next epoch: refused where the id has a newer owner. Default: whoever asks becomes the owner.
 */
export function initProducerId(
  transactionalId: string,
  timeoutMs: number,
  current?: Producer,
): Request<ProducerId> {
  return {
    key: 22,
    version: 4,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(transactionalId)
        .appendInt32(timeoutMs)
        .appendInt64(current?.producerId ?? -1n) // not zero: zero is a producer id, perhaps another's
        .appendInt16(current?.epoch ?? -1)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      return { code: reader.readInt16(), producerId: reader.readInt64(), epoch: reader.readInt16() }
    },
  }
}

/** Who writes: a producer id and its epoch, under a transactional id. */
export interface Producer {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly epoch: number
}

export interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** A topic of a request, with the numbers of its partitions. */
export function appendPartitions(writer: Writer, { topic, partitions }: TopicPartitions): void {
  writer
    .appendString(topic)
    .appendArray([...partitions], (each, partition) => each.appendInt32(partition), true, false)
}

/** @returns the codes of all partitions. */
export function addPartitionsToTxn(
  producer: Producer,
  topics: readonly TopicPartitions[],
): Request<readonly { readonly topic: string; readonly code: number }[]> {
  return {
    key: 24,
    version: 3, // 4 and later are for brokers, and ask for rights on the cluster
    write: ({ Writer }) =>
      Writer.create()
        .appendString(producer.transactionalId)
        .appendInt64(producer.producerId)
        .appendInt16(producer.epoch)
        .appendArray([...topics], appendPartitions)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const codes = reader.readArray((r) => {
        const topic = r.readString()
        return r.readArray((each) => {
          each.readInt32()
          return { topic, code: each.readInt16() }
        })
      })
      return codes.flat()
    },
  }
}

export interface EndTxn {
  readonly code: number
  /** Who goes on writing, by protocol 2; undefined by protocol 1. */
  readonly next: { readonly producerId: bigint; readonly epoch: number } | undefined
}

export function endTxn(producer: Producer, commit: boolean, version: 3 | 5): Request<EndTxn> {
  return {
    key: 26,
    version,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(producer.transactionalId)
        .appendInt64(producer.producerId)
        .appendInt16(producer.epoch)
        .appendBoolean(commit)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const code = reader.readInt16()
      return {
        code,
        next:
          version === 5 ? { producerId: reader.readInt64(), epoch: reader.readInt16() } : undefined,
      }
    },
  }
}

export interface ProducePart {
  readonly topic: string
  readonly partition: number
  readonly batch: Buffer
}

export interface Produced {
  readonly topic: string
  readonly partition: number
  readonly code: number
  readonly baseOffset: number
}

/** One batch a partition, to all their leaders' replicas. */
export function produce(
  transactionalId: string,
  parts: readonly ProducePart[],
  { timeoutMs, version }: { readonly timeoutMs: number; readonly version: 11 | 12 },
): Request<readonly Produced[]> {
  const topics = [...Map.groupBy(parts, ({ topic }) => topic)]
  return {
    key: 0,
    version,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(transactionalId)
        .appendInt16(-1)
        .appendInt32(timeoutMs)
        .appendArray(topics, (w, [topic, of]) =>
          w
            .appendString(topic)
            .appendArray(of, (each, { partition, batch }) =>
              each.appendInt32(partition).appendBytes(batch),
            ),
        )
        .appendTaggedFields(),
    read: (reader) =>
      reader
        .readArray((r) => {
          const topic = r.readString()
          return r.readArray((each) => {
            const partition = each.readInt32()
            const code = each.readInt16()
            const baseOffset = Number(each.readInt64())
            each.readInt64()
            each.readInt64()
            each.readArray(() => {
              each.readInt32()
              each.readNullableString()
            })
            each.readNullableString()
            return { topic, partition, code, baseOffset }
          })
        })
        .flat(),
  }
}
