// The contract suite on every edge source there is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { RecordsBuilder } from '../../src/base/records.ts'
import { afterAll } from 'vitest'
import { fileSource } from '../../src/connectors/file/file-source.ts'
import { topicSource } from '../../src/connectors/topic/topic-source.ts'
import { openLog } from '../../src/log/open-log.ts'
import { fileSourceContract, sourceContract } from './source-contract.ts'

function jsonl(events: readonly object[]): Buffer {
  return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

function csv(events: readonly object[]): Buffer {
  const header = 'id,amount,text,fine\n'
  return Buffer.from(header + events.map((event) => `${Object.values(event).join(',')}\n`).join(''))
}

const open = (path: string): ReturnType<typeof fileSource> => fileSource({ path })

fileSourceContract('JSON lines', { bytes: jsonl, ending: 'jsonl', open })
fileSourceContract('compressed JSON lines', {
  bytes: (events) => gzipSync(jsonl(events)),
  ending: 'jsonl.gz',
  open,
})
fileSourceContract('CSV', { bytes: csv, ending: 'csv', open })
fileSourceContract('compressed CSV', {
  bytes: (events) => gzipSync(csv(events)),
  ending: 'csv.gz',
  open,
})

function parquet(events: readonly object[]): Buffer {
  const column = (name: string): unknown[] => events.map((event) => Reflect.get(event, name))
  const names = [
    ['id', 'STRING'],
    ['amount', 'DOUBLE'],
    ['text', 'STRING'],
    ['fine', 'BOOLEAN'],
  ] as const
  const columnData = names.map(([name, type]) => ({ name, type, data: column(name) }))
  return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 3000 }))
}

fileSourceContract('Parquet', { bytes: parquet, ending: 'parquet', open })

const folder = mkdtempSync(join(tmpdir(), 'millrace-source-topics-'))
afterAll(() => rmSync(folder, { recursive: true }))

// On a real Kafka: test/kafka/edges.test.ts.
sourceContract('a topic of another log', {
  write: async (name, events) => {
    const { log } = await openLog(join(folder, name))
    await log.ensureTopic({ name: 'events', partitions: 1 })
    const writer = await log.openWriter('test')
    for (let from = 0; from < events.length; from += 2000) {
      const builder = new RecordsBuilder()
      for (const event of events.slice(from, from + 2000))
        builder.add(7, 'key', JSON.stringify(event))
      await writer.append([{ topic: 'events', partition: 0, records: builder.records() }])
    }
    await log.close()
    return join(folder, name)
  },
  open: (place) =>
    topicSource({
      name: place,
      topic: 'events',
      end: true,
      log: async () => (await openLog(place)).log,
    }),
})
