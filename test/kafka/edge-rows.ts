// Rows for the pipeline of edges, in a topic of another cluster, and what must come of them: each once, and the n-th of a key has seen n.
import { Admin } from '@platformatic/kafka'
import { expect } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { RecordsBuilder } from '../../src/base/records.ts'
import type { Log } from '../../src/contracts/log.ts'
import { recordsOf } from '../e2e/read-outputs.ts'

export const IN_PARTITIONS = 3
const START = 1_700_000_000_000
const KEYS = 50
const TOGETHER = 250
/** Rows that move the time of each partition on, so that all before them come out; nothing is expected of them. */
const MOVES = 's'

/** What happened long ago is not to go. */
const KEPT = [{ name: 'retention.ms', value: '-1' }]

export async function makeTopic(address: string, topic: string, partitions = 1): Promise<string> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [address] })
  await admin.createTopics({ topics: [topic], partitions, configs: KEPT })
  while (!(await admin.listTopics()).includes(topic)) await sleep(20)
  await admin.close()
  return topic
}

/** Writes the rows from one number up to another, a row a millisecond, over all partitions. */
export async function writeRows(
  log: Log,
  topic: string,
  of: { readonly from: number; readonly to: number; readonly move?: boolean },
): Promise<void> {
  const writer = await log.openWriter('fill')
  const add = (builder: RecordsBuilder, i: number, id: string, key: string): void =>
    builder.add(
      START + i,
      `theirs ${i}`,
      JSON.stringify({ id, key, at: START + i }),
      'trace: a%20b\n',
    )
  for (let from = of.from; from < of.to; from += TOGETHER) {
    const builders = Array.from({ length: IN_PARTITIONS }, () => new RecordsBuilder())
    const to = Math.min(of.to, from + TOGETHER)
    for (let i = from; i < to; i++) add(builders[i % IN_PARTITIONS], i, `r${i}`, `k${i % KEYS}`)
    if (of.move === true && to === of.to)
      for (const builder of builders) add(builder, of.to, MOVES, MOVES)
    await writer.append(
      builders.map((builder, partition) => ({ topic, partition, records: builder.records() })),
    )
  }
  await writer.close()
}

interface OutRow {
  readonly key: string
  readonly id: string
  readonly seen: number
}

/** @param records in the order of each partition. */
export function expectRows(
  records: readonly { readonly key: string; readonly value: string }[],
  expected: readonly number[],
): void {
  const rows: OutRow[] = records
    .map(({ key, value }) => ({ ...JSON.parse(value), key }))
    .filter(({ id }) => id !== MOVES)
  expect(rows.map(({ id }) => Number(id.slice(1))).toSorted((a, b) => a - b)).toEqual(expected)
  const keys = Map.groupBy(rows, (row) => row.key)
  expect(keys.size).toBe(new Set(expected.map((i) => i % KEYS)).size)
  for (const of of keys.values()) {
    const key = Number(of[0].id.slice(1)) % KEYS
    const own = expected.filter((i) => i % KEYS === key).map((i) => `r${i}`)
    expect(of.map(({ id }) => id)).toEqual(own)
    expect(of.map(({ seen }) => seen)).toEqual(own.map((_, i) => i + 1))
  }
}

/** Resolves when as many rows have come out and are committed. */
export async function comeOut(log: Log, topic: string, count: number): Promise<void> {
  for (;;) {
    const out = await recordsOf(log, topic)
    if (out.filter(({ value }) => !value.includes(`"${MOVES}"`)).length >= count) return
    await sleep(200)
  }
}

/** Numbers from one up to another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}
