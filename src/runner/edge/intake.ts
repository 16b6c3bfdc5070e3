// Events from outside into the source topics: one append a request, so that all of it is there or nothing is.
// After an error that says nothing about what happened, its writer is opened again and what is durable is read.
import { createHash } from 'node:crypto'
import { DefinitionError, EventError } from '../../base/errors.ts'
import { murmur2, partitionOf } from '../../base/murmur2.ts'
import { RecordsBuilder } from '../../base/records.ts'
import type { EdgeAppend, EdgeAppended } from '../../contracts/edge.ts'
import type { Append, Log, Writer } from '../../contracts/log.ts'
import { emptyBatch, type EventSchema } from '../../schema/event-schema.ts'
import { fieldsOf } from '../event-fields.ts'
import { IdempotencyKeys, keyHeader, type KeyedRequest } from './idempotency-keys.ts'
import { TurnWriter } from './turn-writer.ts'

export interface IntakeOptions {
  readonly log: Log
  readonly pipeline: string
  /**
   * What tells this process from others that take events for the pipeline, and stays when it is started again, so that it ends what it left
   * open; undefined: there are no others.
   */
  readonly place: string | undefined
  /** Of the topics that may be written to. */
  readonly schemas: ReadonlyMap<string, EventSchema>
  /** ms since 1970. */
  readonly now: () => number
}

interface KeyOf {
  readonly key: string
  /** Of the request it comes with. */
  readonly digest: string
}

/** Most reasons that a refusal tells. */
const REASONS_MAX = 10

export class Intake {
  readonly #options: IntakeOptions
  readonly #keys: IdempotencyKeys
  /** Where each partition ends at least. */
  readonly #ends = new Map<string, number[]>()
  /** Requests with a key that are under way: the same one waits for the first. */
  readonly #underWay = new Map<
    string,
    { readonly digest: string; readonly answer: Promise<EdgeAppended> }
  >()
  /** Of requests with a key: an owner at a time, or two would not see each other's keys. */
  readonly #keyed: TurnWriter
  readonly #own: TurnWriter
  #turn = 0

  constructor(options: IntakeOptions) {
    const { log, pipeline, place } = options
    this.#options = options
    this.#keys = new IdempotencyKeys(log, pipeline, options.now)
    const name = `http/${pipeline}`
    this.#keyed = new TurnWriter({ log, name, opened: () => this.#keys.load() })
    this.#own =
      place === undefined ? this.#keyed : new TurnWriter({ log, name: `${name}/${place}` })
  }

  async append(request: EdgeAppend): Promise<EdgeAppended> {
    const { topic, idempotencyKey } = request
    if (request.check) this.#check(request)
    if (idempotencyKey === undefined)
      return this.#own.turn((write) => this.#append(request, { write, keyed: undefined }), false)
    const digest = digestOf(request)
    const name = `${topic}/${idempotencyKey}`
    const first = this.#underWay.get(name)
    if (first !== undefined) {
      if (first.digest !== digest) throw otherRequest()
      return { ...(await first.answer), repeated: true }
    }
    // What happened after all is found by its key.
    const answer = this.#keyed.turn(
      (write) => this.#once(request, { write, keyed: { digest, key: idempotencyKey } }),
      true,
    )
    this.#underWay.set(name, { digest, answer })
    try {
      return await answer
    } finally {
      this.#underWay.delete(name)
    }
  }

  async close(): Promise<void> {
    await this.#keyed.close()
    if (this.#own !== this.#keyed) await this.#own.close()
  }

  async #once(
    request: EdgeAppend,
    of: { readonly write: Writer['append']; readonly keyed: KeyOf },
  ): Promise<EdgeAppended> {
    const { digest, key } = of.keyed
    const { topic, events } = request
    const before = await this.#keys.find(topic, key)
    if (before === undefined) return this.#append(request, of)
    if (before.digest !== digest) throw otherRequest()
    const offsets = await this.#keys.offsetsOf(before)
    return {
      topic,
      records: events.length,
      partitions: before.parts.map(({ partition, count }, i) => ({
        partition,
        from: offsets[i],
        to: offsets[i] === undefined ? undefined : offsets[i] + count,
      })),
      repeated: true,
    }
  }

  async #append(
    request: EdgeAppend,
    { write, keyed }: { readonly write: Writer['append']; readonly keyed: KeyOf | undefined },
  ): Promise<EdgeAppended> {
    const { topic, events } = request
    const ends = await this.#endsOf(topic)
    const appends = this.#recordsOf(request, ends.length)
    const parts = appends.map(({ partition, records }) => ({
      partition,
      count: records.count,
      notBefore: ends[partition],
    }))
    const known: KeyedRequest | undefined = keyed && { topic, parts, ...keyed }
    const offsets = await write(
      known === undefined ? appends : [...appends, this.#keys.append(known)],
    )
    if (known !== undefined) this.#keys.landed(known, offsets[appends.length])
    const partitions = parts.map(({ partition, count }, i) => ({
      partition,
      from: offsets[i],
      to: offsets[i] + count,
    }))
    for (const { partition, to } of partitions) ends[partition] = Math.max(ends[partition], to)
    return { topic, records: events.length, partitions, repeated: false }
  }

  async #endsOf(topic: string): Promise<number[]> {
    const known = this.#ends.get(topic)
    if (known !== undefined) return known
    const info = await this.#options.log.topic(topic)
    const ends = info?.parts.map(({ end }) => end) ?? [0]
    this.#ends.set(topic, ends)
    return ends
  }

  /** @throws EventError where an event lacks a field that was named. */
  #recordsOf(request: EdgeAppend, partitions: number): Append[] {
    const { topic, events, idempotencyKey } = request
    const builders: (RecordsBuilder | undefined)[] = Array.from(
      { length: partitions },
      () => undefined,
    )
    const now = this.#options.now()
    for (const [i, event] of events.entries()) {
      const fields = fieldsOf(event, request, now)
      if ('found' in fields) {
        throw new EventError(
          `every event must have the fields that ?key and ?time name; found that event ${i + 1} has ${fields.found}; nothing was appended`,
        )
      }
      const { key = '', time } = fields
      const partition =
        key === '' ? this.#next(partitions) : partitionOf(murmur2(Buffer.from(key)), partitions)
      const builder = (builders[partition] ??= new RecordsBuilder())
      const headers =
        idempotencyKey !== undefined && builder.count === 0 ? keyHeader(idempotencyKey) : ''
      builder.add(time, key, event, headers)
    }
    return builders.flatMap((builder, partition) =>
      builder === undefined ? [] : [{ topic, partition, records: builder.records() }],
    )
  }

  #next(partitions: number): number {
    this.#turn = (this.#turn + 1) % partitions
    return this.#turn
  }

  /** @throws EventError where the schema refuses one. */
  #check({ topic, events }: EdgeAppend): void {
    const schema = this.#options.schemas.get(topic)
    if (schema === undefined) return
    const builder = new RecordsBuilder()
    for (const event of events) builder.add(0, '', event)
    const batch = emptyBatch()
    schema.decoder().decode(builder.records(), batch)
    const { bad } = batch
    if (bad.length === 0) return
    const told = bad
      .slice(0, REASONS_MAX)
      .map(({ record, reason }) => `event ${record + 1}: ${reason}`)
    throw new EventError(
      `every event must fit the schema of '${schema.name}'; found ${bad.length} of ${events.length} that do not (${told.join('; ')}); nothing was appended`,
    )
  }
}

function otherRequest(): DefinitionError {
  return new DefinitionError(
    'an idempotency key must come with the same events each time; found others than it came with before: give each request a key of its own',
    { code: 'ML_USAGE' },
  )
}

/** Of all that decides on the records of a request. */
function digestOf({ topic, events, key, time }: EdgeAppend): string {
  const hash = createHash('sha256').update(JSON.stringify([topic, key ?? null, time ?? null]))
  for (const event of events) hash.update(`\n${event.length}\n`).update(event)
  return hash.digest('hex')
}
