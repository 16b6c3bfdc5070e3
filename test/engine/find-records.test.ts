// Records are found from either end of a partition without reading all of it, whatever was trimmed, and where offsets have holes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordsBuilder, recordText } from '../../src/base/records.ts'
import type { ReadFrom, ReadResult, TopicInfo } from '../../src/contracts/log.ts'
import { firstRecord } from '../../src/engine/first-record.ts'
import { lastRecord } from '../../src/engine/last-record.ts'
import { encodeSnapshot, type SnapshotPart } from '../../src/engine/snapshot-record.ts'
import { wholeSnapshot } from '../../src/engine/whole-snapshot.ts'
import { MemoryLog } from './memory-log.ts'
import { SPEC } from './task-fixture.ts'

interface Kept {
  readonly offset: number
  readonly value: Uint8Array
}

/** One partition of any topic, of which a read gives a record or two, or passes a hole. */
class SparseLog extends MemoryLog {
  readonly #start: number
  readonly #end: number
  readonly #kept: readonly Kept[]

  constructor(of: {
    readonly start: number
    readonly end: number
    readonly kept: readonly Kept[]
  }) {
    super(1)
    this.#start = of.start
    this.#end = of.end
    this.#kept = of.kept
  }

  override async topic(name: string): Promise<TopicInfo> {
    const parts = [{ start: this.#start, end: this.#end, bytes: 0 }]
    return { name, partitions: 1, parts }
  }

  override async read([{ topic, partition, offset }]: readonly ReadFrom[]): Promise<ReadResult> {
    if (offset < this.#start || offset > this.#end) throw new RangeError(`no offset ${offset}`)
    const given = this.#kept.filter((each) => each.offset >= offset).slice(0, 1 + (offset % 2))
    const last = given.at(-1)
    const builder = new RecordsBuilder()
    for (const { value } of given) builder.add(0, '', value, '')
    const offsets = Float64Array.from(given, (each) => each.offset)
    const runs =
      last === undefined
        ? []
        : [
            {
              topic,
              partition,
              offsets,
              records: builder.records(),
              appended: [given[0].offset, last.offset] as const,
            },
          ]
    return {
      runs,
      next: [{ offset: last === undefined ? this.#end : last.offset + 1, end: this.#end }],
    }
  }
}

const partitions = fc
  .record({
    start: fc.nat({ max: 5 }),
    gaps: fc.array(fc.constantFrom(0, 0, 0, 1, 2, 9), { maxLength: 40 }),
    behind: fc.nat({ max: 3 }),
  })
  .map(({ start, gaps, behind }) => {
    let at = start
    const offsets = gaps.map((gap) => (at += gap + 1) - 1)
    return { start, offsets, end: at + behind }
  })

const place = { topic: 't', partition: 0 }

describe('a partition', () => {
  it('gives its last record, and the first of those that fit', async () => {
    await fc.assert(
      fc.asyncProperty(partitions, fc.nat({ max: 45 }), async ({ start, offsets, end }, from) => {
        const kept = offsets.map((offset, i) => ({ offset, value: Buffer.from(String(i)) }))
        const log = new SparseLog({ start, end, kept })
        const last = await lastRecord(log, 't', 0)
        expect(last?.offset).toBe(offsets.at(-1))
        // That log appends each record at the time that its offset says.
        expect(last?.appendedAt).toBe(last?.offset)
        if (last !== undefined)
          expect(recordText(last.record, 0, 'value')).toBe(String(kept.length - 1))
        const first = await firstRecord(log, place, (value) => Number(Buffer.from(value)) >= from)
        expect(first).toBe(offsets[from])
      }),
      { numRuns: 200 },
    )
  })

  it('that is not there gives none', async () => {
    const log = new MemoryLog(1)
    expect(await lastRecord(log, 't', 0)).toBeUndefined()
    expect(await firstRecord(log, place, () => true)).toBeUndefined()
    expect(await wholeSnapshot(log, SPEC, () => true)).toBeUndefined()
  })

  it('of snapshots gives the newest whole one among those that count', async () => {
    const lengths = fc.array(fc.record({ chunks: fc.nat({ max: 3 }), whole: fc.boolean() }), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat({ max: 30 }), async (snapshots, counting) => {
        const kept: Kept[] = []
        const whole: { at: number; offset: number }[] = []
        let commit = 0
        for (const { chunks, whole: ends } of snapshots) {
          const from = commit + 1
          const before = whole.at(-1)?.offset ?? -1
          for (let chunk = 0; chunk <= chunks; chunk++) {
            commit++
            const last = ends && chunk === chunks
            const part: SnapshotPart = {
              from,
              commit,
              last,
              before,
              at: commit,
              fromOffset: 0,
              startsAt: 0,
              kept: [],
              seeded: 0,
            }
            const offset = kept.length * 2 + 3
            kept.push({ offset, value: encodeSnapshot(part, new Uint8Array(0)) })
            if (last) whole.push({ at: commit, offset })
          }
        }
        const log = new SparseLog({ start: 2, end: kept.length * 2 + 4, kept })
        const all = await wholeSnapshot(log, SPEC)
        expect(all?.end).toBe(whole.at(-1)?.offset)
        const counted = await wholeSnapshot(log, SPEC, ({ at }) => at <= counting)
        expect(counted?.end).toBe(whole.findLast(({ at }) => at <= counting)?.offset)
      }),
      { numRuns: 200 },
    )
  })
})
