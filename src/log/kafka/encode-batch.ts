// Records as one batch of Kafka's format, version 2, straight from columns. Source: Apache Kafka documentation, record batch.
import type { Records } from '../../base/records.ts'
import { TIME_HEADER, headersOf, type Header } from './headers.ts'

export const HEADER_BYTES = 61
/** Bytes of numbers in a record, at most: length, attributes, time, offset, key, value, headers. */
const RECORD_ROOM = 1 + 10 + 5 * 5
const HEADER_ROOM = 10
const TRANSACTIONAL = 0x10
const CRC_FROM = 21

/** Rows [from, to) of a run of records. */
export interface Rows {
  readonly records: Records
  readonly from: number
  readonly to: number
}

export interface BatchOf {
  readonly producerId: bigint
  readonly epoch: number
  /** Number of the first record among all of this producer id and epoch in the partition. */
  readonly sequence: number
  readonly crc32c: (bytes: Buffer) => number
}

/** One batch of rows, in order. */
export function encodeBatch(rows: readonly Rows[], of: BatchOf): Buffer {
  const writer = new BatchWriter(rows)
  return writer.finish(of)
}

class BatchWriter {
  readonly #buffer: Buffer
  #at = HEADER_BYTES
  #count = 0
  readonly #base: number
  #greatest: number

  constructor(rows: readonly Rows[]) {
    this.#buffer = Buffer.allocUnsafe(
      HEADER_BYTES + rows.reduce((sum, each) => sum + roomFor(each), 0),
    )
    this.#base = firstTime(rows)
    this.#greatest = this.#base
    for (const { records, from, to } of rows)
      for (let row = from; row < to; row++) this.#record(records, row)
  }

  finish({ producerId, epoch, sequence, crc32c }: BatchOf): Buffer {
    const batch = this.#buffer.subarray(0, this.#at)
    batch.writeBigInt64BE(0n, 0)
    batch.writeInt32BE(batch.length - 12, 8)
    batch.writeInt32BE(-1, 12)
    batch.writeInt8(2, 16)
    batch.writeInt16BE(TRANSACTIONAL, 21)
    batch.writeInt32BE(this.#count - 1, 23)
    batch.writeBigInt64BE(BigInt(this.#base), 27)
    batch.writeBigInt64BE(BigInt(this.#greatest), 35)
    batch.writeBigInt64BE(producerId, 43)
    batch.writeInt16BE(epoch, 51)
    batch.writeInt32BE(sequence, 53)
    batch.writeInt32BE(this.#count, 57)
    batch.writeUInt32BE(crc32c(batch.subarray(CRC_FROM)) >>> 0, 17)
    return batch
  }

  #record(records: Records, row: number): void {
    const time = records.times[row]
    const plain = isPlainTime(time)
    const headers = headersIn(records, row, plain ? undefined : time)
    const keyFrom = records.keyEnds[row]
    const keyTo = records.keyEnds[row + 1]
    const valueFrom = records.valueEnds[row]
    const valueTo = records.valueEnds[row + 1]
    // The length comes first and depends on the rest: it is written behind as many bytes as it may take, and moved.
    const start = this.#at
    this.#at += 5
    this.#buffer[this.#at++] = 0
    this.#varlong(plain ? time - this.#base : 0)
    if (plain && time > this.#greatest) this.#greatest = time
    this.#varint(this.#count)
    if (keyTo === keyFrom) this.#varint(-1)
    else this.#bytes(records.keys, keyFrom, keyTo)
    this.#bytes(records.values, valueFrom, valueTo)
    this.#varint(headers.length)
    for (const { name, value } of headers) {
      const bytes = Buffer.from(name)
      this.#bytes(bytes, 0, bytes.length)
      this.#bytes(value, 0, value.length)
    }
    const end = this.#at
    this.#at = start
    this.#varint(end - start - 5)
    this.#buffer.copyWithin(this.#at, start + 5, end)
    this.#at += end - start - 5
    this.#count++
  }

  #bytes(bytes: Uint8Array, from: number, to: number): void {
    this.#varint(to - from)
    this.#buffer.set(bytes.subarray(from, to), this.#at)
    this.#at += to - from
  }

  /** Zigzag, 7 bits a byte. */
  #varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0
    for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.#at++] = (rest & 0x7f) | 0x80
    this.#buffer[this.#at++] = rest
  }

  /** The same for whole numbers below 2^53. */
  #varlong(value: number): void {
    if (value >= -0x4000_0000 && value < 0x4000_0000) return this.#varint(value)
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#at++] = Number(rest & 0x7fn) | 0x80
    this.#buffer[this.#at++] = Number(rest)
  }
}

function roomFor({ records, from, to }: Rows): number {
  const bytes =
    records.keyEnds[to] -
    records.keyEnds[from] +
    (records.valueEnds[to] - records.valueEnds[from]) +
    (records.headerEnds[to] - records.headerEnds[from])
  // A time of its own is a header more; lines of headers are at least as long as what becomes of them.
  return (
    bytes +
    (to - from) * (RECORD_ROOM + HEADER_ROOM + TIME_HEADER.length + 24) +
    5 * (records.headerEnds[to] - records.headerEnds[from])
  )
}

/** What a timestamp of Kafka holds to the bit, and every broker takes. */
function isPlainTime(time: number): boolean {
  return Number.isSafeInteger(time) && time >= 0 && !Object.is(time, -0)
}

function firstTime(rows: readonly Rows[]): number {
  for (const { records, from, to } of rows)
    for (let row = from; row < to; row++)
      if (isPlainTime(records.times[row])) return records.times[row]
  return 0
}

const NO_HEADERS: readonly Header[] = []

function headersIn(records: Records, row: number, time: number | undefined): readonly Header[] {
  const from = records.headerEnds[row]
  const to = records.headerEnds[row + 1]
  if (from === to && time === undefined) return NO_HEADERS
  const own = headersOf(
    Buffer.from(records.headers.buffer, records.headers.byteOffset + from, to - from).toString(),
  )
  if (time === undefined) return own
  return [
    ...own,
    { name: TIME_HEADER, value: Buffer.from(Object.is(time, -0) ? '-0' : String(time)) },
  ]
}
