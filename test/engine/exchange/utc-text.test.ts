// Texts of UTC times lie as numbers; what only looks like one must come back as it was.
import { describe, expect, it } from 'vitest'
import { encodingName } from '../../../src/engine/exchange/block-format.ts'
import { Block } from '../../../src/engine/exchange/block.ts'
import { BlockWriter } from '../../../src/engine/exchange/block-writer.ts'
import { cellsOf } from './columns.ts'
import { texts } from './lane-rows.ts'

const MANY = Array.from({ length: 60 }, (_, i) => new Date(i * 7.7e11).toISOString().slice(0, 19))

/** These texts among many times, through a block and back; how they lie, and what came back. */
function through(...own: readonly string[]): { way: string; back: unknown[]; given: string[] } {
  const given = [...own, ...MANY.map((time) => `${time}Z`)]
  const bytes = new BlockWriter().encode(
    [texts(given)],
    { rows: undefined, from: 0, count: given.length },
    { progress: 0, idle: false, commit: 1, layout: 1 },
  )
  const back = cellsOf(new Block(bytes).column(0), given.length).map(({ value }) => value)
  return { way: encodingName(bytes[40], bytes[41]), back, given }
}

describe('a column of texts', () => {
  it('of UTC times lies as times, at the edges of days, leap years and centuries', () => {
    const days = ['0000-01-01', '0000-03-01', '1600-02-29', '1600-03-01', '1900-02-28'].concat(
      ['1900-03-01', '1999-12-31', '2000-02-29', '2000-03-01', '2400-02-29', '2400-03-01'],
      ['2100-02-28', '2100-03-01', '2001-04-30', '9999-12-31'],
    )
    for (const day of days) {
      const { way, back, given } = through(`${day}T00:00:00Z`, `${day}T23:59:59Z`)
      expect([day, way]).toEqual([day, 'utc'])
      expect(back).toEqual(given)
    }
  })

  it('of any day of a year lies as times', () => {
    const days = Array.from({ length: 366 + 365 }, (_, i) =>
      new Date(Date.UTC(2000, 0, 1 + i)).toISOString(),
    ).map((time) => `${time.slice(0, 19)}Z`)
    const { way, back, given } = through(...days)
    expect(way).toBe('utc')
    expect(back).toEqual(given)
  })

  it('that no clock shows comes back as it was', () => {
    const odd = ['2001-01-01T24:00:00Z', '2001-01-01T23:60:00Z', '2001-01-01T23:59:60Z'].concat(
      ['2001-00-10T00:00:00Z', '2001-13-01T00:00:00Z', '2001-01-00T00:00:00Z'],
      ['2001-04-31T00:00:00Z', '1900-02-29T00:00:00Z', '2001-02-30T00:00:00Z'],
      // What stands beside the digits in ASCII.
      ['2001-01-0:T00:00:00Z', '2001-01-1/T00:00:00Z', '200:-01-01T00:00:00Z'],
      ['2001-01-01 00:00:00Z', '2001-01-01T00:00:00z', '2001-01-01T00:00.00Z'],
    )
    for (const text of odd) {
      const { way, back, given } = through(text)
      expect([text, way]).not.toEqual([text, 'utc'])
      expect(back).toEqual(given)
    }
  })
})
