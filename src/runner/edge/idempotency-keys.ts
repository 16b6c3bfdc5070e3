// Idempotency keys of requests: a topic of the pipeline, written in the same append as the events, so that both are there or neither is.
// In memory is only where each lies in that topic; a key that comes again is looked up there.
import { createHash } from 'node:crypto'
import { headerLine, headerValue, keyBytes, oneRecord, recordText } from '../../base/records.ts'
import { MillraceError } from '../../base/errors.ts'
import type { Append, Log } from '../../contracts/log.ts'
import { internalTopic } from '../../engine/task-names.ts'

/** How long a key is known at least, ms, and how many are. */
export const KEYS_KEPT_MS = 86_400_000
export const KEYS_MAX = 1_000_000
const READ_BYTES = 4 << 20
const HEADER = 'idempotency-key'

/** One partition of a request: how many records, and an offset they do not lie before. */
export interface KeyedPart {
  readonly partition: number
  readonly count: number
  readonly notBefore: number
}

export interface KeyedRequest {
  readonly topic: string
  readonly key: string
  /** SHA-256 of its events, with what else decides on their records. */
  readonly digest: string
  readonly parts: readonly KeyedPart[]
}

export class IdempotencyKeys {
  readonly #log: Log
  readonly #topic: string
  readonly #now: () => number
  /** By 52 bits of the key's digest: where the newest request with it lies. Another key of the same bits is told apart when it is read. */
  readonly #places = new Map<number, number>()
  #next = 0

  constructor(log: Log, pipeline: string, now: () => number) {
    this.#log = log
    this.#topic = internalTopic(pipeline, 'http', 'keys')
    this.#now = now
  }

  /** Reads on what was written; whoever wrote it must write no more. */
  async load(): Promise<void> {
    await this.#log.ensureTopic({ name: this.#topic, partitions: 1, retentionMs: KEYS_KEPT_MS })
    const info = await this.#log.topic(this.#topic)
    this.#next = Math.max(this.#next, info?.parts[0].start ?? 0)
    for (;;) {
      const { runs, next } = await this.#read(this.#next)
      for (const { records, offsets } of runs) {
        for (let row = 0; row < records.count; row++)
          this.#put(digestBits(keyBytes(records, row)), offsets[row])
      }
      this.#next = next[0].offset
      if (this.#next >= next[0].end) return
    }
  }

  /** The append that makes a request known. */
  append({ topic, key, digest, parts }: KeyedRequest): Append {
    const value = JSON.stringify({ digest, parts })
    return {
      topic: this.#topic,
      partition: 0,
      records: oneRecord(this.#now(), nameOf(topic, key), value),
    }
  }

  /** The append is durable, at that offset. */
  landed({ topic, key }: KeyedRequest, offset: number): void {
    this.#put(digestBits(Buffer.from(nameOf(topic, key))), offset)
  }

  /** The request that came with a key; undefined when none did, or so long ago that it is no longer known. */
  async find(topic: string, key: string): Promise<KeyedRequest | undefined> {
    const name = nameOf(topic, key)
    const bits = digestBits(Buffer.from(name))
    const offset = this.#places.get(bits)
    if (offset === undefined) return undefined
    try {
      const { runs } = await this.#read(offset)
      for (const { records, offsets } of runs) {
        const row = offsets.indexOf(offset)
        if (row < 0 || recordText(records, row, 'key') !== name) continue
        if (records.times[row] < this.#now() - KEYS_KEPT_MS) return undefined
        return { topic, key, ...JSON.parse(recordText(records, row, 'value')) }
      }
    } catch (error) {
      if (!(error instanceof MillraceError && error.code === 'ML_OFFSET_GONE')) throw error
      this.#places.delete(bits)
    }
    return undefined
  }

  /** Offset of the first record of each part, undefined where it is no longer kept. */
  async offsetsOf({ topic, key, parts }: KeyedRequest): Promise<(number | undefined)[]> {
    const offsets: (number | undefined)[] = []
    for (const part of parts) offsets.push(await this.#offsetOf(topic, key, part))
    return offsets
  }

  async #offsetOf(topic: string, key: string, part: KeyedPart): Promise<number | undefined> {
    const { partition } = part
    const info = await this.#log.topic(topic)
    let offset = Math.max(part.notBefore, info?.parts[partition].start ?? 0)
    for (;;) {
      const { runs, next } = await this.#log.read([{ topic, partition, offset }], {
        maxBytes: READ_BYTES,
        maxWaitMs: 0,
      })
      for (const { records, offsets } of runs) {
        for (let row = 0; row < records.count; row++) {
          if (headerValue(recordText(records, row, 'headers'), HEADER) === key) return offsets[row]
        }
      }
      offset = next[0].offset
      if (offset >= next[0].end) return undefined
    }
  }

  #read(offset: number): ReturnType<Log['read']> {
    return this.#log.read([{ topic: this.#topic, partition: 0, offset }], {
      maxBytes: READ_BYTES,
      maxWaitMs: 0,
    })
  }

  #put(bits: number, offset: number): void {
    // A Map keeps the order in which keys came: what is first is oldest.
    this.#places.delete(bits)
    this.#places.set(bits, offset)
    if (this.#places.size <= KEYS_MAX) return
    for (const oldest of this.#places.keys()) {
      this.#places.delete(oldest)
      return
    }
  }
}

/** The header that the first record of each partition bears, by which it is found again. */
export function keyHeader(key: string): string {
  return headerLine(HEADER, key)
}

/** A topic's name has no `/`. */
function nameOf(topic: string, key: string): string {
  return `${topic}/${key}`
}

function digestBits(name: Uint8Array): number {
  const digest = createHash('sha256').update(name).digest()
  return digest.readUIntBE(0, 6) * 16 + (digest[6] >> 4)
}
