import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCommit, encodeCommit } from '../../../src/engine/commit-record.ts'
import { IDLE } from '../../../src/engine/exchange/block-format.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../src/engine/snapshot-record.ts'

const time = fc.oneof(
  fc.integer({ min: -8.64e15 + 1, max: 8.64e15 }),
  fc.constantFrom(Infinity, -Infinity, 978_307_200_000.5),
)
const offset = fc.maxSafeNat()
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  // What repeats is packed.
  fc
    .tuple(fc.nat({ max: 255 }), fc.nat({ max: 5000 }))
    .map(([byte, length]) => new Uint8Array(length).fill(byte)),
)

/** The bytes somewhere within a larger buffer, as a read gives them. */
function within(value: Uint8Array, shift: number): Uint8Array {
  const moved = new Uint8Array(value.length + 2 * shift).fill(170)
  moved.set(value, shift)
  return moved.subarray(shift, shift + value.length)
}

describe('a commit record', () => {
  it('comes back as it was, with its lanes, times and delta', () => {
    const lane = fc.record({ offset, row: fc.nat(), bound: time, idle: fc.constantFrom(...IDLE) })
    const record = fc.record({
      number: offset,
      plan: fc.stringMatching(/^[0-9a-f]{64}$/),
      lanes: fc.array(lane, { maxLength: 20 }),
      progress: time,
      counts: fc.array(fc.maxSafeNat(), { maxLength: 9 }),
      stateBytes: fc.maxSafeNat(),
      tick: fc.oneof(fc.nat(), fc.constant(NaN)),
      ticked: time,
      unscored: fc.array(
        fc.record({
          model: fc.nat({ max: 3 }),
          rows: fc.oneof(fc.constant('all' as const), fc.array(fc.tuple(fc.nat(), offset))),
        }),
        { maxLength: 3 },
      ),
    })
    fc.assert(
      fc.property(record, bytes, fc.nat({ max: 9 }), (of, own, shift) => {
        const { delta, deltaBytes, ...rest } = decodeCommit(within(encodeCommit(of, own), shift))
        expect(rest).toEqual(of)
        expect(deltaBytes).toBe(own.length)
        expect(new Uint8Array(delta())).toEqual(own)
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
      startsAt: offset,
      before: offset,
      last: fc.boolean(),
      kept: fc.array(offset, { maxLength: 9 }),
      seeded: offset,
      at: fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
    })
    fc.assert(
      fc.property(record, bytes, fc.nat({ max: 9 }), (of, own, shift) => {
        const { chunk, ...rest } = decodeSnapshot(within(encodeSnapshot(of, own), shift))
        expect(rest).toEqual(of)
        expect(new Uint8Array(chunk())).toEqual(own)
      }),
    )
  })

  it('takes few bytes where its chunk repeats itself', () => {
    const part = {
      from: 1,
      commit: 2,
      fromOffset: 0,
      startsAt: 0,
      before: -1,
      last: true,
      at: 0,
      kept: [],
      seeded: 0,
    }
    expect(encodeSnapshot(part, new Uint8Array(100_000)).length).toBeLessThan(200)
  })

  it('is refused when it is none', () => {
    expect(() => decodeSnapshot(new Uint8Array(20))).toThrow(/is no snapshot/)
  })
})
