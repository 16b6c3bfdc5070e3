import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../../src/contracts/columns.ts'
import { Block } from '../../../src/engine/exchange/block.ts'
import {
  CONSTANT,
  DECIMAL,
  DECIMAL32,
  DICTIONARY,
  DIGITS,
  ENTRY,
  F32,
  F64,
  FIXED,
  HEADER,
  LENGTHS,
  RATIO,
  RATIO32,
  SAME,
  STEP,
  TUPLE,
  U1,
  U16,
  U32,
  U4,
  U8,
  UTC,
} from '../../../src/engine/exchange/block-format.ts'
import { IDLE } from '../../../src/engine/exchange/block-format.ts'
import { BlockWriter, type BlockHead } from '../../../src/engine/exchange/block-writer.ts'
import { gather } from '../../../src/engine/exchange/gather.ts'
import { Taken } from '../../../src/engine/exchange/merge.ts'
import { cells, cellsOf, columnOf, selected, selections } from './columns.ts'

const head: BlockHead = { progress: 5, idle: false, commit: 1, layout: 77 }

const tables = fc.nat({ max: 20 }).chain((rows) =>
  fc.record({
    columns: fc.array(cells(rows), { minLength: 1, maxLength: 6 }),
    selection: selections(rows),
    other: selections(rows),
  }),
)

function numbers(...values: number[]): Column {
  return { kind: 'number', values: Float64Array.from(values), marks: undefined }
}

function texts(values: readonly string[]): Column {
  const ends = new Uint32Array(values.length + 1)
  const parts = values.map((value) => Buffer.from(value))
  parts.forEach(({ length }, i) => (ends[i + 1] = ends[i] + length))
  return { kind: 'string', bytes: new Uint8Array(Buffer.concat(parts)), ends, marks: undefined }
}

function thousands(count: number, step: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => 5 + ((i * 37) % 251) * step + (step === 1 ? i * 97 : 0),
  )
}

function encodingOf(columns: readonly Column[], count: number, index = 0): number {
  const bytes = new BlockWriter().encode(columns, { rows: undefined, from: 0, count }, head)
  const block = new Block(bytes)
  columns.forEach((column, i) =>
    expect(cellsOf(block.column(i), count)).toEqual(cellsOf(column, count)),
  )
  return bytes[HEADER + index * ENTRY + 1]
}

describe('a block', () => {
  it('gives every value and mark back, bit for bit, for any columns and selection', () => {
    const writer = new BlockWriter()
    fc.assert(
      fc.property(tables, ({ columns, selection }) => {
        const block = new Block(writer.encode(columns.map(columnOf), selection, head))
        expect([block.rows, block.columnCount]).toEqual([selection.count, columns.length])
        // Asked for from the last on: a column that equals the one before finds it by itself.
        columns.toReversed().forEach(({ kind, cells: list }, i) => {
          const column = block.column(columns.length - 1 - i)
          expect(column.kind).toBe(kind)
          expect(cellsOf(column, selection.count)).toEqual(selected(list, selection))
        })
      }),
      { numRuns: 400 },
    )
  })

  it('has the same bytes whatever its writer wrote before, and whatever it is read from', () => {
    const dirty = new BlockWriter()
    fc.assert(
      fc.property(tables, fc.nat({ max: 15 }), ({ columns, selection, other }, shift) => {
        const all = columns.map(columnOf)
        dirty.encode(all, other, head)
        dirty.encode(all.toReversed(), other, { ...head, meta: new Uint8Array(37).fill(255) })
        const bytes = new BlockWriter().encode(all, selection, head)
        expect(Buffer.compare(bytes, dirty.encode(all, selection, head))).toBe(0)
        const moved = new Uint8Array(bytes.length + shift)
        moved.set(bytes, shift)
        const block = new Block(moved.subarray(shift))
        columns.forEach(({ cells: list }, i) =>
          expect(cellsOf(block.column(i), selection.count)).toEqual(selected(list, selection)),
        )
      }),
    )
  })

  it('has the same bytes for equal rows, whether a list or a range took them', () => {
    fc.assert(
      fc.property(tables, ({ columns, selection }) => {
        const { count } = selection
        const writer = new BlockWriter()
        const alone = columns.map(({ cells: list, ...of }) =>
          columnOf({ ...of, cells: selected(list, selection) }),
        )
        const whole = { rows: undefined, from: 0, count }
        const bytes = writer.encode(columns.map(columnOf), selection, head)
        // A column with marks that are all 0 is one without; only `same` looks at them before.
        if (columns.some(({ marked }) => marked)) return
        expect(Buffer.compare(bytes, writer.encode(alone, whole, head))).toBe(0)
      }),
    )
  })

  it('carries its head and its text', () => {
    const times = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(Infinity, -Infinity))
    const heads = fc.record({
      progress: times,
      idle: fc.constantFrom(...IDLE),
      commit: fc.nat(),
      layout: fc.nat(),
      meta: fc.uint8Array({ maxLength: 50 }),
    })
    fc.assert(
      fc.property(heads, (of) => {
        const block = new Block(
          new BlockWriter().encode([numbers(1)], { rows: undefined, from: 0, count: 1 }, of),
        )
        const { progress, idle, commit, layout } = block
        expect({ progress, idle, commit, layout, meta: new Uint8Array(block.meta()) }).toEqual(of)
        expect(block.numbers(0)).toEqual(Float64Array.of(1))
      }),
    )
  })

  it('takes the fewest bytes that give the same bits', () => {
    expect(encodingOf([numbers(5, 5, 5)], 3)).toBe(CONSTANT)
    expect(encodingOf([numbers(1, 2, 1)], 3)).toBe(U1)
    expect(encodingOf([numbers(7, 2, 12)], 3)).toBe(U4)
    expect(encodingOf([numbers(1e12, 1e12 + 255)], 2)).toBe(U8)
    expect(encodingOf([numbers(-1, 255)], 2)).toBe(U16)
    expect(encodingOf([numbers(0, 0x1_0000)], 2)).toBe(U32)
    expect(encodingOf([numbers(0, 0xffff_ffff)], 2)).toBe(U32)
    expect(encodingOf([numbers(...thousands(20, 1))], 20)).toBe(U16)
    expect(encodingOf([numbers(...thousands(20, 1000))], 20)).toBe(STEP | U8)
    expect(encodingOf([numbers(...thousands(20, 2 ** 40))], 20)).toBe(STEP | U8)
    expect(encodingOf([numbers(0, 2 ** 32)], 2)).toBe(F32)
    expect(encodingOf([numbers(1, 2 ** 32 + 1, 7)], 3)).toBe(F64)
    expect(encodingOf([numbers(2 ** 53 - 1, 2 ** 53 - 2)], 2)).toBe(U1)
    expect(encodingOf([numbers(2 ** 53)], 1)).toBe(F32)
    expect(encodingOf([numbers(-(2 ** 53 - 1), 2 ** 53 - 1, 0)], 3)).toBe(F64)
    expect(encodingOf([numbers(0, -0)], 2)).toBe(F32)
    expect(encodingOf([numbers(-0, -0)], 2)).toBe(F32)
    expect(encodingOf([numbers(0.5, Infinity, -Infinity)], 3)).toBe(F32)
    expect(encodingOf([numbers(0.1)], 1)).toBe(F64)
    expect(encodingOf([numbers(NaN, 1)], 2)).toBe(F64)
    expect(encodingOf([numbers(3, 4), numbers(3, 4)], 2, 1)).toBe(SAME)
    expect(encodingOf([numbers(3, 4), numbers(1, 9), numbers(3, 4)], 2, 2)).toBe(SAME)
    expect(encodingOf([numbers(0), numbers(-0)], 1, 1)).toBe(F32)
    expect(encodingOf([numbers(0.1), numbers(0.1), numbers(0.1)], 1, 2)).toBe(SAME)
  })

  it('looks for no step where a byte holds each value', () => {
    expect(encodingOf([numbers(...thousands(200, 100).map((each) => each % 300))], 200)).toBe(U8)
  })

  it('finds the integers behind decimals, and none where a single bit would be lost', () => {
    const prices = [0.1, 19.99, 3, -7.25, 0, 12.3, 45.67, 8.01]
    expect(encodingOf([numbers(...prices)], 8)).toBe(DECIMAL | U16)
    const singles = [...prices, 1.5, 2.25].map(Math.fround)
    expect(encodingOf([numbers(...singles)], 10)).toBe(DECIMAL32 | U16)
    expect(encodingOf([numbers(...prices, 0.1 + 0.2)], 9)).toBe(F64)
    expect(encodingOf([numbers(...prices, NaN)], 9)).toBe(F64)
    expect(encodingOf([numbers(...prices, -0)], 9)).toBe(F64)
  })

  it('finds the sums behind means by the counts that stand near them, on either side', () => {
    const counts = [3, 7, 0, 11, 13, 1, 6, 3]
    const means = counts.map((count, i) => (count === 0 ? 0 : (5 * i - 9) / count))
    const singles = means.map(Math.fround)
    expect(encodingOf([numbers(...means), numbers(...counts)], 8)).toBe(RATIO | U8)
    expect(encodingOf([numbers(...counts), numbers(...means)], 8, 1)).toBe(RATIO | U8)
    expect(encodingOf([numbers(...counts), numbers(...singles)], 8, 1)).toBe(RATIO32 | U8)
    expect(encodingOf([numbers(...means.map((mean) => mean + 1e-9)), numbers(...counts)], 8)).toBe(
      F64,
    )
    expect(
      encodingOf([numbers(...means), numbers(...means.map((mean) => 1 / (mean + 0.001)))], 8),
    ).toBe(F64)
  })

  it('finds what texts repeat: other columns, few values, times and numbers', () => {
    const ids = Array.from({ length: 40 }, (_, i) => `F${String(9_985 + i * 3).padStart(7, '0')}`)
    const times = ids.map((_, i) => new Date(978_307_200_000 + i * 61_001).toISOString())
    const airports = ids.map((_, i) => ['ORD', 'LAX', 'SFO', '', 'Zürich'][(i * i) % 5])
    const words = ids.map((_, i) => 'abcdefg'.slice(i % 7) + String(i * i))
    expect(encodingOf([texts(ids)], 40)).toBe(DIGITS)
    expect(encodingOf([texts(times)], 40)).toBe(UTC)
    expect(encodingOf([texts(times.map((time) => time.replace(/\.\d+/, '')))], 40)).toBe(UTC)
    expect(encodingOf([texts(airports)], 40)).toBe(DICTIONARY)
    expect(encodingOf([texts(airports), texts(airports)], 40, 1)).toBe(SAME)
    expect(encodingOf([texts(words)], 40)).toBe(LENGTHS | U8)
    expect(
      encodingOf([texts(words.map((word, i) => `${word}${i}`.padEnd(12, 'x').slice(0, 12)))], 40),
    ).toBe(FIXED)
    const lengths = encodingOf([texts(['2001-02-29T00:00:00Z', '2001-02-28T00:00:00Z'])], 2)
    expect(lengths).toBe(FIXED)
  })

  it('tells texts apart that share a slot of the dictionary, where only their first bytes differ', () => {
    const letters = Array.from({ length: 90 }, (_, i) => String.fromCharCode(33 + i))
    const all = letters.flatMap((letter) => Array.from({ length: 8 }, () => `${letter}-and-so-on`))
    expect(encodingOf([texts(all)], all.length)).toBe(DICTIONARY)
  })

  it('takes tuples apart, and has no part twice that is a column of its own', () => {
    const from = Array.from({ length: 300 }, (_, i) => `A${(i * i) % 83}`)
    const to = from.map((_, i) => `B${(i * 7) % 89}`)
    const pairs = from.map((each, i) => JSON.stringify([each, to[i]]))
    expect(encodingOf([texts(pairs)], 300)).toBe(TUPLE)
    expect(encodingOf([texts(pairs), texts(from), texts(to)], 300)).toBe(TUPLE)
    const size = (...columns: Column[]): number =>
      new BlockWriter().encode(columns, { rows: undefined, from: 0, count: 300 }, head).length
    const alone = size(texts(from), texts(to))
    expect(size(texts(pairs), texts(from), texts(to)) - alone).toBeLessThan(80)
    expect(size(texts(pairs))).toBeLessThan(alone + 60)
  })

  it('has the time of a text only once where the row has it already', () => {
    const ms = Array.from({ length: 200 }, (_, i) => 978_307_200_000 + i * 997 + ((i * i) % 7))
    const time = (values: number[]): number =>
      new BlockWriter().encode(
        [numbers(...values), texts(ms.map((each) => new Date(each).toISOString()))],
        { rows: undefined, from: 0, count: 200 },
        head,
      ).length
    expect(time(ms)).toBeLessThan(time(ms.map((each) => each + 1)) - 300)
  })

  it.each([new Uint8Array(0), new Uint8Array(39), new Uint8Array(100)])(
    'is refused when it is none (%#)',
    (bytes) => expect(() => new Block(bytes)).toThrow(/is no block/),
  )
})

describe('rows that lie in several blocks', () => {
  it('come back as one column in the order they were taken', () => {
    const cases = fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
      .chain(([rows, chunk]) =>
        fc.record({ column: cells(rows), chunk: fc.constant(chunk), skip: fc.nat({ max: 3 }) }),
      )
    fc.assert(
      fc.property(cases, ({ column, chunk, skip }) => {
        const list = column.cells
        const taken = new Taken(list.length)
        const expected: unknown[] = []
        for (let from = 0; from < list.length; from += chunk) {
          const count = Math.min(chunk, list.length - from)
          const writer = new BlockWriter()
          const selection = { rows: undefined, from, count }
          const first = Math.min(skip, count - 1)
          taken.add(
            new Block(writer.encode([columnOf(column)], selection, head)),
            first,
            count - first,
          )
          expected.push(...list.slice(from + first, from + count))
        }
        expect(cellsOf(gather(taken, 0), taken.count)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})
