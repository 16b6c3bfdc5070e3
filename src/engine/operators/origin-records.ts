// The records that rows came from, as they lie in the topic of their stream.
import { keyBytes, valueBytes } from '../../base/records.ts'
import type { Log } from '../../contracts/log.ts'

const MAX_BYTES = 1 << 20

export interface OriginRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** @param offsets ascending. Those that are no longer kept are not in the result. */
export async function originRecords(
  log: Log,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  offsets: readonly number[],
): Promise<ReadonlyMap<number, OriginRecord>> {
  const found = new Map<number, OriginRecord>()
  const start = (await log.topic(topic))?.parts[partition]?.start ?? Infinity
  const wanted = new Set(offsets)
  let next = offsets.findIndex((offset) => offset >= start)
  while (next >= 0 && next < offsets.length) {
    const from = { topic, partition, offset: offsets[next] }
    const read = await log.read([from], { maxBytes: MAX_BYTES, maxWaitMs: 0 })
    for (const { records, offsets: own } of read.runs) {
      for (let i = 0; i < records.count; i++) {
        if (!wanted.has(own[i])) continue
        found.set(own[i], {
          key: keyBytes(records, i).slice(),
          value: valueBytes(records, i).slice(),
        })
      }
    }
    const reached = read.next[0].offset
    if (reached <= offsets[next]) break
    while (next < offsets.length && offsets[next] < reached) next++
  }
  return found
}
