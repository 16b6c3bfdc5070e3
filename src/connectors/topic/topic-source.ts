// A topic of another log as an edge source: partition by partition, each record with its key, its headers and its time.
import { ConnectorError } from '../../base/errors.ts'
import { headerLine, keyBytes, RecordsBuilder, recordText, valueBytes } from '../../base/records.ts'
import type { Log, ReadRun } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import type { OpenSource, Source, SourceBatch } from '../../contracts/source.ts'

/** Names the place a record was copied from: TOPIC/PARTITION/OFFSET of the other log. */
export const COPIED_HEADER = 'millrace-copied'

/** Bytes of one read, over all partitions. */
const READ_BYTES = 1 << 20
const WAIT_MS = 1_000
/** Records of a batch. */
const ROWS_MAX = 8192

export interface TopicSourceOptions {
  /** See `Source.name`. */
  readonly name: string
  readonly topic: string
  /** Whether it ends where the topic ended when it was opened at its beginning. */
  readonly end: boolean
  /** The log the topic is of; closed with what was opened. */
  readonly log: () => Promise<Log>
}

/** A position, as it is kept. */
export interface TopicPosition {
  /** The next offset of each partition. */
  readonly next: readonly number[]
  /** Where it ends, of a source that does. */
  readonly until?: readonly number[]
}

/**
 * Records that are committed, in the order of each partition. What each was at its place is in its header `millrace-copied`.
 * @throws of `open`: ConnectorError ML_SOURCE where the topic is not there, or has other partitions than at the position; of its batches:
 * StateError ML_OFFSET_GONE where what is next is not kept any more.
 */
export function topicSource({ name, topic, end, log: openLog }: TopicSourceOptions): Source {
  return {
    name,
    open: async (from) => {
      const log = await openLog()
      try {
        const info = await log.topic(topic)
        if (info === undefined)
          throw wrong(
            name,
            `a topic to read must be there; found none: make it, or correct its name`,
          )
        const found: TopicPosition | undefined = from === undefined ? undefined : JSON.parse(from)
        if (found !== undefined && found.next.length > info.partitions)
          throw wrong(
            name,
            `a topic that is read on must have the ${found.next.length} partitions it had; found ${info.partitions}: it was made again; give the stream another topic to go through`,
          )
        const ends = info.parts.map((part) => part.end)
        const at: TopicPosition = {
          next: info.parts.map((part, i) => found?.next[i] ?? part.start),
          ...(end ? { until: found?.until ?? ends } : {}),
        }
        return new OpenTopic(log, { topic, at, starts: info.parts.map((part) => part.start), ends })
      } catch (error) {
        await log.close()
        throw error
      }
    },
  }
}

function wrong(name: string, rest: string): ConnectorError {
  return new ConnectorError('ML_SOURCE', `${name}: ${rest}`, { details: { source: name } })
}

interface Opened {
  readonly topic: string
  readonly at: TopicPosition
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

class OpenTopic implements OpenSource {
  readonly size: number
  readonly #log: Log
  readonly #of: Opened
  readonly #next: number[]
  readonly #closed = new AbortController()
  #under: Promise<unknown> = Promise.resolve()

  constructor(log: Log, of: Opened) {
    this.#log = log
    this.#of = of
    this.#next = [...of.at.next]
    this.size = this.#before(of.at.until ?? of.ends)
  }

  async *batches(): AsyncGenerator<SourceBatch> {
    const { until } = this.#of.at
    let told = this.#before(this.#next)
    while (!this.#closed.signal.aborted && !this.#isAt(until)) {
      const { runs, next } = await this.#read()
      for (const run of runs) {
        for (let from = 0; from < run.records.count; from += ROWS_MAX) {
          const batch = this.#batch(run, from)
          if (batch.records.count === 0) continue
          told = batch.done
          yield batch
        }
      }
      for (const [partition, offset] of next.entries())
        this.#next[partition] = Math.min(offset, until?.[partition] ?? Infinity)
    }
    // What lies before an end may be no record at all.
    if (until !== undefined && this.#isAt(until) && told < this.size)
      yield this.#told(new RecordsBuilder(), 0)
  }

  async close(): Promise<void> {
    this.#closed.abort()
    // Where nobody answers, a read ends with the log.
    const closing = this.#log.close()
    await this.#under
    await closing
  }

  async #read(): Promise<{ runs: readonly ReadRun[]; next: readonly number[] }> {
    const { topic } = this.#of
    const reading = this.#log.read(
      this.#next.map((offset, partition) => ({ topic, partition, offset })),
      { maxBytes: READ_BYTES, maxWaitMs: WAIT_MS, signal: this.#closed.signal },
    )
    this.#under = reading.catch(() => undefined)
    try {
      const { runs, next } = await reading
      return { runs, next: next.map(({ offset }) => offset) }
    } catch (error) {
      if (!this.#closed.signal.aborted) throw error
      return { runs: [], next: this.#next }
    }
  }

  #batch({ partition, offsets, records }: ReadRun, from: number): SourceBatch {
    const until = this.#of.at.until?.[partition] ?? Infinity
    const to = Math.min(records.count, from + ROWS_MAX)
    const builder = new RecordsBuilder({ records: to - from })
    for (let row = from; row < to; row++) {
      const offset = offsets[row]
      if (offset < this.#next[partition] || offset >= until) continue
      const value = valueBytes(records, row)
      const isProgress = progressAt(records, row) !== undefined
      const origin = `${this.#of.topic}/${partition}/${offset}`
      const headers = `${recordText(records, row, 'headers')}${isProgress ? '' : headerLine(COPIED_HEADER, origin)}`
      builder.add(records.times[row], keyBytes(records, row), value, headers)
    }
    this.#next[partition] = Math.max(this.#next[partition], Math.min(offsets[to - 1] + 1, until))
    return this.#told(builder, partition)
  }

  #told(builder: RecordsBuilder, partition: number): SourceBatch {
    const { until } = this.#of.at
    const next = [...this.#next]
    const position: TopicPosition = { next, ...(until === undefined ? {} : { until }) }
    return {
      records: builder.records(),
      partition,
      next: JSON.stringify(position),
      done: this.#before(next),
      odd: 0,
      firstOdd: undefined,
    }
  }

  #isAt(until: readonly number[] | undefined): boolean {
    return until?.every((offset, partition) => this.#next[partition] >= offset) ?? false
  }

  /** Offsets before these. */
  #before(offsets: readonly number[]): number {
    const { starts } = this.#of
    return offsets.reduce((sum, offset, i) => sum + Math.max(0, offset - starts[i]), 0)
  }
}
