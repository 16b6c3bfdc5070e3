import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { murmur2, partitionOf } from '../../../src/base/murmur2.ts'
import { valueBytes } from '../../../src/base/records.ts'
import { IDLE } from '../../../src/engine/exchange/block-format.ts'
import { Block } from '../../../src/engine/exchange/block.ts'
import { layoutOf, MERGE_TIME } from '../../../src/engine/exchange/layout.ts'
import { blockRecord, Router } from '../../../src/engine/exchange/router.ts'
import { columnsOf } from './lane-rows.ts'

const layout = layoutOf([])
const cases = fc.record({
  partitions: fc.integer({ min: 1, max: 9 }),
  writer: fc.nat({ max: 3 }),
  batches: fc.array(
    fc.array(
      fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 10 }), keep: fc.boolean() }),
      { maxLength: 100 },
    ),
    { minLength: 1, maxLength: 4 },
  ),
  keepAll: fc.boolean(),
})

describe('a router', () => {
  it('sends each row that is kept to the partition of its key, in order, and progress to all', () => {
    fc.assert(
      fc.property(cases, ({ partitions, writer, batches, keepAll }) => {
        const router = new Router({ topic: 'rows', layout, partitions, writer })
        for (const [commit, batch] of batches.entries()) {
          const rows = batch.map(({ key }, i) => ({ key, mergeTime: i, partition: 0, offset: i }))
          const keep = Uint8Array.from(batch, (row) => Number(row.keep))
          const appends = router.route(columnsOf(rows), rows.length, {
            progress: 42,
            idle: IDLE[commit % 3],
            commit,
            ...(keepAll ? {} : { keep }),
          })
          const lanes = Array.from({ length: partitions }, (_, i) => writer * partitions + i)
          expect(appends.map(({ topic, partition }) => [topic, partition])).toEqual(
            lanes.map((lane) => ['rows', lane]),
          )
          appends.forEach(({ records }, partition) => {
            const block = new Block(valueBytes(records, 0))
            expect(block).toMatchObject({ progress: 42, idle: IDLE[commit % 3], commit })
            expect(block.layout).toBe(layout.digest)
            const sent = rows.filter(
              ({ key }, i) =>
                (keepAll || batch[i].keep) &&
                partitionOf(murmur2(Buffer.from(key)), partitions) === partition,
            )
            expect([...block.numbers(MERGE_TIME)]).toEqual(sent.map(({ mergeTime }) => mergeTime))
          })
        }
      }),
    )
  })
})

describe('a block as a record', () => {
  it('has no key and, where it is given none, no time of its own', () => {
    const block = Uint8Array.of(1, 2, 3)
    const { count, times, keyEnds } = blockRecord(block)
    expect([count, times[0], keyEnds[1]]).toEqual([1, 0, 0])
    expect([...valueBytes(blockRecord(block, 77), 0)]).toEqual([1, 2, 3])
    expect(blockRecord(block, 77).times[0]).toBe(77)
  })
})
