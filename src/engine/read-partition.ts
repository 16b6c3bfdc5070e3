// Reads one partition from an offset to the end it has now, record by record.
import { valueBytes } from '../base/records.ts'
import type { Log } from '../contracts/log.ts'

const MAX_BYTES = 4 << 20

/** Calls `each` for every record whose offset is at least `from`; stops early when it returns false. */
export async function readPartition(
  log: Log,
  place: { readonly topic: string; readonly partition: number; readonly from: number },
  each: (offset: number, value: Uint8Array) => boolean | void,
): Promise<void> {
  const { topic, partition } = place
  let offset = place.from
  for (;;) {
    const { runs, next } = await log.read([{ topic, partition, offset }], {
      maxBytes: MAX_BYTES,
      maxWaitMs: 0,
    })
    for (const { offsets, records } of runs) {
      for (let i = 0; i < records.count; i++) {
        if (offsets[i] >= offset && each(offsets[i], valueBytes(records, i)) === false) return
      }
    }
    if (next[0].offset >= next[0].end) return
    offset = next[0].offset
  }
}
