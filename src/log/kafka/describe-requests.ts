// Requests of those who look at transactions: what became of one, and who has one open where (KIP-664).
import type { Request, TopicPartitions } from './requests.ts'

export interface DescribedTransaction {
  readonly code: number
  /** Of the transaction that is open, or of the last one: `Ongoing`, `PrepareCommit`, `CompleteCommit`, `PrepareAbort`, `CompleteAbort`, `Empty`, ... */
  readonly state: string
}

export function describeTransaction(transactionalId: string): Request<DescribedTransaction> {
  return {
    key: 65,
    version: 0,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([transactionalId], (w, id) => w.appendString(id), true, false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const [found] = reader.readArray((r) => {
        const code = r.readInt16()
        r.readString()
        const state = r.readString()
        r.readInt32()
        r.readInt64()
        r.readInt64()
        r.readInt16()
        r.readArray((each) => {
          each.readString()
          each.readArray((partition) => partition.readInt32(), true, false)
        })
        return { code, state }
      })
      return found
    },
  }
}

export interface DescribedProducers {
  readonly topic: string
  readonly partition: number
  readonly code: number
  /** Whose transactions are open here. */
  readonly open: readonly bigint[]
}

/** Asked of the leaders of the partitions; it takes the right to read them. */
export function describeProducers(
  topics: readonly TopicPartitions[],
): Request<readonly DescribedProducers[]> {
  return {
    key: 61,
    version: 0,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([...topics], (w, { topic, partitions }) =>
          w
            .appendString(topic)
            .appendArray(
              [...partitions],
              (each, partition) => each.appendInt32(partition),
              true,
              false,
            ),
        )
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const parts = reader.readArray((r) => {
        const topic = r.readString()
        return r.readArray((each) => {
          const partition = each.readInt32()
          const code = each.readInt16()
          each.readNullableString()
          const producers = each.readArray((producer) => {
            const producerId = producer.readInt64()
            producer.readInt32()
            producer.readInt32()
            producer.readInt64()
            producer.readInt32()
            return { producerId, openFrom: producer.readInt64() }
          })
          const open = producers.filter(({ openFrom }) => openFrom >= 0n)
          return { topic, partition, code, open: open.map(({ producerId }) => producerId) }
        })
      })
      return parts.flat()
    },
  }
}
