// The contract suite on every edge sink there is.
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { csvSink } from '../../src/connectors/file/csv-sink.ts'
import { linesSink } from '../../src/connectors/file/lines-sink.ts'
import { sinkContract } from './sink-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-sink-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

sinkContract('JSON lines', {
  // In a folder that is not there yet.
  sink: () => linesSink({ path: join(folder, `${files++}`, 'out.jsonl') }),
  values: ({ name }) => linesOf(name),
  damage: ({ name }) => truncateSync(name, 1),
})

sinkContract('CSV', {
  sink: () => csvSink({ path: join(folder, `${files++}`, 'out.csv'), delimiter: ';' }),
  // Behind the header.
  values: ({ name }) =>
    linesOf(name)
      .slice(1)
      .map((line) => JSON.stringify({ a: /^\d/.test(line) ? Number(line) : line })),
  damage: ({ name }) => truncateSync(name, 1),
})

function linesOf(name: string): string[] {
  return readFileSync(name, 'utf8').split('\n').slice(0, -1)
}
