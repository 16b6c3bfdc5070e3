// What a record costs the embedded log where it has many topics: the same records, in appends of 100 topics each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordsBuilder, type Records } from '../../src/base/records.ts'
import { openFolder } from '../../src/log/embedded/open-folder.ts'
import { cpuMicros } from '../cpu.ts'

const APPENDS = 400
const TOPICS_AN_APPEND = 100
const RECORDS = 20

/** @returns microseconds of CPU a record: written, and read once. */
export async function costOfTopics(topics: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const log = await openFolder(join(folder, 'log'))
    for (let i = 0; i < topics; i++) await log.ensureTopic({ name: `t${i}`, partitions: 1 })
    const writer = await log.openWriter('bench')
    const records = someRecords()
    const begun = cpuMicros()
    for (let append = 0; append < APPENDS; append++) {
      const parts = Array.from({ length: TOPICS_AN_APPEND }, (_, i) => ({
        topic: `t${(append * TOPICS_AN_APPEND + i) % topics}`,
        partition: 0,
        records,
      }))
      await writer.append(parts)
    }
    for (let i = 0; i < topics; i++) {
      for (let offset = 0, end = 1; offset < end;) {
        const from = [{ topic: `t${i}`, partition: 0, offset }]
        const { next } = await log.read(from, { maxBytes: 1 << 20, maxWaitMs: 0 })
        offset = next[0].offset
        end = next[0].end
      }
    }
    const spent = cpuMicros() - begun
    await log.close()
    return spent / (APPENDS * TOPICS_AN_APPEND * RECORDS)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function someRecords(): Records {
  const builder = new RecordsBuilder()
  for (let i = 0; i < RECORDS; i++) builder.add(i, `key-${i}`, 'x'.repeat(100))
  return builder.records()
}
