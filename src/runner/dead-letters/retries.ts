// Dead letters that were tried again. Each is appended to its topic with its origin in a header, and in the same append the origin is
// noted in a topic of its own: so a letter is appended once, however often a retry is begun, killed or run beside another.
import { setTimeout as sleep } from 'node:timers/promises'
import { FencedError } from '../../base/errors.ts'
import { murmur2, partitionOf } from '../../base/murmur2.ts'
import { headerLine, keyBytes, RecordsBuilder } from '../../base/records.ts'
import { progressAt, progressHeader } from '../../contracts/progress.ts'
import type { Append, Log } from '../../contracts/log.ts'
import { lastRecord } from '../../engine/last-record.ts'
import { retriesTopic } from '../../engine/task-names.ts'
import type { Letter } from './letters.ts'

/** Header of a record that was a dead letter: `topic/partition/offset` of the event it was made from. */
export const RETRIED = 'millrace-retried'

const APART_MS = 50
const PAGE_BYTES = 4 << 20

/** Origins that were retried. */
export async function retriedOrigins(log: Log, pipeline: string): Promise<Set<string>> {
  const origins = new Set<string>()
  const topic = retriesTopic(pipeline)
  const end = (await log.topic(topic))?.parts[0].end ?? 0
  for (let offset = 0; offset < end;) {
    const read = await log.read([{ topic, partition: 0, offset }], {
      maxBytes: PAGE_BYTES,
      maxWaitMs: 0,
    })
    for (const { records } of read.runs)
      for (let i = 0; i < records.count; i++)
        origins.add(Buffer.from(keyBytes(records, i)).toString('utf8'))
    offset = read.next[0].offset
  }
  return origins
}

/**
 * Appends letters that were not retried before; all of them durable, or none.
 * @returns how many.
 */
export async function retryLetters(
  log: Log,
  pipeline: string,
  letters: readonly Letter[],
): Promise<number> {
  for (;;) {
    // Whoever opens it later fences this one, and then sees what this one appended, or that it did not.
    const writer = await log.openWriter(`dead-letters-retry/${pipeline}`)
    try {
      const done = await retriedOrigins(log, pipeline)
      const open = letters.filter(({ origin }) => !done.has(origin))
      if (open.length > 0) await writer.append(await appendsOf(log, pipeline, open))
      await writer.close()
      return open.length
    } catch (error) {
      if (!(error instanceof FencedError)) throw error
      // Not in step with the other one, or they would fence each other again.
      await sleep(Math.random() * APART_MS)
    }
  }
}

/** The letters, each to its place, and the notes of their origins. A partition that had said its end says it again behind them. */
async function appendsOf(
  log: Log,
  pipeline: string,
  letters: readonly Letter[],
): Promise<Append[]> {
  const notes = new RecordsBuilder()
  const builders = new Map<string, { topic: string; partition: number; records: RecordsBuilder }>()
  for (const { origin, time, key, value } of letters) {
    const { topic, partition } = await placeOf(log, origin, key)
    const place = `${topic}/${partition}`
    const builder = builders.get(place) ?? { topic, partition, records: new RecordsBuilder() }
    builders.set(place, builder)
    builder.records.add(time, key, value, headerLine(RETRIED, origin))
    notes.add(time, origin, '', '')
  }
  for (const { topic, partition, records } of builders.values())
    if (await hasEnded(log, topic, partition)) records.add(0, '', '', progressHeader(Infinity))
  return [
    ...[...builders.values()].map(({ topic, partition, records }) => ({
      topic,
      partition,
      records: records.records(),
    })),
    { topic: retriesTopic(pipeline), partition: 0, records: notes.records() },
  ]
}

/** Whether the last record of a partition says that nothing more will come. */
async function hasEnded(log: Log, topic: string, partition: number): Promise<boolean> {
  const last = await lastRecord(log, topic, partition)
  return last !== undefined && progressAt(last.record, 0) === Infinity
}

/** Where a letter is appended: its key decides, as it does for a producer; without one it goes back to its own partition. */
export async function placeOf(
  log: Log,
  origin: string,
  key: Uint8Array,
): Promise<{ topic: string; partition: number }> {
  const [topic, own] = origin.split('/')
  const partitions = (await log.topic(topic))?.partitions
  const partition =
    key.length === 0 || partitions === undefined
      ? Number(own)
      : partitionOf(murmur2(key), partitions)
  return { topic, partition }
}
