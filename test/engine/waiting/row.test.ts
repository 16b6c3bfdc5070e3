import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EARLY,
  isGone,
  JOINED,
  markGone,
  RowCodec,
  rowBytesMax,
  WAITING,
  WaitingRow,
  type RowBase,
} from '../../../src/engine/waiting/row.ts'

const DAY = 86_400_000
const whole = fc.integer({ min: -(2 ** 50), max: 2 ** 50 })
const value = fc.oneof(
  fc.double(),
  whole,
  fc.float(),
  fc.nat(300),
  fc.constantFrom(-0, 2 ** 46, -(2 ** 46), 2 ** 53 - 1),
)
const time = fc.oneof(value, fc.nat(40 * DAY))

const rows = fc.record({
  status: fc.constantFrom(EARLY, WAITING, JOINED),
  due: time,
  order: fc.nat(),
  time,
  score: value,
  version: fc.oneof(fc.nat(2 ** 48 - 1), fc.constant(0)),
  task: fc.nat(64),
  commit: fc.nat(),
  row: fc.nat(4095),
  label: value,
  labelTime: time,
  id: fc.uint8Array({ maxLength: 300 }),
})
const bases = fc.record({
  due: time,
  order: fc.nat(),
  span: fc.oneof(time, fc.constant(30 * DAY)),
  version: fc.oneof(fc.nat(2 ** 48 - 1), fc.constant(0)),
})

function rowOf({ id, ...numbers }: { readonly id: Uint8Array }): WaitingRow {
  return Object.assign(new WaitingRow(), numbers, { bytes: id, start: 0, end: id.length })
}

/** What is kept of a row of that status. */
function kept(row: WaitingRow): unknown {
  const { status, due, order, time: at, score, version, label, labelTime } = row
  const scored = status === EARLY ? [] : [at, score, version, row.task, row.commit, row.row]
  const labelled = status === WAITING ? [] : [label, labelTime]
  return [Array.from(row.id), status, due, status === JOINED ? 0 : order, scored, labelled]
}

describe('a waiting row', () => {
  it('comes back bit for bit, whatever it is written relative to, and says where it ends', () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 5 }), bases, (all, base: RowBase) => {
        const codec = new RowCodec(base)
        const bytes = new Uint8Array(all.reduce((sum, { id }) => sum + rowBytesMax(id.length), 0))
        let end = 0
        for (const each of all) end = codec.write(rowOf(each), bytes, end)
        const read = new WaitingRow()
        let at = 0
        for (const each of all) {
          at = codec.read(read, bytes, at)
          expect(kept(read)).toEqual(kept(rowOf(each)))
        }
        expect(at).toBe(end)
      }),
    )
  })

  it('takes about 40 bytes with an id of sixteen', () => {
    const at = Date.UTC(2026, 10, 27)
    const version = 0xd63d_f029_9dc4
    const base = { due: at + 30 * DAY, order: 1_000_000, span: 30 * DAY, version }
    const row = rowOf({ id: new Uint8Array(16) })
    Object.assign(row, { status: WAITING, due: base.due + 3_600_000, order: 1_065_000 })
    Object.assign(row, { time: at + 3_599_000, score: 0.123_456_789, version })
    Object.assign(row, { task: 3, commit: 100_000, row: 4000 })
    const codec = new RowCodec(base)
    expect(codec.write(row, new Uint8Array(200), 0)).toBeLessThanOrEqual(43)
    // Of another version: its own number is written out.
    row.version = 0x0123_4567_89ab
    expect(codec.write(row, new Uint8Array(200), 0)).toBeLessThanOrEqual(50)
  })

  it('says when it is gone, and nothing else of it changes', () => {
    fc.assert(
      fc.property(rows, bases, (of, base) => {
        const bytes = new Uint8Array(rowBytesMax(of.id.length))
        const codec = new RowCodec(base)
        codec.write(rowOf(of), bytes, 0)
        expect(isGone(bytes, 0)).toBe(false)
        markGone(bytes, 0)
        expect(isGone(bytes, 0)).toBe(true)
        const read = new WaitingRow()
        codec.read(read, bytes, 0)
        expect(kept(read)).toEqual(kept(rowOf(of)))
      }),
    )
  })
})
