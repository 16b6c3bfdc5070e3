// Records to write to a log under test, and to read back from it.
import { recordText, RecordsBuilder } from '../../src/base/records.ts'
import type { Log, Records } from '../../src/contracts/log.ts'

export function many(count: number, from = 0): Records {
  const builder = new RecordsBuilder()
  for (let i = from; i < from + count; i++)
    builder.add(1000 + i * 7, `key-${i}`, `value-${i}`, i % 3 === 0 ? `n: ${i}\n` : '')
  return builder.records()
}

export async function readAll(
  log: Log,
  topic: string,
  partition = 0,
  offset = 0,
): Promise<{ offset: number; value: string }[]> {
  const out: { offset: number; value: string }[] = []
  for (let at = offset; ;) {
    const { runs, next } = await log.read([{ topic, partition, offset: at }], {
      maxBytes: 700,
      maxWaitMs: 0,
    })
    for (const { records, offsets } of runs) {
      for (let i = 0; i < records.count; i++)
        out.push({ offset: offsets[i], value: recordText(records, i, 'value') })
    }
    if (next[0].offset === at) return out
    at = next[0].offset
  }
}
