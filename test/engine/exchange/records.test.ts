import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCommit, encodeCommit } from '../../../src/engine/commit-record.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../src/engine/snapshot-record.ts'

const time = fc.oneof(
  fc.integer({ min: -8.64e15 + 1, max: 8.64e15 }),
  fc.constantFrom(Infinity, -Infinity, 978_307_200_000.5),
)
const offset = fc.maxSafeNat()
const bytes = fc.uint8Array({ maxLength: 100 })

/** The bytes somewhere within a larger buffer, as a read gives them. */
function within(value: Uint8Array, shift: number): Uint8Array {
  const moved = new Uint8Array(value.length + 2 * shift).fill(170)
  moved.set(value, shift)
  return moved.subarray(shift, shift + value.length)
}

describe('a commit record', () => {
  it('comes back as it was, with its lanes, times and delta', () => {
    const lane = fc.record({ offset, row: fc.nat(), bound: time, idle: fc.boolean() })
    const record = fc.record({
      number: offset,
      plan: fc.stringMatching(/^[0-9a-f]{64}$/),
      lanes: fc.array(lane, { maxLength: 20 }),
      progress: time,
      delta: bytes,
    })
    fc.assert(
      fc.property(record, fc.nat({ max: 9 }), (of, shift) => {
        const { delta, ...rest } = decodeCommit(within(encodeCommit(of), shift))
        expect({ ...rest, delta: new Uint8Array(delta) }).toEqual(of)
      }),
    )
  })

  it('is refused when it is none', () => {
    expect(() => decodeCommit(new Uint8Array(20))).toThrow(/is no commit/)
    expect(() => decodeCommit(new Uint8Array(3))).toThrow(/is no commit/)
  })
})

describe('a snapshot record', () => {
  it('comes back as it was, with its chunk', () => {
    const record = fc.record({
      from: offset,
      commit: offset,
      fromOffset: offset,
      last: fc.boolean(),
      at: fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
      chunk: bytes,
    })
    fc.assert(
      fc.property(record, fc.nat({ max: 9 }), (of, shift) => {
        const { chunk, ...rest } = decodeSnapshot(within(encodeSnapshot(of), shift))
        expect({ ...rest, chunk: new Uint8Array(chunk) }).toEqual(of)
      }),
    )
  })

  it('is refused when it is none', () => {
    expect(() => decodeSnapshot(new Uint8Array(20))).toThrow(/is no snapshot/)
  })
})
