import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordsBuilder, recordText, type Records } from '../../src/base/records.ts'
import type { ReadRun } from '../../src/contracts/log.ts'
import { sourceBatches } from '../../src/engine/source-batches.ts'

interface Row {
  readonly time: number
  readonly key: string
  readonly value: string
  readonly headers: string
}

const row = fc.record({
  time: fc.integer(),
  key: fc.string({ maxLength: 4 }),
  value: fc.string(),
  headers: fc.constantFrom('', 'a: b\n'),
})

/** Runs with gaps between their offsets. */
function runsOf(rows: readonly (readonly Row[])[]): ReadRun[] {
  let offset = 5
  return rows.map((own) => {
    const builder = new RecordsBuilder()
    for (const { time, key, value, headers } of own) builder.add(time, key, value, headers)
    const offsets = Float64Array.from(own, () => offset++)
    offset += 3
    return { topic: 't', partition: 0, offsets, records: builder.records(), appended: [0, 0] }
  })
}

function rowsOf(records: Records, offsets: Float64Array): unknown[] {
  return Array.from({ length: records.count }, (_, i) => [
    offsets[i],
    records.times[i],
    recordText(records, i, 'key'),
    recordText(records, i, 'value'),
    recordText(records, i, 'headers'),
  ])
}

describe('batches of a source', () => {
  it('are the records of all runs from an offset on, in order, as many as go into each', () => {
    const runs = fc.array(fc.array(row, { maxLength: 6 }), { maxLength: 8 }).map(runsOf)
    fc.assert(
      fc.property(runs, fc.nat(40), fc.integer({ min: 1, max: 9 }), (given, from, limit) => {
        const batches = [...sourceBatches(given, from, limit)]
        const expected = given
          .flatMap(({ records, offsets }) => rowsOf(records, offsets))
          .filter((each) => Array.isArray(each) && Number(each[0]) >= from)
        expect(batches.flatMap(({ records, offsets }) => rowsOf(records, offsets))).toEqual(
          expected,
        )
        for (const { records, offsets } of batches) {
          expect(records.count).toBe(offsets.length)
          expect(records.count).toBeGreaterThan(0)
        }
        for (const { records } of batches.slice(0, -1)) expect(records.count).toBe(limit)
      }),
    )
  })
})
