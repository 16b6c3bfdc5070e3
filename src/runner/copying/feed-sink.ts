// Feeds an edge sink from a topic, its outbox: writes what is there, then keeps how far it was fed. After a kill the sink
// is opened at the last position that is durable, and goes on with the record behind it.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { oneRecord, recordText, sliceRecords } from '../../base/records.ts'
import type { Log, ReadRun, Writer } from '../../contracts/log.ts'
import type { Sink } from '../../contracts/sink.ts'
import { lastRecord } from '../../engine/last-record.ts'
import { internalTopic } from '../../engine/task-names.ts'

/** What comes within this time goes out together. */
const TOGETHER_MS = 50
const POLL_MS = 1000

interface FedPosition {
  readonly sink: string
  readonly at: string
  /** The next offset of each partition. */
  readonly next: readonly number[]
}

export function fedTopic(topic: string): string {
  return internalTopic('millrace', 'fed', topic)
}

export interface FeedOptions {
  readonly topic: string
  readonly sink: Sink
  /** Before a sink gets its first record. */
  readonly begin: () => Promise<void>
  /** Ends it when everything that is in the topic by then was written. */
  readonly finish: AbortSignal
}

export async function feedSink(log: Log, options: FeedOptions): Promise<void> {
  const { topic, sink } = options
  const writer = await begun(log, topic)
  try {
    const feed = new Feed(log, writer, options)
    const from = await positionOf(log, feed, { ...options, name: sink.name, start: sink.start })
    await feed.run(from, options)
  } finally {
    await writer.close()
  }
}

/** What cannot grow is written once at the end, from all that is in the topic: what was written before a kill does not matter. */
export async function writeAtEnd(
  log: Log,
  options: Omit<FeedOptions, 'sink'> & {
    readonly name: string
    readonly write: () => Promise<void>
  },
): Promise<void> {
  const { topic, finish, write } = options
  const writer = await begun(log, topic)
  try {
    await positionOf(log, new Feed(log, writer, options), { ...options, start: '' })
    if (!finish.aborted) await once(finish, 'abort')
    await write()
  } finally {
    await writer.close()
  }
}

async function begun(log: Log, topic: string): Promise<Writer> {
  const name = fedTopic(topic)
  if ((await log.topic(name)) === undefined) await log.ensureTopic({ name, partitions: 1 })
  return log.openWriter(`feed/${topic}`)
}

/** Where the sink stands: one that was never fed, or not last, begins with all that the topic has. */
async function positionOf(
  log: Log,
  feed: Feed,
  of: Pick<FeedOptions, 'topic' | 'begin'> & { readonly name: string; readonly start: string },
): Promise<FedPosition> {
  const { topic, begin, name, start } = of
  const found = await lastPosition(log, fedTopic(topic))
  if (found?.sink === name) return found
  await begin()
  const parts = (await log.topic(topic))?.parts ?? []
  const first = { sink: name, at: start, next: parts.map((part) => part.start) }
  await feed.keep(first)
  return first
}

class Feed {
  readonly #log: Log
  readonly #writer: Writer
  readonly #topic: string

  constructor(log: Log, writer: Writer, { topic }: Pick<FeedOptions, 'topic'>) {
    this.#log = log
    this.#writer = writer
    this.#topic = topic
  }

  async run(from: FedPosition, { sink, finish }: FeedOptions): Promise<void> {
    const topic = this.#topic
    const open = await sink.open(from.at)
    try {
      const next = await this.#begin(from.next, open.fed)
      for (;;) {
        const last = finish.aborted
        const read = await this.#log.read(
          next.map((offset, partition) => ({ topic, partition, offset })),
          { maxBytes: 4 << 20, maxWaitMs: last ? 0 : POLL_MS, signal: finish },
        )
        const runs = read.runs.map((run) => behind(run, next[run.partition]))
        read.next.forEach(({ offset }, partition) => (next[partition] = offset))
        if (runs.length > 0) {
          const at = await open.write(runs, next)
          await this.keep({ sink: sink.name, at, next })
        }
        if (last && read.next.every(({ offset, end }) => offset >= end)) return
        if (runs.length > 0 && !finish.aborted) await sleep(TOGETHER_MS)
      }
    } finally {
      await open.close()
    }
  }

  /** By what the log says, or the sink where it is further; partitions that came later begin with all they have. */
  async #begin(kept: readonly number[], fed: readonly number[] = []): Promise<number[]> {
    const parts = (await this.#log.topic(this.#topic))?.parts ?? []
    return parts.map(({ start }, i) => Math.max(kept[i] ?? start, fed[i] ?? 0))
  }

  async keep(position: FedPosition): Promise<void> {
    const topic = fedTopic(this.#topic)
    const records = oneRecord(Date.now(), position.sink, JSON.stringify(position))
    const [offset] = await this.#writer.append([{ topic, partition: 0, records }])
    await this.#log.trim(topic, 0, offset)
  }
}

/** A run may begin before the offset that was asked for. */
function behind(run: ReadRun, offset: number): ReadRun {
  const skip = run.offsets.findIndex((each) => each >= offset)
  if (skip === 0) return { ...run, records: sliceRecords(run.records, 0) }
  const from = skip < 0 ? run.records.count : skip
  return { ...run, offsets: run.offsets.subarray(from), records: sliceRecords(run.records, from) }
}

async function lastPosition(log: Log, topic: string): Promise<FedPosition | undefined> {
  const last = await lastRecord(log, topic, 0)
  return last === undefined ? undefined : JSON.parse(recordText(last.record, 0, 'value'))
}
