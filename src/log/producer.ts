// The way into a topic from outside: batches records, sends each to the partition of its key, and writes progress.
// It never drops: when the log cannot keep up, `ready` makes the caller wait, and a caller who does not wait is told so.
import { DefinitionError } from '../base/errors.ts'
import { murmur2, partitionOf } from '../base/murmur2.ts'
import { RecordsBuilder, headerLine, type Records } from '../base/records.ts'
import type { Append, Log, Writer } from '../contracts/log.ts'
import { progressHeader } from '../contracts/progress.ts'

/** What `producer(log, options)` takes. */
export interface ProducerOptions {
  /** Where it writes. */
  readonly topic: string
  /** Who writes: one producer of that name at a time; a newer one fences an older. */
  readonly id: string
  /** Creates the topic with that many partitions, or checks that it has them. Default: the topic must exist. */
  readonly partitions?: number
  /** Bytes of an append, about. Default 256 KiB. */
  readonly batchBytes?: number
  /** Appends under way at most. Default 4. */
  readonly appendsMax?: number
}

/** A record of a topic. */
export interface ProducerRecord {
  /** Decides the partition, so that records of one key keep their order. Without a key and a partition they take turns. */
  readonly key?: string | Uint8Array
  /** Its bytes, or a text in UTF-8: for a source of a pipeline, JSON. */
  readonly value: string | Uint8Array
  /** Event time, ms since 1970. */
  readonly time: number
  /** Names of letters, digits, `.`, `_` and `-`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of the key's. */
  readonly partition?: number
}

/** Writes records of one topic, in batches, in the order of `send`. It never drops one. */
export interface Producer {
  /** Takes a record; it is durable when a later `flush` has resolved. Throws what made an earlier append fail. */
  send(record: ProducerRecord): void
  /** Takes records in columns: each to the partition of its key, or all to one. */
  sendMany(records: Records, partition?: number): void
  /** Resolves when there is room for more: `await producer.ready` before each `send`, or now and then. */
  readonly ready: Promise<void>
  /** Resolves when everything sent so far is durable. */
  flush(): Promise<void>
  /** Records known to be durable, from the first that was sent on. Where an append failed, more may be. */
  readonly durable: number
  /** Says in every partition that nothing before `time` (ms) will come. */
  progress(time: number): void
  /** Says in every partition that nothing more will ever come, and flushes. */
  end(): Promise<void>
  /** Flushes and gives the name up. */
  close(): Promise<void>
}

/** A caller who never waits for `ready` may be that many batches ahead, then `send` throws. */
const BATCHES_AHEAD_MAX = 64

/**
 * Opens a producer.
 *
 * @example
 * const { log } = await openLog('./data')
 * const out = await producer(log, { topic: 'payments', id: 'shop', partitions: 4 })
 * out.send({ key: 'card-1', value: JSON.stringify({ amount: 3 }), time: 1_700_000_000_000 })
 * await out.flush() // durable
 * await out.close()
 * await log.close()
 * @throws DefinitionError ML_USAGE when the topic does not exist and `partitions` is not given.
 */
export async function producer(log: Log, options: ProducerOptions): Promise<Producer> {
  const { topic, partitions } = options
  if (partitions !== undefined) {
    const known = await log.topic(topic)
    if (known?.partitions !== partitions) await log.ensureTopic({ name: topic, partitions })
  }
  const found = await log.topic(topic)
  if (found === undefined) {
    throw new DefinitionError(
      `the topic '${topic}' must exist; found none of that name: create it, or give the producer its partitions`,
      { code: 'ML_USAGE' },
    )
  }
  return new BatchingProducer(await log.openWriter(options.id), found.partitions, options)
}

class BatchingProducer implements Producer {
  readonly #writer: Writer
  readonly #topic: string
  readonly #batchBytes: number
  readonly #appendsMax: number
  readonly #builders: RecordsBuilder[]
  #key = Buffer.allocUnsafeSlow(256)
  #turn = 0
  #lastTime = 0
  #bytes = 0
  #records = 0
  /** Of those, what `send` and `sendMany` were given: not progress. */
  #given = 0
  #underWay = 0
  #durable = 0
  /** Appends under way, and those that are durable behind one that is not yet, oldest first. */
  readonly #appended: { readonly given: number; done: boolean }[] = []
  #scheduled = false
  #failure: Error | undefined
  /** What waits for room, or for everything to be durable. */
  #waiting: {
    readonly until: () => boolean
    readonly resolve: () => void
    readonly reject: (error: Error) => void
  }[] = []

  constructor(writer: Writer, partitions: number, options: ProducerOptions) {
    this.#writer = writer
    this.#topic = options.topic
    this.#batchBytes = options.batchBytes ?? 262_144
    this.#appendsMax = options.appendsMax ?? 4
    this.#builders = Array.from({ length: partitions }, () => new RecordsBuilder())
  }

  get durable(): number {
    return this.#durable
  }

  get ready(): Promise<void> {
    return this.#when(() => this.#bytes < this.#batchBytes)
  }

  send(record: ProducerRecord): void {
    const { key = '', value, time, headers } = record
    const builder = this.#builder(record.partition ?? this.#partition(key))
    const before = builder.bytes
    builder.add(time, key, value, headers === undefined ? '' : headerLines(headers))
    this.#given++
    this.#added(builder.bytes - before, 1, time)
  }

  sendMany(records: Records, partition?: number): void {
    for (let row = 0; row < records.count; row++) {
      const start = records.keyEnds[row]
      const end = records.keyEnds[row + 1]
      const to =
        partition ??
        (start === end
          ? this.#next()
          : partitionOf(murmur2(records.keys, start, end), this.#builders.length))
      const builder = this.#builder(to)
      const before = builder.bytes
      builder.addFrom(records, row)
      this.#given++
      this.#added(builder.bytes - before, 1, records.times[row])
    }
  }

  flush(): Promise<void> {
    return this.#when(() => this.#records === 0 && this.#underWay === 0)
  }

  progress(time: number): void {
    if (Number.isNaN(time))
      throw new DefinitionError('progress must be a time in ms; found NaN', { code: 'ML_USAGE' })
    const header = progressHeader(time)
    const at = time === Infinity ? this.#lastTime : time
    for (let i = 0; i < this.#builders.length; i++) this.#builder(i).add(at, '', '', header)
    this.#added(header.length * this.#builders.length, this.#builders.length, at)
  }

  async end(): Promise<void> {
    this.progress(Infinity)
    await this.flush()
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#writer.close()
  }

  #partition(key: string | Uint8Array): number {
    if (key.length === 0) return this.#next()
    if (typeof key !== 'string') return partitionOf(murmur2(key), this.#builders.length)
    if (this.#key.length < key.length * 3) this.#key = Buffer.allocUnsafeSlow(key.length * 6)
    return partitionOf(murmur2(this.#key, 0, this.#key.write(key)), this.#builders.length)
  }

  #next(): number {
    this.#turn = (this.#turn + 1) % this.#builders.length
    return this.#turn
  }

  #builder(partition: number): RecordsBuilder {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#bytes > this.#batchBytes * BATCHES_AHEAD_MAX) {
      throw new DefinitionError(
        `a producer must be waited for; found ${this.#bytes} bytes that the log has not taken yet: await producer.ready between sends`,
        {
          code: 'ML_USAGE',
          details: { topic: this.#topic, bytes: this.#bytes },
        },
      )
    }
    const builder = this.#builders[partition]
    if (builder === undefined) {
      throw new DefinitionError(
        `the topic '${this.#topic}' has partitions 0 to ${this.#builders.length - 1}; found a record for ${partition}`,
        { code: 'ML_USAGE' },
      )
    }
    return builder
  }

  #added(bytes: number, records: number, time: number): void {
    this.#bytes += bytes + 16 * records
    this.#records += records
    if (time > this.#lastTime) this.#lastTime = time
    if (this.#bytes >= this.#batchBytes && this.#underWay < this.#appendsMax) this.#append()
    else this.#schedule()
  }

  /** What is sent in one turn goes out together, at its end. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      if (this.#records > 0 && this.#underWay === 0) this.#append()
    })
  }

  #append(): void {
    const appends: Append[] = []
    for (const [partition, builder] of this.#builders.entries()) {
      if (builder.count > 0)
        appends.push({ topic: this.#topic, partition, records: builder.records() })
    }
    this.#underWay++
    const appended = { given: this.#given, done: false }
    this.#appended.push(appended)
    this.#writer.append(appends).then(
      () => this.#landed(appended),
      (error: Error) => this.#ended(error),
    )
    for (const builder of this.#builders) builder.reset()
    this.#bytes = 0
    this.#records = 0
    this.#given = 0
  }

  #landed(appended: { done: boolean }): void {
    appended.done = true
    this.#ended(undefined)
  }

  #ended(error: Error | undefined): void {
    this.#underWay--
    this.#failure ??= error
    while (this.#appended.at(0)?.done === true) this.#durable += this.#appended.shift()?.given ?? 0
    if (this.#records > 0 && this.#failure === undefined) this.#append()
    this.#settle()
  }

  #when(until: () => boolean): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (until()) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiting.push({ until, resolve, reject }))
  }

  #settle(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const each of waiting) {
      if (this.#failure !== undefined) each.reject(this.#failure)
      else if (each.until()) each.resolve()
      else this.#waiting.push(each)
    }
  }
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  let lines = ''
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w.-]+$/.test(name)) {
      throw new DefinitionError(
        `a header's name must have only letters, digits, '.', '_' and '-'; found another character in one`,
        { code: 'ML_USAGE' },
      )
    }
    lines += headerLine(name, value)
  }
  return lines
}
