// A log whose offsets have holes, as those of Kafka have. In topics of the engine what ends an append takes an offset in each of its partitions, and
// is never given out. In source topics, where others write as well, holes are anywhere: by a function of a seed, so that the run that is
// compared with the oracle and all runs under faults have the same offsets. What an owner left in the middle takes offsets as well, and hides
// what lies behind it until it is ended.
import { oneRecord, RecordsBuilder, recordText, sliceRecords } from '../base/records.ts'
import { FencedError, MillraceError, StateError } from '../base/errors.ts'
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
import { OpenTransactions } from './open-transactions.ts'

/** A log as a simulated process reaches it. */
export interface ServedLog extends Log {
  appendFor(call: WriterCall, appends: readonly Append[]): Promise<readonly number[]>
}

/** The key of what ends an append, and of what is never given out. */
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
  readonly #transactions = new OpenTransactions()

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

  async openWriter(id: string, options?: WriterOptions): Promise<Writer> {
    const writer = await this.#log.openWriter(id, options)
    this.#transactions.opened(id, writer.epoch)
    return writer
  }

  async appendFor(call: WriterCall, appends: readonly Append[]): Promise<readonly number[]> {
    if (this.#transactions.isLeft(call))
      throw new FencedError(`the writer '${call.id}' must be alive; found that it is gone`)
    const ends = new Map<string, Append>()
    for (const { topic, partition, records } of appends)
      if (records.count > 0 && !this.#sources.has(topic))
        ends.set(`${topic}/${partition}`, { topic, partition, records: oneRecord(0, CONTROL, '') })
    const indexes = await this.#log.appendFor(call, [...appends, ...ends.values()])
    return appends.map(({ topic, partition }, i) =>
      this.#sources.has(topic) ? this.#offsets.of(partition, indexes[i]) : indexes[i],
    )
  }

  /** The owner dies in the middle of an append: what it wrote lies there, and is not ended. Of topics of the engine alone. */
  async leaveOpen(call: WriterCall, appends: readonly Append[]): Promise<void> {
    const hidden = appends.map(({ topic, partition, records }) => {
      const builder = new RecordsBuilder()
      for (let row = 0; row < records.count; row++) builder.add(0, CONTROL, '')
      return { topic, partition, records: builder.records() }
    })
    this.#transactions.leave(call, hidden, await this.#log.appendFor(call, hidden))
  }

  /** What the owner left is taken back, as the cluster does after a while. */
  endOpen(id: string): void {
    this.#transactions.end(id)
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
          if (!this.#sources.has(topic)) {
            const end = this.#transactions.stable(topic, partition, each.end)
            // What lies there hidden is asked for again.
            return { offset: Math.max(Math.min(each.offset, end), from[i].offset), end }
          }
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
    const stable = this.#transactions.stable(topic, partition, Infinity)
    const behind = offsets.findIndex((offset) => offset >= stable)
    const count = behind < 0 ? records.count : behind
    for (let from = 0, to = 0; to <= count; to++) {
      if (to < count && recordText(records, to, 'key') !== CONTROL) continue
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
    if (!this.#sources.has(info.name)) {
      const parts = info.parts.map((part, partition) => ({
        ...part,
        end: this.#transactions.stable(info.name, partition, part.end),
      }))
      return { ...info, parts }
    }
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
