// Requests about transactions: which a broker coordinates, what became of them, and whose are open in a partition. Source: Apache Kafka protocol guide; KIP-664.
import { appendPartitions, type Request, type TopicPartitions } from './requests.ts'

/** What is not over yet: its records, and all behind them, are hidden from those who read what is committed. */
export const OPEN: readonly string[] = ['Ongoing', 'PrepareCommit', 'PrepareAbort']

export interface ListedTransactions {
  readonly code: number
  /** Transactional ids whose transaction is open, of those that the user may see. */
  readonly ids: readonly string[]
}

/** Of those that the broker that is asked coordinates. */
export function listOpenTransactions(): Request<ListedTransactions> {
  return {
    key: 66,
    version: 0,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([...OPEN], (w, state) => w.appendString(state), true, false)
        .appendArray([], () => undefined)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const code = reader.readInt16()
      reader.readArray((r) => r.readString(), true, false)
      const ids = reader.readArray((r) => {
        const id = r.readString()
        r.readInt64()
        r.readString()
        return id
      })
      return { code, ids }
    },
  }
}

export interface DescribedTransaction {
  readonly code: number
  readonly id: string
  /** Of the transaction that is open, or of the last one: `Ongoing`, `PrepareCommit`, `CompleteCommit`, `PrepareAbort`, `CompleteAbort`, `Empty`, ... */
  readonly state: string
  /** When it began, ms since 1970. */
  readonly since: number
}

/** @param ids that the broker that is asked coordinates. */
export function describeTransactions(
  ids: readonly string[],
): Request<readonly DescribedTransaction[]> {
  return {
    key: 65,
    version: 0,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([...ids], (w, id) => w.appendString(id), true, false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      return reader.readArray((r) => {
        const code = r.readInt16()
        const id = r.readString()
        const state = r.readString()
        r.readInt32()
        const since = Number(r.readInt64())
        r.readInt64()
        r.readInt16()
        r.readArray((each) => {
          each.readString()
          each.readArray(() => each.readInt32(), true, false)
        })
        return { code, id, state, since }
      })
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
        .appendArray([...topics], appendPartitions)
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
