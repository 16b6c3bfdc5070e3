// Finds a record in a partition whose records have an order of their own, by halving: few are read, however many there are.
import { valueBytes } from '../base/records.ts'
import type { Log } from '../contracts/log.ts'

/**
 * The offset of the first record that `is`; all behind it must be so, too. undefined where none is.
 * A record is asked for alone: what ends a transaction may take offsets between.
 */
export async function firstRecord(
  log: Log,
  place: { readonly topic: string; readonly partition: number },
  is: (value: Uint8Array) => boolean,
): Promise<number | undefined> {
  const part = (await log.topic(place.topic))?.parts[place.partition]
  if (part === undefined) return undefined
  let from = part.start
  let to = part.end
  let found: number | undefined
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    const record = await recordFrom(log, place, middle)
    if (record === undefined || record.offset >= to) to = middle
    else if (is(record.value)) {
      found = record.offset
      to = middle
    } else from = record.offset + 1
  }
  return found
}

async function recordFrom(
  log: Log,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  offset: number,
): Promise<{ readonly offset: number; readonly value: Uint8Array } | undefined> {
  for (let from = offset; ;) {
    const { runs, next } = await log.read([{ topic, partition, offset: from }], {
      maxBytes: 1,
      maxWaitMs: 0,
    })
    for (const { offsets, records } of runs)
      for (let i = 0; i < records.count; i++)
        if (offsets[i] >= offset) return { offset: offsets[i], value: valueBytes(records, i) }
    if (next[0].offset >= next[0].end || next[0].offset <= from) return undefined
    from = next[0].offset
  }
}
