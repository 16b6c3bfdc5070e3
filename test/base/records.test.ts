import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  RecordsBuilder,
  headerLine,
  headerValue,
  oneRecord,
  recordText,
  recordsBytes,
  sliceRecords,
} from '../../src/base/records.ts'
import { progressAt, progressHeader, progressOf } from '../../src/contracts/progress.ts'

describe('RecordsBuilder', () => {
  it('gives back what was added, grown and reused after reset', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 })
    const row = fc.record({
      time: fc.double({ noNaN: true }),
      key: text,
      value: text,
      headers: text,
      asBytes: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 4 }), (rounds) => {
        const builder = new RecordsBuilder({ records: 1, bytes: 1 })
        for (const rows of rounds) {
          builder.reset()
          for (const { time, key, value, headers, asBytes } of rows) {
            if (asBytes)
              builder.add(time, Buffer.from(key), Buffer.from(value), Buffer.from(headers))
            else builder.add(time, key, value, headers)
          }
          const records = builder.records()
          expect(records.count).toBe(rows.length)
          expect(recordsBytes(records)).toBe(builder.bytes)
          rows.forEach((r, i) => {
            expect(records.times[i]).toBe(r.time)
            const utf8 = (s: string): string => Buffer.from(s).toString()
            expect([
              recordText(records, i, 'key'),
              recordText(records, i, 'value'),
              recordText(records, i, 'headers'),
            ]).toEqual([utf8(r.key), utf8(r.value), utf8(r.headers)])
          })
        }
      }),
      { numRuns: 60 },
    )
  })

  it('copies records of a slice as they are', () => {
    const from = new RecordsBuilder()
    for (let i = 0; i < 10; i++)
      from.add(i, `key${i}`, 'v'.repeat(i * 20), i % 2 === 0 ? '' : 'a: b\n')
    const slice = sliceRecords(from.records(), 3, 7)
    const into = new RecordsBuilder()
    for (let i = 0; i < slice.count; i++) into.addFrom(slice, i)
    for (let i = 0; i < 4; i++) {
      expect(recordText(into.records(), i, 'key')).toBe(`key${i + 3}`)
      expect(recordText(into.records(), i, 'value')).toHaveLength((i + 3) * 20)
      expect(into.records().times[i]).toBe(i + 3)
    }
    expect(recordsBytes(slice)).toBe(into.bytes)
  })
})

describe('headers and progress', () => {
  it('carries any text in a header line', () => {
    const value = 'a: b\nc%20 ü'
    expect(headerValue(headerLine('other', 'x') + headerLine('name', value), 'name')).toBe(value)
    expect(headerValue(headerLine('other', 'x'), 'name')).toBeUndefined()
  })

  it('tells progress and end from events', () => {
    expect(progressOf(progressHeader(1234.5))).toBe(1234.5)
    expect(progressOf(progressHeader(-1))).toBe(-1)
    expect(progressOf(progressHeader(Infinity))).toBe(Infinity)
    expect(progressOf('trace: 1\n')).toBeUndefined()
    expect(progressAt(oneRecord(0, '', 'event'), 0)).toBeUndefined()
    expect(progressAt(oneRecord(0, '', '', progressHeader(7)), 0)).toBe(7)
  })
})
