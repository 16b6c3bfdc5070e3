// Requests for positions that a group keeps, written in a transaction. Source: Apache Kafka protocol guide; KIP-98, KIP-447, KIP-890.
import type { Producer, Request } from './requests.ts'

/** By the first protocol: the group's offsets are to be part of the transaction. @returns the code. */
export function addOffsetsToTxn(producer: Producer, group: string): Request<number> {
  return {
    key: 25,
    version: 3,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(producer.transactionalId)
        .appendInt64(producer.producerId)
        .appendInt16(producer.epoch)
        .appendString(group)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      return reader.readInt16()
    },
  }
}

/** A position of a group, beside a partition that is there. */
export interface GroupOffset {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly metadata: string
}

/** @param version 5 takes the group into the transaction by itself. @returns the code. */
export function txnOffsetCommit(
  producer: Producer,
  { group, topic, partition, offset, metadata }: GroupOffset,
  version: 3 | 5,
): Request<number> {
  return {
    key: 28,
    version,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(producer.transactionalId)
        .appendString(group)
        .appendInt64(producer.producerId)
        .appendInt16(producer.epoch)
        .appendInt32(-1) // of no generation, and no member
        .appendString('')
        .appendString(null)
        .appendArray([topic], (w, name) =>
          w
            .appendString(name)
            .appendArray([partition], (each) =>
              each
                .appendInt32(partition)
                .appendInt64(BigInt(offset))
                .appendInt32(-1)
                .appendString(metadata),
            ),
        )
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const codes = reader.readArray((r) => {
        r.readString()
        return r.readArray((each) => {
          each.readInt32()
          return each.readInt16()
        })
      })
      return codes.flat().find((code) => code !== 0) ?? 0
    },
  }
}

export interface FetchedOffset {
  readonly code: number
  /** -1: none. */
  readonly offset: number
  readonly metadata: string
}

const NOTHING: FetchedOffset = { code: 0, offset: -1, metadata: '' }

/** What a group has beside a partition, once no transaction that may change it is open. */
export function offsetFetch({
  group,
  topic,
  partition,
}: Omit<GroupOffset, 'offset' | 'metadata'>): Request<FetchedOffset> {
  return {
    key: 9,
    version: 8,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([group], (w, name) =>
          w
            .appendString(name)
            .appendArray([topic], (t, of) =>
              t
                .appendString(of)
                .appendArray([partition], (each, number) => each.appendInt32(number), true, false),
            ),
        )
        .appendBoolean(true)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const [found] = reader.readArray((r) => {
        r.readString()
        const [of] = r
          .readArray((t) => {
            t.readString()
            return t.readArray((each) => {
              each.readInt32()
              const offset = Number(each.readInt64())
              each.readInt32()
              const metadata = each.readNullableString() ?? ''
              return { offset, metadata, code: each.readInt16() }
            })
          })
          .flat()
        const code = r.readInt16()
        return code === 0 ? (of ?? NOTHING) : { ...NOTHING, code }
      })
      return found
    },
  }
}
