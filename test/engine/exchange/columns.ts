// Any column, as fast-check makes it, and what a block must give back of it.
import fc from 'fast-check'
import { KINDS } from '../../../src/engine/exchange/block-format.ts'
import type { Column, ColumnKind } from '../../../src/contracts/columns.ts'
import type { Selection } from '../../../src/engine/exchange/selection.ts'

/** A cell: its value and its mark. */
export interface Cell {
  readonly value: number | boolean | string | readonly number[]
  readonly mark: number
}

const EDGES = [
  [0, -0, NaN, Infinity, -Infinity, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1 - 2 ** 53],
  [0.1, 1e308, 5e-324, 255, 256, 65_535, 65_536, 0xffff_ffff, 2 ** 32],
].flat()

const numbers = {
  double: fc.double(),
  constant: fc.constantFrom(0, -0, 7, 1e12, NaN),
  byte: fc.integer({ min: 1000, max: 1255 }),
  short: fc.integer({ min: -30_000, max: 35_535 }),
  word: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  time: fc.integer({ min: 978_307_200_000, max: 978_307_200_000 + 0xffff_ffff }),
  edge: fc.constantFrom(...EDGES),
  bit: fc.nat({ max: 1 }),
  step: fc.nat({ max: 500 }).map((steps) => 978_307_200_000 + steps * 60_000),
  price: fc.integer({ min: -5_000, max: 99_999 }).map((cents) => cents / 100),
  ratio: fc
    .tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 4 }))
    .map(([a, b]) => a / b),
  single: fc.float().map(Math.fround),
  count: fc.constantFrom(12, 24, 0),
} as const

function values(kind: ColumnKind): fc.Arbitrary<fc.Arbitrary<Cell['value']>> {
  if (kind === 'number') return fc.constantFrom(...Object.values(numbers))
  if (kind === 'boolean') return fc.constant(fc.boolean())
  if (kind === 'vector') return fc.constant(fc.array(numbers.edge, { maxLength: 300 }))
  return fc.constantFrom(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('ORD', 'LAX', 'SFO'),
    fc
      .tuple(
        fc.constantFrom('ORD', 'a', '', 'é', '",', '","'),
        fc.constantFrom('LAX', '1', '"', '","]'),
      )
      .map(([a, b]) => `["${a}","${b}"]`),
    fc.constantFrom(
      '["a","b"]',
      '["a","b","]',
      '["a"]',
      '["]',
      '["","",""]',
      '["a","b" ]',
      '["a","b","c"]',
    ),
    fc
      .array(fc.string({ maxLength: 3 }), { minLength: 2, maxLength: 2 })
      .map((parts) => JSON.stringify(parts)),
    fc.nat({ max: 999_999 }).map((id) => `F${String(id).padStart(7, '0')}`),
    fc.constantFrom('0'.repeat(16), '9'.repeat(15), '0'.repeat(15)),
    fc
      .date({
        min: new Date('0000-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59.999Z'),
        noInvalidDate: true,
      })
      .map((date) => date.toISOString()),
    fc.constantFrom(
      '2000-02-29T23:59:59Z',
      '1900-02-28T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2001-13-01T00:00:00Z',
    ),
    fc.constantFrom('', 'F0000001', 'x'.repeat(255), 'y'.repeat(256), 'z'.repeat(65_536)),
  )
}

/** Cells of one column: all of one kind, with marks or without any. */
export interface Cells {
  readonly kind: ColumnKind
  readonly cells: readonly Cell[]
  readonly marked: boolean
}

export function cells(count: number): fc.Arbitrary<Cells> {
  return fc.tuple(fc.constantFrom(...KINDS), fc.boolean()).chain(([kind, marked]) =>
    values(kind).chain((value) =>
      fc
        .array(fc.record({ value, mark: marked ? fc.nat({ max: 2 }) : fc.constant(0) }), {
          minLength: count,
          maxLength: count,
        })
        .map((list) => ({ kind, cells: list, marked })),
    ),
  )
}

export function columnOf({ kind, cells: list, marked }: Cells): Column {
  const marks = marked ? Uint8Array.from(list, ({ mark }) => mark) : undefined
  const all = list.map(({ value }) => value)
  if (kind === 'number') return { kind, values: Float64Array.from(all, Number), marks }
  if (kind === 'boolean') return { kind, values: Uint8Array.from(all, Number), marks }
  if (kind === 'vector') {
    const parts = all.map((value) => (Array.isArray(value) ? value : []))
    return { kind, values: Float64Array.from(parts.flat()), ends: endsOf(parts), marks }
  }
  const texts = all.map((value) => Buffer.from(String(value)))
  return { kind, bytes: new Uint8Array(Buffer.concat(texts)), ends: endsOf(texts), marks }
}

function endsOf(parts: readonly { readonly length: number }[]): Uint32Array {
  const ends = new Uint32Array(parts.length + 1)
  parts.forEach(({ length }, i) => (ends[i + 1] = ends[i] + length))
  return ends
}

/** The cells of a column's rows, again; vectors as arrays. */
export function cellsOf(column: Column, count: number): Cell[] {
  return Array.from({ length: count }, (_, row) => ({
    value: valueAt(column, row),
    mark: column.marks?.[row] ?? 0,
  }))
}

function valueAt(column: Column, row: number): Cell['value'] {
  if (column.kind === 'number') return column.values[row]
  if (column.kind === 'boolean') return column.values[row] === 1
  const [from, to] = [column.ends[row], column.ends[row + 1]]
  if (column.kind === 'vector') return [...column.values.subarray(from, to)]
  return Buffer.from(column.bytes.subarray(from, to)).toString('utf8')
}

/** The cells that a selection takes. */
export function selected(list: readonly Cell[], { rows, from, count }: Selection): Cell[] {
  return Array.from(
    { length: count },
    (_, i) => list[rows === undefined ? from + i : rows[from + i]],
  )
}

/** A selection of some of `count` rows: a range, or a list in any order, rows twice as well. */
export function selections(count: number): fc.Arbitrary<Selection> {
  const range = fc
    .tuple(fc.nat({ max: count }), fc.nat({ max: count }))
    .map(([a, b]) => ({ rows: undefined, from: Math.min(a, b), count: Math.abs(a - b) }))
  if (count === 0) return range
  const list = fc
    .array(fc.nat({ max: count - 1 }), { maxLength: 2 * count })
    .chain((rows) =>
      fc
        .nat({ max: rows.length })
        .map((from) => ({ rows: Int32Array.from(rows), from, count: rows.length - from })),
    )
  return fc.oneof(range, list)
}
