// A log whose offsets have holes, as those of Kafka have. In topics of the engine what ends an append takes an offset in each of its partitions, and
// is never given out. In source topics, where others write as well, holes are anywhere: by a function of a seed, so that the run that is
// compared with the oracle and all runs under faults have the same offsets.
import { oneRecord, recordText, sliceRecords } from '../base/records.ts'
import { MillraceError, StateError } from '../base/errors.ts'
import type {
  Append,
  EnsureOptions,
  Log,
  PartitionInfo,
  ReadFrom,
  ReadOptions,
  ReadResult,
  ReadRun,
  TopicInfo,
  TopicSpec,
  Writer,
  WriterOptions,
} from '../contracts/log.ts'
import type { WriterCall } from '../log/embedded/writer.ts'

/** A log as a simulated process reaches it. */
export interface ServedLog extends Log {
  appendFor(call: WriterCall, appends: readonly Append[]): Promise<readonly number[]>
}

/** The key of what ends an append. */
const CONTROL = '\u0000end'

/** Offsets of records among those with holes: the n-th record of a partition of a source lies at 2n or 2n + 1 behind `from`. */
export class SparseOffsets {
  readonly #seed: number
  readonly #from: number

  /** @param from where the first records lie: there was a hole before them. */
  constructor(seed: number, from = 0) {
    this.#seed = seed
    this.#from = from
  }

  /** @param index of a record, from 0. */
  of(partition: number, index: number): number {
    const mixed = Math.imul((index + this.#seed) ^ (partition << 16), 0x9e37_79b1)
    return this.#from + 2 * index + (mixed >>> 31)
  }

  /** @returns index of the first record that lies there or behind. */
  index(partition: number, offset: number): number {
    const index = Math.max(0, Math.floor((offset - this.#from) / 2))
    return this.of(partition, index) < offset ? index + 1 : index
  }

  /** Offset right behind the record before that index. */
  behind(partition: number, index: number): number {
    return index === 0 ? 0 : this.of(partition, index - 1) + 1
  }

  /** Offset of the next record: everything before it is there; of none yet: 0. */
  end(partition: number, index: number): number {
    return index === 0 ? 0 : this.of(partition, index)
  }
}

export interface SparseLogOptions {
  readonly offsets: SparseOffsets
  readonly sources: ReadonlySet<string>
}

export class SparseLog implements ServedLog {
  readonly #log: ServedLog
  readonly #offsets: SparseOffsets
  readonly #sources: ReadonlySet<string>

  constructor(log: ServedLog, { offsets, sources }: SparseLogOptions) {
    this.#log = log
    this.#offsets = offsets
    this.#sources = sources
  }

  ensureTopic(spec: TopicSpec, options?: EnsureOptions): Promise<void> {
    return this.#log.ensureTopic(spec, options)
  }

  async topics(): Promise<readonly TopicInfo[]> {
    return (await this.#log.topics()).map((info) => this.#seen(info))
  }

  async topic(name: string): Promise<TopicInfo | undefined> {
    const info = await this.#log.topic(name)
    return info === undefined ? undefined : this.#seen(info)
  }

  openWriter(id: string, options?: WriterOptions): Promise<Writer> {
    return this.#log.openWriter(id, options)
  }

  async appendFor(call: WriterCall, appends: readonly Append[]): Promise<readonly number[]> {
    const ends = new Map<string, Append>()
    for (const { topic, partition, records } of appends)
      if (records.count > 0 && !this.#sources.has(topic))
        ends.set(`${topic}/${partition}`, { topic, partition, records: oneRecord(0, CONTROL, '') })
    const indexes = await this.#log.appendFor(call, [...appends, ...ends.values()])
    return appends.map(({ topic, partition }, i) =>
      this.#sources.has(topic) ? this.#offsets.of(partition, indexes[i]) : indexes[i],
    )
  }

  async read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    for (let places = from; ;) {
      const found = await this.#readSome(places, options)
      const isFurther = found.next.some(({ offset }, i) => offset > places[i].offset)
      if (found.runs.length > 0 || !isFurther) return found
      // Ends of appends alone.
      places = places.map((place, i) => ({ ...place, offset: found.next[i].offset }))
    }
  }

  trim(topic: string, partition: number, before: number): Promise<void> {
    const index = this.#sources.has(topic) ? this.#offsets.index(partition, before) : before
    return this.#log.trim(topic, partition, index)
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  async #readSome(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    const offsets = this.#offsets
    const below = from.map((each) =>
      this.#sources.has(each.topic)
        ? { ...each, offset: offsets.index(each.partition, each.offset) }
        : each,
    )
    try {
      const { runs, next } = await this.#log.read(below, options)
      return {
        runs: runs.flatMap((run) => this.#given(run)),
        next: next.map((each, i) => {
          const { topic, partition } = from[i]
          if (!this.#sources.has(topic)) return each
          const end = offsets.end(partition, each.end)
          return {
            offset: each.offset < each.end ? offsets.behind(partition, each.offset) : end,
            end,
          }
        }),
      }
    } catch (error) {
      throw this.#asSeen(error)
    }
  }

  #given(run: ReadRun): ReadRun[] {
    const { topic, partition, records, offsets } = run
    if (this.#sources.has(topic))
      return [{ ...run, offsets: offsets.map((index) => this.#offsets.of(partition, index)) }]
    const given: ReadRun[] = []
    for (let from = 0, to = 0; to <= records.count; to++) {
      if (to < records.count && recordText(records, to, 'key') !== CONTROL) continue
      if (to > from)
        given.push({
          ...run,
          records: sliceRecords(records, from, to),
          offsets: offsets.slice(from, to),
        })
      from = to + 1
    }
    return given
  }

  #seen(info: TopicInfo): TopicInfo {
    if (!this.#sources.has(info.name)) return info
    return { ...info, parts: info.parts.map((part, partition) => this.#part(part, partition)) }
  }

  #part({ start, end, bytes }: PartitionInfo, partition: number): PartitionInfo {
    const last = this.#offsets.end(partition, end)
    return { start: Math.min(last, this.#offsets.behind(partition, start)), end: last, bytes }
  }

  /** The offsets in its details are those below. */
  #asSeen(error: unknown): unknown {
    if (!(error instanceof MillraceError) || error.code !== 'ML_OFFSET_GONE') return error
    const { topic, partition, start, end } = error.details
    if (typeof topic !== 'string' || !this.#sources.has(topic)) return error
    if (typeof partition !== 'number' || typeof start !== 'number' || typeof end !== 'number')
      return error
    const seen = this.#part({ start, end, bytes: 0 }, partition)
    return new StateError('ML_OFFSET_GONE', error.message, {
      cause: error,
      details: { ...error.details, start: seen.start, end: seen.end },
    })
  }
}
