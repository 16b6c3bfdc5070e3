// Requests of those who read: records of partitions, and how far partitions reach.
import type { Request, TopicPartitions } from './requests.ts'

export interface FetchPart {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly maxBytes: number
}

export interface Fetched {
  readonly topic: string
  readonly partition: number
  readonly code: number
  /** Offset behind the last record that may be read: no transaction that is open begins before it. */
  readonly stableEnd: number
  readonly start: number
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[]
  readonly records: Buffer
}

export function fetch(
  parts: readonly FetchPart[],
  { maxWaitMs, maxBytes }: { readonly maxWaitMs: number; readonly maxBytes: number },
): Request<readonly Fetched[]> {
  const topics = [...Map.groupBy(parts, ({ topic }) => topic)]
  return {
    key: 1,
    version: 12,
    write: ({ Writer }) =>
      Writer.create()
        .appendInt32(-1)
        .appendInt32(maxWaitMs)
        .appendInt32(1)
        .appendInt32(maxBytes)
        .appendInt8(1) // what is committed only
        .appendInt32(0)
        .appendInt32(-1)
        .appendArray(topics, (w, [topic, of]) =>
          w
            .appendString(topic)
            .appendArray(of, (each, part) =>
              each
                .appendInt32(part.partition)
                .appendInt32(-1)
                .appendInt64(BigInt(part.offset))
                .appendInt32(-1)
                .appendInt64(-1n)
                .appendInt32(part.maxBytes),
            ),
        )
        .appendArray([], () => undefined)
        .appendString('')
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      reader.readInt16()
      reader.readInt32()
      return reader
        .readArray((r) => {
          const topic = r.readString()
          return r.readArray((each) => {
            const partition = each.readInt32()
            const code = each.readInt16()
            each.readInt64()
            const stableEnd = Number(each.readInt64())
            const start = Number(each.readInt64())
            const aborted =
              each.readNullableArray(() => ({
                producerId: each.readInt64(),
                firstOffset: Number(each.readInt64()),
              })) ?? []
            each.readInt32()
            return {
              topic,
              partition,
              code,
              stableEnd,
              start,
              aborted,
              records: each.readNullableBytes() ?? Buffer.alloc(0),
            }
          })
        })
        .flat()
    },
  }
}

export const EARLIEST = -2n
export const LATEST = -1n

export interface ListedOffset {
  readonly topic: string
  readonly partition: number
  readonly code: number
  readonly offset: number
}

/** @param committed whether `LATEST` is the last stable offset, and not the end of what transactions that are open have written. Default true. */
export function listOffsets(
  topics: readonly TopicPartitions[],
  timestamp: bigint,
  { committed = true }: { readonly committed?: boolean } = {},
): Request<readonly ListedOffset[]> {
  return {
    key: 2,
    version: 7,
    write: ({ Writer }) =>
      Writer.create()
        .appendInt32(-1)
        .appendInt8(committed ? 1 : 0)
        .appendArray([...topics], (w, { topic, partitions }) =>
          w
            .appendString(topic)
            .appendArray([...partitions], (each, partition) =>
              each.appendInt32(partition).appendInt32(-1).appendInt64(timestamp),
            ),
        )
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      return reader
        .readArray((r) => {
          const topic = r.readString()
          return r.readArray((each) => {
            const partition = each.readInt32()
            const code = each.readInt16()
            each.readInt64()
            const offset = Number(each.readInt64())
            each.readInt32()
            return { topic, partition, code, offset }
          })
        })
        .flat()
    },
  }
}
