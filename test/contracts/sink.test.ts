// The contract suite on every edge sink there is.
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { linesSink } from '../../src/connectors/file/lines-sink.ts'
import { sinkContract } from './sink-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-sink-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

sinkContract('JSON lines', {
  // In a folder that is not there yet.
  sink: () => linesSink({ path: join(folder, `${files++}`, 'out.jsonl') }),
  values: ({ name }) => readFileSync(name, 'utf8').split('\n').slice(0, -1),
  damage: ({ name }) => truncateSync(name, 1),
})
