// Batches of Kafka's format: what is written is read, what was aborted is left out, what was damaged is found out.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordsBuilder, recordText, type Records } from '../../../src/base/records.ts'
import { decodeBatches } from '../../../src/log/kafka/decode-batches.ts'
import { encodeBatch } from '../../../src/log/kafka/encode-batch.ts'
import type { Fetched } from '../../../src/log/kafka/read-requests.ts'
import { createRecordsBatch } from '@platformatic/kafka'
import { loadWire } from '../../../src/log/kafka/wire.ts'

const wire = await loadWire()
const { crc32c } = wire

function fetched(records: Buffer, aborted: Fetched['aborted'] = []): Fetched {
  return { topic: 't', partition: 0, code: 0, stableEnd: 1e6, start: 0, aborted, records }
}

/** A batch as a broker keeps it: at an offset. */
function batchAt(offset: number, records: Records, producerId = 7n): Buffer {
  const rows = [{ records, from: 0, to: records.count }]
  const batch = encodeBatch(rows, { producerId, epoch: 1, sequence: 0, crc32c })
  batch.writeBigInt64BE(BigInt(offset), 0)
  return batch
}

function texts(...values: string[]): Records {
  const builder = new RecordsBuilder()
  for (const value of values) builder.add(1, '', value)
  return builder.records()
}

const ABORT = 0
const COMMIT = 1

/** What ends a transaction: a batch with one record, whose key is a version and a type. */
function marker(offset: number, producerId: bigint, type: number): Buffer {
  const builder = new RecordsBuilder()
  builder.add(1, Buffer.from([0, 0, 0, type]), '')
  const batch = batchAt(offset, builder.records(), producerId)
  batch.writeInt16BE(0x30, 21)
  batch.writeUInt32BE(crc32c(batch.subarray(21)) >>> 0, 17)
  return batch
}

function valuesOf(records: Buffer, aborted: Fetched['aborted'] = [], from = 0): string[] {
  const decoded = decodeBatches(fetched(records, aborted), from, wire)
  return Array.from({ length: decoded.records.count }, (_, i) =>
    recordText(decoded.records, i, 'value'),
  )
}

describe('a batch', () => {
  it('gives back what any records hold, to the bit', () => {
    const record = fc.record({
      time: fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constant(-0)),
      key: fc.uint8Array({ maxLength: 40 }),
      value: fc.uint8Array({ maxLength: 300 }),
      headers: fc.dictionary(fc.stringMatching(/^[a-z][a-z.-]{0,8}$/), fc.string(), { maxKeys: 3 }),
    })
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), fc.nat(1e9), (all, offset) => {
        const builder = new RecordsBuilder()
        for (const { time, key, value, headers } of all) {
          const lines = Object.entries(headers).map(
            ([name, text]) => `${name}: ${encodeURIComponent(text)}\n`,
          )
          builder.add(time, key, value, lines.join(''))
        }
        const given = builder.records()
        const { records, offsets, next } = decodeBatches(
          fetched(batchAt(offset, given)),
          offset,
          wire,
        )
        expect(next).toBe(offset + all.length)
        expect([...offsets]).toEqual(all.map((_, i) => offset + i))
        for (let i = 0; i < all.length; i++) {
          expect(Object.is(records.times[i], given.times[i])).toBe(true)
          for (const part of ['key', 'value', 'headers'] as const)
            expect(recordText(records, i, part)).toBe(recordText(given, i, part))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is read from the offset that is asked for, and left where it is cut off', () => {
    const whole = batchAt(10, texts('a', 'b', 'c'))
    expect(valuesOf(whole, [], 11)).toEqual(['b', 'c'])
    const cut = Buffer.concat([whole, batchAt(13, texts('d')).subarray(0, 65)])
    const { records, next } = decodeBatches(fetched(cut), 10, wire)
    expect([records.count, next]).toEqual([3, 13])
  })

  it('with a bit that is another one is refused, with its place', () => {
    for (const at of [22, 40, 65]) {
      const batch = batchAt(5, texts('abc'))
      batch[at] ^= 1
      expect(() => valuesOf(batch)).toThrow('bytes that do not fit their check sum, at offset 5')
    }
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'of another program is read with %s',
    (compression) => {
      const messages = ['x', 'yy', 'z'.repeat(500)].map((value) => ({
        topic: 't',
        value: Buffer.from(value),
      }))
      const batch = createRecordsBatch(messages, { compression }).buffer
      expect(valuesOf(Buffer.from(batch))).toEqual(['x', 'yy', 'z'.repeat(500)])
    },
  )
})

describe('what was aborted', () => {
  const log = [
    batchAt(0, texts('kept 0'), 1n),
    marker(1, 1n, COMMIT),
    batchAt(2, texts('aborted 2'), 1n),
    batchAt(3, texts('other 3'), 2n),
    batchAt(4, texts('aborted 4'), 1n),
    marker(5, 1n, ABORT),
    batchAt(6, texts('kept 6'), 1n),
    marker(7, 1n, COMMIT),
    batchAt(8, texts('aborted 8'), 1n),
    marker(9, 2n, COMMIT),
    marker(10, 1n, ABORT),
  ]
  const aborted = [
    { producerId: 1n, firstOffset: 8 },
    { producerId: 1n, firstOffset: 2 },
  ]

  it('is left out, of one producer more than once, and nothing else is', () => {
    expect(valuesOf(Buffer.concat(log), aborted)).toEqual(['kept 0', 'other 3', 'kept 6'])
  })

  it('is left out where its end lies beyond what was fetched', () => {
    expect(valuesOf(Buffer.concat(log.slice(0, 5)), aborted)).toEqual(['kept 0', 'other 3'])
    expect(valuesOf(Buffer.concat(log.slice(4, 9)), aborted)).toEqual(['kept 6'])
  })

  it('is passed all the same: the next read begins behind it', () => {
    expect(decodeBatches(fetched(Buffer.concat(log), aborted), 0, wire).next).toBe(11)
  })
})
