import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { RecordsBuilder } from '../../../src/base/records.ts'
import { csvSink } from '../../../src/connectors/file/csv-sink.ts'
import type { ReadRun } from '../../../src/contracts/log.ts'
import type { Sink } from '../../../src/contracts/sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-csv-sink-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(...values: readonly unknown[]): ReadRun {
  const builder = new RecordsBuilder()
  for (const value of values) builder.add(0, 'key', JSON.stringify(value))
  const offsets = Float64Array.from(values, (_, i) => 7 + i)
  return { topic: 't', partition: 1, offsets, records: builder.records(), appended: [0, 0] }
}

async function written(sink: Sink, from: string, ...values: readonly unknown[]): Promise<string> {
  const open = await sink.open(from)
  try {
    return await open.write([run(...values)], [])
  } finally {
    await open.close()
  }
}

it('has the columns of its first record, and keeps them when it goes on', async () => {
  const path = join(folder, 'first.csv')
  const sink = csvSink({ path, delimiter: ',' })
  const at = await written(sink, sink.start, { b: 'x,y', a: 1 }, { a: 2 })
  await written(sink, at, { a: 3, b: null })
  expect(readFileSync(path, 'utf8')).toBe('b,a\n"x,y",1\n,2\n,3\n')
})

it('has the columns that are stated, quoted where a cell has the delimiter or looks like another value', async () => {
  const path = join(folder, 'stated.csv')
  const sink = csvSink({ path, delimiter: ';', columns: ['id', 'list', 'n;m'] })
  await written(sink, sink.start, { id: '7', list: [1, 2] }, { id: 'a;b', 'n;m': true })
  expect(readFileSync(path, 'utf8')).toBe('id;list;"n;m"\n"7";"[1,2]";\n"a;b";;true\n')
})

it('refuses other columns than those it began with', async () => {
  const path = join(folder, 'began.csv')
  const sink = csvSink({ path, delimiter: ',' })
  const at = await written(sink, sink.start, { a: 1 })
  const other = csvSink({ path, delimiter: ',', columns: ['a', 'b'] })
  await expect(other.open(at)).rejects.toThrow('must keep the columns it began with, a; found a, b')
})

it('refuses a field that is no column, and a record that is no object, by their places', async () => {
  const sink = csvSink({ path: join(folder, 'refused.csv'), delimiter: ',' })
  await expect(written(sink, sink.start, { a: 1 }, { a: 1, b: 2 })).rejects.toThrow(
    'must have no fields but the columns a; found b at t/1/8',
  )
  await expect(written(sink, sink.start, [1])).rejects.toMatchObject({
    code: 'ML_SINK',
    details: { at: 't/1/7' },
  })
})
