// What a fetch brought, as records: checks each batch, leaves out what was aborted, and never gives a record twice.
// Source: Apache Kafka documentation, record batch and control batches; the rule for aborted transactions is that of its own consumer.
import { StateError } from '../../base/errors.ts'
import { RecordsBuilder, type Records } from '../../base/records.ts'
import { TIME_HEADER, headerLineOf } from './headers.ts'
import { HEADER_BYTES } from './encode-batch.ts'
import type { Fetched } from './read-requests.ts'
import type { Wire } from './wire.ts'

const TRANSACTIONAL = 0x10
const CONTROL = 0x20
const COMPRESSION = 0x07
const ABORT = 0

export interface Decoded {
  readonly records: Records
  readonly offsets: Float64Array
  /** When brokers took the first and the last; NaN where there are none. */
  readonly appended: readonly [first: number, last: number]
  /** Offset to ask for next: behind all that was seen, markers and what was aborted included. */
  readonly next: number
}

/** @throws StateError ML_LOG_CORRUPT when bytes of a batch are not what was written. */
export function decodeBatches(fetched: Fetched, from: number, wire: Wire): Decoded {
  const decoder = new BatchDecoder(fetched, from, wire)
  return decoder.all()
}

class BatchDecoder {
  readonly #fetched: Fetched
  readonly #wire: Wire
  readonly #from: number
  readonly #builder: RecordsBuilder
  #offsets: number[] = []
  #next: number
  #appended: [first: number, last: number] = [NaN, NaN]
  /** Aborted transactions that begin further on, the last first. */
  readonly #later: { readonly producerId: bigint; readonly firstOffset: number }[]
  /** Producers whose transaction at this place was aborted. */
  readonly #aborted = new Set<bigint>()

  constructor(fetched: Fetched, from: number, wire: Wire) {
    this.#fetched = fetched
    this.#from = from
    this.#next = from
    this.#wire = wire
    this.#builder = new RecordsBuilder({ bytes: Math.max(64, fetched.records.length) })
    this.#later = fetched.aborted.toSorted((a, b) => b.firstOffset - a.firstOffset)
  }

  all(): Decoded {
    const { records } = this.#fetched
    for (let at = 0; at + HEADER_BYTES <= records.length;) {
      const end = at + 12 + records.readInt32BE(at + 8)
      if (end > records.length) break // the last batch may be cut off
      this.#batch(records.subarray(at, end))
      at = end
    }
    return {
      records: this.#builder.records(),
      offsets: Float64Array.from(this.#offsets),
      appended: this.#appended,
      next: this.#next,
    }
  }

  #batch(batch: Buffer): void {
    const base = Number(batch.readBigInt64BE(0))
    const magic = batch.readInt8(16)
    if (magic !== 2)
      this.#corrupt(base, `a batch of format ${magic}: written by a client older than Kafka 0.11`)
    if (this.#wire.crc32c(batch.subarray(21)) >>> 0 !== batch.readUInt32BE(17))
      this.#corrupt(base, 'bytes that do not fit their check sum')
    const attributes = batch.readInt16BE(21)
    const last = base + batch.readInt32BE(23)
    this.#next = Math.max(this.#next, last + 1)
    if (this.#isLeftOut(batch, attributes, last)) return
    const before = this.#offsets.length
    const compression = attributes & COMPRESSION
    const body = batch.subarray(HEADER_BYTES)
    this.#records(
      compression === 0
        ? body
        : this.#wire.compressionsAlgorithmsByBitmask[compression].decompressSync(body),
      {
        base,
        count: batch.readInt32BE(57),
        baseTime: Number(batch.readBigInt64BE(27)),
      },
    )
    // Where brokers set the time, it is the greatest of the batch alone that they set.
    const at = Number(batch.readBigInt64BE(35))
    if (this.#offsets.length > before) this.#appended = [before === 0 ? at : this.#appended[0], at]
  }

  /** Control batches end transactions; data of aborted ones stands before their end. */
  #isLeftOut(batch: Buffer, attributes: number, last: number): boolean {
    const producerId = batch.readBigInt64BE(43)
    for (
      let next = this.#later.at(-1);
      next !== undefined && next.firstOffset <= last;
      next = this.#later.at(-1)
    ) {
      this.#aborted.add(next.producerId)
      this.#later.pop()
    }
    if ((attributes & CONTROL) !== 0) {
      if (controlType(batch) === ABORT) this.#aborted.delete(producerId)
      return true
    }
    return (attributes & TRANSACTIONAL) !== 0 && this.#aborted.has(producerId)
  }

  #records(
    body: Buffer,
    {
      base,
      count,
      baseTime,
    }: { readonly base: number; readonly count: number; readonly baseTime: number },
  ): void {
    const reader = new Varints(body)
    for (let i = 0; i < count; i++) {
      const length = reader.varint()
      const end = reader.at + length
      reader.at++
      const time = baseTime + reader.varlong()
      const offset = base + reader.varint()
      if (offset >= this.#from) this.#record(reader, offset, time)
      reader.at = end
    }
  }

  #record(reader: Varints, offset: number, time: number): void {
    const key = reader.bytes()
    const value = reader.bytes()
    let exact = time
    let lines = ''
    for (let left = reader.varint(); left > 0; left--) {
      const name = reader.bytes().toString()
      const header = reader.bytes()
      if (name === TIME_HEADER) exact = Number(header.toString())
      else lines += headerLineOf(name, header)
    }
    this.#offsets.push(offset)
    this.#builder.add(exact, key, value, lines)
  }

  #corrupt(offset: number, found: string): never {
    const { topic, partition } = this.#fetched
    throw new StateError(
      'ML_LOG_CORRUPT',
      `a batch of ${topic}/${partition} must be as it was written; found ${found}, at offset ${offset}`,
      {
        details: { topic, partition, offset },
      },
    )
  }
}

/** Of the first record of a control batch: its key is the version and the type, two bytes each. */
function controlType(batch: Buffer): number {
  const reader = new Varints(batch.subarray(HEADER_BYTES))
  reader.varint()
  reader.at++
  reader.varlong()
  reader.varint()
  return reader.bytes().readInt16BE(2)
}

const NOTHING = Buffer.alloc(0)

class Varints {
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.at++]
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
  }

  varlong(): number {
    const start = this.at
    while (this.#bytes[this.at] >= 0x80) this.at++
    this.at++
    if (this.at - start <= 4) {
      this.at = start
      return this.varint()
    }
    let value = 0n
    for (let i = this.at - 1; i >= start; i--) value = (value << 7n) | BigInt(this.#bytes[i] & 0x7f)
    return Number((value >> 1n) ^ -(value & 1n))
  }

  /** A length of -1 is none. */
  bytes(): Buffer {
    const length = this.varint()
    if (length <= 0) return NOTHING
    const from = this.at
    this.at += length
    return this.#bytes.subarray(from, this.at)
  }
}
