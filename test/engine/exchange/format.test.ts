// The bytes of blocks are a format: what one version wrote, another must read. A digest that changes here means another MAGIC.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { ABSENT, NULL, type Column } from '../../../src/contracts/columns.ts'
import { BlockBytes } from '../../../src/engine/exchange/block-bytes.ts'
import {
  markEncoding,
  readMarks,
  writeFlags,
  writeMarks,
} from '../../../src/engine/exchange/marks.ts'
import { encodingName } from '../../../src/engine/exchange/block-format.ts'
import { Block } from '../../../src/engine/exchange/block.ts'
import { BlockWriter } from '../../../src/engine/exchange/block-writer.ts'
import { cellsOf, columnOf } from './columns.ts'
import { texts } from './lane-rows.ts'

/** Odd, so that halves of bytes are left over. */
const ROWS = 301

/** One column for each way to lie that a number or a text has, where rows are of its kind. */
function columns(): Column[] {
  const prng = new Prng(1)
  const column = (kind: Column['kind'], value: (row: number) => Cell, marks?: readonly number[]) =>
    columnOf({
      kind,
      marked: marks !== undefined,
      cells: Array.from({ length: ROWS }, (_, row) => ({
        value: value(row),
        mark: marks === undefined ? 0 : prng.pick(marks),
      })),
    })
  const minute = (row: number): string => new Date(1e12 + row * 60_000).toISOString()
  return [
    column('number', () => prng.next()),
    column('number', () => Math.fround(prng.next())),
    column('number', () => 7),
    ...[2, 16, 256, 65_536, 2 ** 31].map((below) =>
      column('number', () => 1000 + prng.below(below)),
    ),
    column('number', () => 1e12 + prng.below(500) * 60_000),
    column('number', () => prng.below(90_000) / 100),
    column('number', () => Math.fround(prng.below(60_000) / 100)),
    column('number', (row) => 1 + (row % 7)),
    column('number', (row) => prng.below(90) / (1 + (row % 7))),
    column('number', (row) => Math.fround(prng.below(90) / (1 + (row % 7)))),
    column('number', (row) => 1 + (row % 7)),
    column('boolean', () => prng.chance(0.5)),
    column('vector', () => Array.from({ length: prng.below(4) }, () => prng.next())),
    column('string', () => 'x'.repeat(prng.below(300)), [0, 1]),
    column('string', () => prng.uint32().toString(36).padStart(7, 'z').slice(-6), [0, 2]),
    column('string', () => prng.pick(['ORD', 'LAX', 'SFO', 'ATL', 'DEN']), [0, 1, 2]),
    column('string', () => `F${String(prng.below(1e6)).padStart(7, '0')}`),
    column('string', minute),
    column('string', () =>
      JSON.stringify([`F${1e6 + prng.below(1e6)}`, prng.pick(['ORD', 'LAX'])]),
    ),
    column('json', () => `{"a":${prng.below(99)}}`),
  ]
}

type Cell = number | boolean | string | readonly number[]

describe('the bytes of a block', () => {
  it('have room for marks and flags that are longer than it was, and for what is left of a word', () => {
    const count = 50_003
    const values = Uint8Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 1 : 0))
    const out = new BlockBytes()
    const end = writeFlags(values, { rows: undefined, from: 0, count }, { out, at: 5 })
    expect(end).toBe(5 + Math.ceil(count / 8))
    expect(out.u8.length).toBeGreaterThanOrEqual(end)
    for (let i = 0; i < count; i++)
      expect((out.u8[5 + (i >> 3)] >> (i & 7)) & 1, `row ${i}`).toBe(values[i])
    const both = Uint8Array.from({ length: count }, (_, i) => [0, NULL, ABSENT][i % 3])
    const whole = { rows: undefined, from: 0, count }
    const into = new BlockBytes()
    const encoding = markEncoding(both, whole)
    expect(writeMarks(both, whole, encoding, { out: into, at: 8 })).toBe(8 + count)
    expect(into.u8.length).toBeGreaterThanOrEqual(8 + count)
    expect(readMarks(into.u8, { encoding, at: 8, rows: count })).toEqual(both)
    const full = new BlockBytes()
    full.u8.fill(7)
    const place = full.u8.length
    expect(full.pad(place)).toBe(place)
    expect(full.pad(place + 1)).toBe(place + 8)
    expect(full.u8.length).toBeGreaterThanOrEqual(place + 8)
    expect([...full.u8.subarray(place + 1, place + 8)]).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(full.u8[place - 1]).toBe(7)
  })
})

describe('a block', () => {
  it('has room for every form of texts, wherever in it they begin', () => {
    const long = 'X'.repeat(100)
    for (let length = 400; length < 560; length++) {
      const given = [
        Array.from({ length: 8 }, (_, row) => String.fromCharCode(97 + row).repeat(length - row)),
        Array.from({ length: 8 }, (_, row) => `${long}${1_000_000 + row * 7919}`),
        Array.from(
          { length: 8 },
          (_, row) => `${long}${(row * 77_777).toString(36).padStart(6, 'z')}`,
        ),
        Array.from({ length: 8 }, (_, row) => `${long}${row % 2}a`),
      ]
      const bytes = new BlockWriter().encode(
        given.map(texts),
        { rows: undefined, from: 0, count: 8 },
        { progress: 0, idle: false, commit: 1, layout: 1 },
      )
      const block = new Block(bytes)
      const back = given.map((_, i) => cellsOf(block.column(i), 8).map(({ value }) => value))
      expect(back).toEqual(given)
    }
  })
})

describe('the bytes of a block', () => {
  const encoded = new BlockWriter().encode(
    columns(),
    { rows: undefined, from: 0, count: ROWS },
    { progress: 5, idle: 'live', commit: 3, layout: 9, meta: Buffer.from('{"of":"all"}') },
  )

  it('lie as the format says, in all the ways there are', () => {
    const entry = (i: number): string => encodingName(encoded[40 + i * 16], encoded[41 + i * 16])
    const ways = new Set(columns().map((_, i) => entry(i)))
    expect([...ways].sort()).toEqual(WAYS)
  })

  it('are those that version 2 of the format writes', () => {
    expect(createHash('sha256').update(encoded).digest('hex')).toBe(DIGEST)
  })
})

const WAYS = [
  'constant',
  'dictionary',
  'digits',
  'f32',
  'f64',
  'fixed',
  'same',
  'tuple',
  'u1',
  'u16',
  'u16 / scale, single',
  'u16 x step',
  'u32',
  'u32 / scale',
  'u4',
  'u8',
  'u8 / column',
  'u8 / column, single',
  'utc',
]
const DIGEST = '8283edd68309e29f50a7d919da214c63743572ae5b02c14a954a9824aca3766a'
