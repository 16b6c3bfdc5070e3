import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { idHash } from '../../../src/engine/waiting/newest-rows.ts'
import { RowCodec, rowBytesMax, WAITING, WaitingRow } from '../../../src/engine/waiting/row.ts'
import {
  encodeRun,
  Page,
  RunIndex,
  runOf,
  type EncodedRun,
} from '../../../src/engine/waiting/run-format.ts'

const RUN = 7
const BASE = { due: 1000, order: 10, span: 100, version: 0xd63d_f029_9dc4 }

/** A run of predictions with these ids. */
function sealed(ids: readonly string[]): EncodedRun {
  const parts = ids
    .map((id) => Buffer.from(id))
    .map((id, order) => ({ id, order, hash: idHash(id, 0, id.length) }))
    .sort((a, b) => a.hash - b.hash)
  const codec = new RowCodec(BASE)
  const bytes = new Uint8Array(parts.reduce((sum, { id }) => sum + rowBytesMax(id.length), 0))
  const starts = new Uint32Array(parts.length)
  const ends = new Uint32Array(parts.length)
  let at = 0
  parts.forEach(({ id, order }, i) => {
    const row = new WaitingRow()
    Object.assign(row, { status: WAITING, due: 1000 + order, order, time: 900, score: 0.5 })
    Object.assign(row, { version: order % 2 === 0 ? BASE.version : 0 })
    Object.assign(row, { task: 0, commit: 1, row: order, bytes: id, start: 0, end: id.length })
    starts[i] = at
    at = codec.write(row, bytes, at)
    ends[i] = at
  })
  const hashes = Uint32Array.from(parts, ({ hash }) => hash)
  return encodeRun(RUN, { hashes, base: BASE, bytes, starts, ends })
}

/** The rows that an id may be, and those that are it. */
function lookUp({ index, pages }: EncodedRun, id: string): { seen: number; found: number[] } {
  const own = new RunIndex(RUN, index)
  const bytes = Buffer.from(id)
  const hash = idHash(bytes, 0, bytes.length)
  const row = new WaitingRow()
  const found: number[] = []
  let seen = 0
  for (let at = own.find(hash, -1); at >= 0; at = own.find(hash, at)) {
    seen++
    const number = own.pageOf(at)
    new Page(RUN, number, pages[number]).read(at - own.firstRow(number), row)
    if (!row.hasId(bytes, 0, bytes.length)) continue
    expect(row.version).toBe(row.row % 2 === 0 ? BASE.version : 0)
    found.push(row.row)
  }
  return { seen, found }
}

describe('a run of rows that wait', () => {
  it('gives every row back by its id, from one page', () => {
    const ids = fc.uniqueArray(fc.string({ maxLength: 60 }), { maxLength: 400, size: 'max' })
    fc.assert(
      fc.property(ids, (all) => {
        const run = sealed(all)
        all.forEach((id, i) => expect(lookUp(run, id).found).toEqual([i]))
      }),
      { numRuns: 30 },
    )
  })

  it('holds ids that are longer than a page', () => {
    const ids = ['a', 'b'.repeat(10_000), 'c', 'd'.repeat(70_000)]
    const run = sealed(ids)
    ids.forEach((id, i) => expect(lookUp(run, id).found).toEqual([i]))
  })

  it('finds in vain once in some thousand times, and keeps about two and a half bytes a row', () => {
    const prng = new Prng(3)
    const name = (): string => `${prng.uint32()}-${prng.uint32()}`
    const rows = 50_000
    const run = sealed(Array.from({ length: rows }, name))
    const index = new RunIndex(RUN, run.index)
    const others = 200_000
    let seen = 0
    for (let i = 0; i < others; i++) {
      const id = Buffer.from(name())
      if (index.find(idHash(id, 0, id.length), -1) >= 0) seen++
    }
    expect(seen / others).toBeLessThan(1 / 3000)
    expect(index.bytes / rows).toBeLessThan(2.7)
  })

  it('says of each record what it is, and refuses what it is not', () => {
    const { index, pages } = sealed(['a', 'b'])
    expect(runOf(index)).toEqual({ run: RUN, isIndex: true })
    expect(runOf(pages[0])).toEqual({ run: RUN, isIndex: false })
    const corrupt = expect.objectContaining({ code: 'ML_LOG_CORRUPT' })
    expect(() => runOf(new Uint8Array(100))).toThrow(corrupt)
    expect(() => new RunIndex(RUN + 1, index)).toThrow(corrupt)
    expect(() => new RunIndex(RUN, index.subarray(0, index.length - 2))).toThrow(corrupt)
    expect(() => new RunIndex(RUN, pages[0])).toThrow(corrupt)
    expect(() => new Page(RUN, 1, pages[0])).toThrow(corrupt)
    expect(() => new Page(RUN, 0, index)).toThrow(corrupt)
  })
})
