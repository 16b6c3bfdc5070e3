// One definition, two logs: what the flights example wrote to Kafka is what it wrote to a folder. Kafka's own consumer says so, too.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { firstDifference, readOutputs } from '../e2e/read-outputs.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { comparable } from './comparable.ts'
import type { JavaReader } from './java-reader.ts'

const IMPORT = fileURLToPath(new URL('../../examples/flights/import.ts', import.meta.url))

/** Into two partitions. */
export function importFlights(log: string, limit: number): void {
  const of = ['--data', log, '--limit', String(limit), '--partitions', '2']
  execFileSync(process.execPath, [IMPORT, ...of])
}

export async function expectSameAsFolder({
  log,
  folder,
  flights,
  reader,
}: {
  readonly log: string
  readonly folder: string
  readonly flights: number
  readonly reader: JavaReader
}): Promise<void> {
  await reader.noneOpen()
  const inFolder = comparable(await readOutputs(folder))
  expect(inFolder.predictions).toHaveLength(flights)
  const onKafka = comparable(await readOutputs(log))
  for (const [name, lines] of Object.entries(inFolder))
    expect([name, firstDifference(onKafka[name], lines)]).toEqual([name, undefined])
  for (const topic of ['predictions', 'warnings']) {
    const seen = await reader.records(`${kafkaUrl(log).prefix}${topic}`)
    const lines = seen.map(({ partition, key, value }) => `${partition} ${key} ${value}`)
    const expected = inFolder[topic].map(withoutTime)
    expect([topic, firstDifference(lines, expected)]).toEqual([topic, undefined])
  }
}

/** `partition key value` of `partition time key value headers`. */
function withoutTime(line: string): string {
  const [partition, , key, ...rest] = line.split(' ')
  return `${partition} ${key} ${rest.slice(0, -1).join(' ')}`
}
