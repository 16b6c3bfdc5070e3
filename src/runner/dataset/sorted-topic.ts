// Copies a topic into another log in the order of event time: what came late stands where it belongs. Of events of one time
// the earlier offset comes first.
import { RecordsBuilder, sliceRecords, type Records } from '../../base/records.ts'
import type { Log, Writer } from '../../contracts/log.ts'
import { progressAt, progressHeader } from '../../contracts/progress.ts'
import type { StreamPlan } from '../../pipeline/plan.ts'
import { emptyBatch, type EventSchema } from '../../schema/event-schema.ts'
import { Evaluator, type Failure } from '../../schema/evaluate.ts'
import type { Guard } from '../../schema/guard.ts'

const READ_BYTES = 4 << 20
const APPEND_BYTES = 1 << 20

export interface SortedCopy {
  /** Of each record of the copy, by its offset there: the offset it has in the topic. */
  readonly offsets: Float64Array
  /** The first and the last time of an event, ms; Infinity and -Infinity where there is none. */
  readonly first: number
  readonly last: number
}

interface Place {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
}

export interface SortOptions {
  readonly from: Log
  readonly to: Writer
  readonly stream: StreamPlan
  readonly partition: number
  readonly schema: EventSchema
  readonly guard: Guard
}

/** 12 bytes of memory a record, and the records that are out of order until their turn. Ends the copy with the topic's end. */
export async function copySorted(options: SortOptions): Promise<SortedCopy> {
  const { from, to, stream, partition } = options
  const { topic } = stream
  const part = (await from.topic(topic))?.parts[partition]
  const place = { topic, partition, from: part?.start ?? 0, to: part?.end ?? 0 }
  const { times, offsets } = await timesOf(options, place)
  const ranks = ranksOf(times)
  const copy = new InOrder(to, topic, partition)
  let index = 0
  await eachRun(from, place, async (records, own) => {
    for (let row = 0; row < records.count; row++)
      if (progressAt(records, row) === undefined && own[row] >= place.from)
        copy.add(records, row, ranks[index++])
    await copy.flush(APPEND_BYTES)
  })
  await copy.end()
  const sorted = new Float64Array(offsets.length)
  ranks.forEach((rank, i) => (sorted[rank] = offsets[i]))
  return { offsets: sorted, ...rangeOf(times) }
}

/** Event times of a partition's events, in the order of their offsets. What is bad stays where it is. */
async function timesOf(
  { from, stream, schema, guard }: SortOptions,
  place: Place,
): Promise<{ times: Float64Array; offsets: Float64Array }> {
  const decoder = schema.decoder()
  const evaluator = new Evaluator(schema.fields, guard)
  const batch = emptyBatch()
  const times = new Growing()
  const offsets = new Growing()
  let last = -Infinity
  await eachRun(from, place, async (records, own) => {
    decoder.decode(records, batch)
    const found = new Float64Array(batch.rows)
    const failures: Failure[] = []
    evaluator.times(stream.time, batch, found, failures)
    for (let record = 0, row = 0; record < records.count; record++) {
      const decoded = row < batch.rows && batch.recordOf[row] === record
      const time = decoded ? found[row++] : NaN
      if (progressAt(records, record) !== undefined) continue
      if (!Number.isNaN(time)) last = time
      times.push(last)
      offsets.push(own[record])
    }
  })
  return { times: times.values, offsets: offsets.values }
}

function rangeOf(times: Float64Array): { first: number; last: number } {
  let [first, last] = [Infinity, -Infinity]
  for (const time of times) {
    // What is bad before any good one has none.
    if (time === -Infinity) continue
    if (time < first) first = time
    if (time > last) last = time
  }
  return { first, last }
}

/** The place of each in the order of time. */
function ranksOf(times: Float64Array): Uint32Array {
  const order = Uint32Array.from(times, (_, i) => i)
  if (times.some((time, i) => i > 0 && time < times[i - 1]))
    order.sort((a, b) => times[a] - times[b] || a - b)
  const ranks = new Uint32Array(times.length)
  order.forEach((index, rank) => (ranks[index] = rank))
  return ranks
}

/** Takes records in any order and appends them by rank. */
class InOrder {
  readonly #writer: Writer
  readonly #topic: string
  readonly #partition: number
  readonly #builder = new RecordsBuilder()
  readonly #early = new Map<number, Records>()
  #next = 0

  constructor(writer: Writer, topic: string, partition: number) {
    this.#writer = writer
    this.#topic = topic
    this.#partition = partition
  }

  add(records: Records, row: number, rank: number): void {
    if (rank !== this.#next) {
      // Its bytes are of a buffer that is read into again.
      const own = new RecordsBuilder({ records: 1, bytes: 64 })
      own.addFrom(records, row)
      this.#early.set(rank, own.records())
      return
    }
    this.#builder.addFrom(records, row)
    this.#next++
    for (
      let early = this.#early.get(this.#next);
      early !== undefined;
      early = this.#early.get(this.#next)
    ) {
      this.#builder.addFrom(early, 0)
      this.#early.delete(this.#next++)
    }
  }

  async flush(bytes: number): Promise<void> {
    if (this.#builder.count === 0 || this.#builder.bytes < bytes) return
    const records = this.#builder.records()
    await this.#writer.append([{ topic: this.#topic, partition: this.#partition, records }])
    this.#builder.reset()
  }

  async end(): Promise<void> {
    this.#builder.add(0, '', '', progressHeader(Infinity))
    await this.flush(0)
  }
}

class Growing {
  #values = new Float64Array(1024)
  #count = 0

  get values(): Float64Array {
    return this.#values.subarray(0, this.#count)
  }

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(this.#count * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#count++] = value
  }
}

async function eachRun(
  log: Log,
  { topic, partition, from, to }: Place,
  each: (records: Records, offsets: Float64Array) => Promise<void>,
): Promise<void> {
  for (let offset = from; offset < to;) {
    const { runs, next } = await log.read([{ topic, partition, offset }], {
      maxBytes: READ_BYTES,
      maxWaitMs: 0,
    })
    for (const run of runs) {
      const { offsets, records } = run
      const begin = offsets.findIndex((at) => at >= offset)
      if (begin < 0) continue
      const end = offsets.findIndex((at) => at >= to)
      const stop = end < 0 ? records.count : Math.min(end, records.count)
      if (stop > begin)
        await each(sliceRecords(records, begin, stop), offsets.subarray(begin, stop))
    }
    offset = next[0].offset
  }
}
