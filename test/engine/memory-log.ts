// A log in memory that gives of what is asked for as little as it may, and whose writers die when the test says so.
import { RecordsBuilder, valueBytes } from '../../src/base/records.ts'
import { Prng } from '../../src/base/prng.ts'
import type {
  Append,
  Log,
  ReadFrom,
  ReadOptions,
  ReadResult,
  ReadRun,
  TopicInfo,
  Writer,
} from '../../src/contracts/log.ts'

/** Reads in a row that find nothing: then whoever reads would wait for ever. */
const EMPTY_READS_MAX = 1000

export class MemoryLog implements Log {
  readonly #topics = new Map<string, Uint8Array[][]>()
  readonly #random: Prng
  #emptyReads = 0
  /** Appends that are still taken; every later one fails. */
  appendsLeft = Infinity

  constructor(seed: number) {
    this.#random = new Prng(seed)
  }

  partition(topic: string, partition: number): Uint8Array[] {
    const parts = this.#topics.get(topic) ?? []
    this.#topics.set(topic, parts)
    while (parts.length <= partition) parts.push([])
    return parts[partition]
  }

  async ensureTopic(): Promise<void> {}
  async trim(): Promise<void> {}
  async close(): Promise<void> {}
  async topics(): Promise<readonly TopicInfo[]> {
    return []
  }

  async topic(name: string): Promise<TopicInfo | undefined> {
    const parts = this.#topics.get(name)
    if (parts === undefined) return undefined
    const infos = parts.map(({ length }) => ({ start: 0, end: length, bytes: 0 }))
    return { name, partitions: parts.length, parts: infos }
  }

  async openWriter(id: string): Promise<Writer> {
    const append = async (appends: readonly Append[]): Promise<readonly number[]> => {
      if (this.appendsLeft <= 0) throw new Error('the writer is dead')
      this.appendsLeft--
      return appends.map(({ topic, partition, records }) => {
        const values = this.partition(topic, partition)
        const first = values.length
        for (let i = 0; i < records.count; i++) values.push(valueBytes(records, i).slice())
        return first
      })
    }
    return { id, epoch: 1, append, close: async () => {} }
  }

  async read(from: readonly ReadFrom[], { signal }: ReadOptions): Promise<ReadResult> {
    const full = from.filter(
      ({ topic, partition, offset }) => offset < this.partition(topic, partition).length,
    )
    if (full.length === 0) await this.#nothing(signal)
    const given = new Set(full.filter(() => this.#random.chance(0.5)))
    if (given.size === 0 && full.length > 0) given.add(this.#random.pick(full))
    const runs: ReadRun[] = []
    const next = from.map((place) => {
      const values = this.partition(place.topic, place.partition)
      if (!given.has(place)) return { offset: place.offset, end: values.length }
      const run = runOf(place, values.slice(place.offset, place.offset + 1 + this.#random.below(3)))
      runs.push(run)
      return { offset: place.offset + run.records.count, end: values.length }
    })
    return { runs, next }
  }

  async #nothing(signal: AbortSignal | undefined): Promise<void> {
    if (signal !== undefined && !signal.aborted && ++this.#emptyReads > EMPTY_READS_MAX)
      throw new Error('nothing more will come, and still it is waited for')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function runOf({ topic, partition, offset }: ReadFrom, values: readonly Uint8Array[]): ReadRun {
  const builder = new RecordsBuilder()
  for (const value of values) builder.add(0, '', value, '')
  return {
    topic,
    partition,
    offsets: Float64Array.from(values, (_, i) => offset + i),
    records: builder.records(),
    appended: [0, 0],
  }
}
