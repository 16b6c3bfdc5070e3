// The last record of a partition. It need not lie just before the end: on Kafka what ends a transaction takes an offset, too.
import { sliceRecords } from '../base/records.ts'
import type { Log, Records } from '../contracts/log.ts'

const MAX_BYTES = 1 << 20

export interface LastRecord {
  readonly offset: number
  /** A run of one. */
  readonly record: Records
  /** When the log took it, ms since 1970. */
  readonly appendedAt: number
}

/** @returns undefined where the partition has none. */
export async function lastRecord(
  log: Log,
  topic: string,
  partition: number,
): Promise<LastRecord | undefined> {
  const part = (await log.topic(topic))?.parts[partition]
  if (part === undefined) return undefined
  for (let back = 1; part.end > part.start; back *= 4) {
    const from = Math.max(part.start, part.end - back)
    const found = await lastFrom(log, { topic, partition, from, end: part.end })
    if (found !== undefined || from === part.start) return found
  }
  return undefined
}

async function lastFrom(
  log: Log,
  of: {
    readonly topic: string
    readonly partition: number
    readonly from: number
    readonly end: number
  },
): Promise<LastRecord | undefined> {
  const { topic, partition, end } = of
  let last: LastRecord | undefined
  for (let offset = of.from; offset < end;) {
    const { runs, next } = await log.read([{ topic, partition, offset }], {
      maxBytes: MAX_BYTES,
      maxWaitMs: 0,
    })
    for (const { records, offsets, appended } of runs) {
      const row = records.count - 1
      if (row >= 0 && offsets[row] >= of.from && offsets[row] < end)
        last = {
          offset: offsets[row],
          record: sliceRecords(records, row, row + 1),
          appendedAt: appended[1],
        }
    }
    if (next[0].offset <= offset) break
    offset = next[0].offset
  }
  return last
}
