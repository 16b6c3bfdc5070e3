// Requests for the transactions that a broker coordinates, and since when they are open. Source: Apache Kafka protocol guide; KIP-664.
import type { Request } from './requests.ts'

/** What is not over yet: its records, and all behind them, are hidden from those who read what is committed. */
const OPEN = ['Ongoing', 'PrepareCommit', 'PrepareAbort']

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
        .appendArray(OPEN, (w, state) => w.appendString(state), true, false)
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
  readonly id: string
  /** When it began, ms since 1970. */
  readonly since: number
}

/** @param ids that the broker that is asked coordinates. @returns those that are open still. */
export function describeOpenTransactions(
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
      return reader
        .readArray((r) => {
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
          return code === 0 && OPEN.includes(state) ? [{ id, since }] : []
        })
        .flat()
    },
  }
}
