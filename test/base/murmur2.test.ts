// Vectors of Kafka's own tests (org.apache.kafka.common.utils.UtilsTest.testMurmur2), and another client's implementation.
import fc from 'fast-check'
import { murmur2 as ofAnotherClient } from '@platformatic/kafka'
import { describe, expect, it } from 'vitest'
import { murmur2, partitionOf } from '../../src/base/murmur2.ts'

const VECTORS: readonly (readonly [key: string, hash: number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
]

describe('the hash of a key', () => {
  it("is that of Kafka's own clients", () => {
    for (const [key, hash] of VECTORS) expect(murmur2(Buffer.from(key)) | 0).toBe(hash)
  })

  it('is that of another client for any bytes, and for a part of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 5 }), (bytes, from) => {
        const start = Math.min(from, bytes.length)
        const key = Buffer.from(bytes.subarray(start))
        expect(murmur2(bytes, start) | 0).toBe(ofAnotherClient(key) | 0)
      }),
    )
  })

  it('gives the partition by its low 31 bits', () => {
    expect(partitionOf(0x8000_0000, 7)).toBe(0)
    expect(partitionOf(0x8000_0001, 7)).toBe(1)
    expect(partitionOf(0xffff_ffff, 10)).toBe(0x7fff_ffff % 10)
    expect(partitionOf(murmur2(Buffer.from('ça')), 9)).toBe(
      (ofAnotherClient(Buffer.from('ça')) & 0x7fff_ffff) % 9,
    )
  })
})
