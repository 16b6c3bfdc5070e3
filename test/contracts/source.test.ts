// The contract suite on every edge source there is.
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { fileSource } from '../../src/connectors/file/file-source.ts'
import { sourceContract } from './source-contract.ts'

function jsonl(events: readonly object[]): Buffer {
  return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

function csv(events: readonly object[]): Buffer {
  const header = 'id,amount,text,fine\n'
  return Buffer.from(header + events.map((event) => `${Object.values(event).join(',')}\n`).join(''))
}

const open = (path: string): ReturnType<typeof fileSource> => fileSource({ path })

sourceContract('JSON lines', { bytes: jsonl, ending: 'jsonl', open })
sourceContract('compressed JSON lines', {
  bytes: (events) => gzipSync(jsonl(events)),
  ending: 'jsonl.gz',
  open,
})
sourceContract('CSV', { bytes: csv, ending: 'csv', open })
sourceContract('compressed CSV', {
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

sourceContract('Parquet', { bytes: parquet, ending: 'parquet', open })
