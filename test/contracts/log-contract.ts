// What every log promises, whatever it is made of. A factory gives a fresh, empty log; `reopen` comes back to what it kept.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RecordsBuilder, oneRecord, recordText, sliceRecords } from '../../src/base/records.ts'
import { many, readAll } from './log-records.ts'
import { tellsWhen } from './log-times-contract.ts'
import type { Log, ReadResult } from '../../src/contracts/log.ts'

export interface LogUnderTest {
  readonly log: Log
  /** Closes the log and opens it again; undefined where the log outlives its client. */
  readonly reopen: () => Promise<Log>
  readonly dispose: () => Promise<void>
  /** Offsets of records may have gaps between appends: what ends a transaction takes one, too. Default: they have none. */
  readonly sparse?: boolean
}

const AT_ONCE = { maxBytes: 1 << 20, maxWaitMs: 0 }

const count = (result: ReadResult): number =>
  result.runs.reduce((sum, { records }) => sum + records.count, 0)

export function logContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`the log contract: ${name}`, () => {
    let under: LogUnderTest
    let log: Log
    /** An offset after so many records in the partition: exactly that, or beyond it where offsets have gaps. */
    const after = (records: number): unknown =>
      under.sparse === true ? expect.toSatisfy((offset: number) => offset >= records) : records
    beforeEach(async () => {
      under = await make()
      log = under.log
    })
    afterEach(() => under.dispose())

    it('gives back keys, values, headers and times as they were written, at increasing offsets', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      const [first] = await writer.append([{ topic: 'a', partition: 0, records: many(5) }])
      const [second] = await writer.append([{ topic: 'a', partition: 0, records: many(4, 5) }])
      expect([first, second]).toEqual([0, after(5)])
      const expected = [0, 1, 2, 3, 4, second, second + 1, second + 2, second + 3]
      const { runs, next } = await log.read([{ topic: 'a', partition: 0, offset: 0 }], AT_ONCE)
      expect(next).toEqual([{ offset: after(9), end: next[0].offset }])
      let i = 0
      for (const { records, offsets, topic, partition } of runs) {
        expect({ topic, partition }).toEqual({ topic: 'a', partition: 0 })
        for (let row = 0; row < records.count; row++, i++) {
          expect(offsets[row]).toBe(expected[i])
          expect(records.times[row]).toBe(1000 + i * 7)
          expect(recordText(records, row, 'key')).toBe(`key-${i}`)
          expect(recordText(records, row, 'value')).toBe(`value-${i}`)
          expect(recordText(records, row, 'headers')).toBe(i % 3 === 0 ? `n: ${i}\n` : '')
        }
      }
      expect(i).toBe(9)
    })

    it.each([
      ['fractions', [0.5, 1e300, -3, 0]],
      ['times far apart', [0, 2 ** 40, 5]],
      ['equal times', [7, 7, 7]],
      ['negative times', [-1e12, -1e12 + 1, -1e12 + 0xffff]],
      ['no time at all', [Number.NaN, 1, 2]],
      ['infinite time', [Number.POSITIVE_INFINITY, 1, 2]],
      ['negative zero', [-0, -0]],
    ])('keeps %s to the bit', async (_, times) => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      const builder = new RecordsBuilder()
      for (const time of times) builder.add(time, '', 'x')
      await writer.append([{ topic: 'a', partition: 0, records: builder.records() }])
      const { runs } = await log.read([{ topic: 'a', partition: 0, offset: 0 }], AT_ONCE)
      expect(
        [...runs[0].records.times.subarray(0, times.length)].map((t) =>
          Object.is(t, -0) ? '-0' : t,
        ),
      ).toEqual(times.map((t) => (Object.is(t, -0) ? '-0' : t)))
    })

    tellsWhen(() => log)

    it('reads from the middle of a run', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      await writer.append([{ topic: 'a', partition: 0, records: many(10) }])
      await writer.append([{ topic: 'a', partition: 0, records: sliceRecords(many(20), 10, 20) }])
      const all = await readAll(log, 'a')
      expect(all).toHaveLength(20)
      for (const first of [0, 1, 9, 10, 11, 19]) {
        const found = await readAll(log, 'a', 0, all[first].offset)
        expect(found).toEqual(all.slice(first))
        expect(found.map((r) => r.value)).toEqual(
          Array.from({ length: 20 - first }, (_, i) => `value-${first + i}`),
        )
      }
      const end = (await log.topic('a'))?.parts[0].end
      expect(await readAll(log, 'a', 0, end)).toEqual([])
    })

    it('appends to many partitions of many topics at once and says where each begins', async () => {
      await log.ensureTopic({ name: 'a', partitions: 3 })
      await log.ensureTopic({ name: 'b', partitions: 1 })
      const writer = await log.openWriter('w')
      await writer.append([{ topic: 'a', partition: 2, records: many(4) }])
      const offsets = await writer.append([
        { topic: 'a', partition: 2, records: many(1) },
        { topic: 'b', partition: 0, records: many(2) },
        { topic: 'a', partition: 2, records: many(3) },
        { topic: 'a', partition: 0, records: many(0) },
      ])
      expect(offsets).toEqual([after(4), 0, offsets[0] + 1, 0])
      expect((await log.topic('a'))?.parts.map(({ start, end }) => [start, end])).toEqual([
        [0, 0],
        [0, 0],
        [0, after(8)],
      ])
    })

    it('lets the caller reuse its records as soon as append was called', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      const builder = new RecordsBuilder()
      const answers: Promise<readonly number[]>[] = []
      for (let i = 0; i < 20; i++) {
        builder.reset()
        builder.add(i, '', `n${i}`)
        answers.push(writer.append([{ topic: 'a', partition: 0, records: builder.records() }]))
      }
      const offsets = (await Promise.all(answers)).flat()
      expect(offsets).toEqual(Array.from({ length: 20 }, (_, i) => after(i)))
      expect(await readAll(log, 'a')).toEqual(
        offsets.map((offset, i) => ({ offset, value: `n${i}` })),
      )
    })

    it('keeps what was acknowledged when it is opened again', async () => {
      await log.ensureTopic({ name: 'a', partitions: 2, retentionMs: 3_600_000 })
      const first = await log.openWriter('w')
      await first.append([{ topic: 'a', partition: 1, records: many(30) }])
      log = await under.reopen()
      expect(await readAll(log, 'a', 1)).toHaveLength(30)
      expect(await log.topics()).toMatchObject([
        { name: 'a', partitions: 2, retentionMs: 3_600_000 },
      ])
      const second = await log.openWriter('w')
      expect(second.epoch).toBeGreaterThan(first.epoch)
      expect(await second.append([{ topic: 'a', partition: 1, records: many(1) }])).toEqual([
        after(30),
      ])
    })

    it('fences a writer when its name is opened again, and lets no append of it in afterwards', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const old = await log.openWriter('w')
      const other = await log.openWriter('other')
      const underWay = old.append([{ topic: 'a', partition: 0, records: many(2) }]).then(
        () => 2,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'ML_FENCED' })
          return 0
        },
      )
      const young = await log.openWriter('w')
      const taken = await underWay
      expect(await readAll(log, 'a')).toHaveLength(taken)
      await expect(
        old.append([{ topic: 'a', partition: 0, records: many(1) }]),
      ).rejects.toMatchObject({ code: 'ML_FENCED' })
      expect(await young.append([{ topic: 'a', partition: 0, records: many(1) }])).toEqual([
        after(taken),
      ])
      expect(await other.append([{ topic: 'a', partition: 0, records: many(1) }])).toEqual([
        after(taken + 1),
      ])
      expect(await readAll(log, 'a')).toHaveLength(taken + 2)
    })

    it('refuses appends of a closed writer', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      const underWay = writer.append([{ topic: 'a', partition: 0, records: many(1) }])
      await writer.close()
      expect(await underWay).toEqual([0])
      await expect(
        writer.append([{ topic: 'a', partition: 0, records: many(1) }]),
      ).rejects.toMatchObject({ code: 'ML_FENCED' })
    })

    it('refuses topics that do not exist, or exist otherwise, and goes on', async () => {
      await log.ensureTopic({ name: 'a', partitions: 2 })
      await log.ensureTopic({ name: 'a', partitions: 2 })
      await expect(log.ensureTopic({ name: 'a', partitions: 3 })).rejects.toMatchObject({
        code: 'ML_TOPIC',
      })
      await expect(log.ensureTopic({ name: 'no/way', partitions: 1 })).rejects.toMatchObject({
        code: 'ML_TOPIC',
      })
      const writer = await log.openWriter('w')
      const wrong = writer.append([{ topic: 'nope', partition: 0, records: many(1) }])
      await expect(wrong).rejects.toMatchObject({ code: 'ML_TOPIC' })
      await expect(
        writer.append([{ topic: 'a', partition: 2, records: many(1) }]),
      ).rejects.toMatchObject({ code: 'ML_TOPIC' })
      await expect(
        log.read([{ topic: 'nope', partition: 0, offset: 0 }], AT_ONCE),
      ).rejects.toMatchObject({ code: 'ML_TOPIC' })
      expect(await writer.append([{ topic: 'a', partition: 1, records: many(1) }])).toEqual([0])
      expect(await log.topic('nope')).toBeUndefined()
    })

    it('sets retention to what is given', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1, retentionBytes: 10 })
      await log.ensureTopic({ name: 'a', partitions: 1, retentionMs: 5 })
      log = await under.reopen()
      const topic = await log.topic('a')
      expect(topic).toMatchObject({ retentionMs: 5 })
      expect(topic?.retentionBytes).toBeUndefined()
    })

    it('grows a topic when it is told to, keeps what is there, and never shrinks one', async () => {
      await log.ensureTopic({ name: 'a', partitions: 2 })
      const writer = await log.openWriter('w')
      await writer.append([{ topic: 'a', partition: 1, records: many(3) }])
      await expect(log.ensureTopic({ name: 'a', partitions: 4 })).rejects.toThrow(/4 partitions/)
      await log.ensureTopic({ name: 'a', partitions: 4 }, { grow: true })
      await writer.append([{ topic: 'a', partition: 3, records: many(2) }])
      await expect(
        log.ensureTopic({ name: 'a', partitions: 3 }, { grow: true }),
      ).rejects.toMatchObject({ code: 'ML_TOPIC' })
      log = await under.reopen()
      expect((await log.topic('a'))?.partitions).toBe(4)
      expect(await readAll(log, 'a', 1)).toHaveLength(3)
      expect(await readAll(log, 'a', 2)).toEqual([])
      expect(await readAll(log, 'a', 3)).toHaveLength(2)
    })

    it('creates a topic once, whoever asks at the same time', async () => {
      await Promise.all([1, 2, 3].map(() => log.ensureTopic({ name: 'a', partitions: 1 })))
      expect(await log.topics()).toHaveLength(1)
    })

    it('answers a waiting read when records become durable', async () => {
      await log.ensureTopic({ name: 'a', partitions: 2 })
      const writer = await log.openWriter('w')
      const waiting = log.read(
        [
          { topic: 'a', partition: 0, offset: 0 },
          { topic: 'a', partition: 1, offset: 0 },
        ],
        { maxBytes: 1000, maxWaitMs: 30_000 },
      )
      await writer.append([{ topic: 'a', partition: 1, records: many(2) }])
      const result = await waiting
      expect(count(result)).toBe(2)
      expect(result.next).toEqual([
        { offset: 0, end: 0 },
        { offset: after(2), end: after(2) },
      ])
    })

    it('answers with nothing when nothing comes in time, or the read is aborted', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const from = [{ topic: 'a', partition: 0, offset: 0 }]
      expect(count(await log.read(from, { maxBytes: 1000, maxWaitMs: 5 }))).toBe(0)
      const controller = new AbortController()
      const waiting = log.read(from, {
        maxBytes: 1000,
        maxWaitMs: 30_000,
        signal: controller.signal,
      })
      controller.abort()
      expect(count(await waiting)).toBe(0)
      expect(
        count(
          await log.read(from, { maxBytes: 1000, maxWaitMs: 30_000, signal: controller.signal }),
        ),
      ).toBe(0)
    })

    it('gives each of several partitions a share of a read', async () => {
      await log.ensureTopic({ name: 'a', partitions: 3 })
      const writer = await log.openWriter('w')
      for (let round = 0; round < 30; round++) {
        await writer.append(
          [0, 1, 2].map((partition) => ({ topic: 'a', partition, records: many(10) })),
        )
      }
      const from = [0, 1, 2].map((partition) => ({ topic: 'a', partition, offset: 0 }))
      const { next } = await log.read(from, { maxBytes: 9_000, maxWaitMs: 0 })
      for (const { offset, end } of next) {
        expect(offset).toBeGreaterThan(0)
        expect(end).toEqual(after(300))
      }
      expect(next.reduce((sum, { offset }) => sum + offset, 0)).toBeLessThan(900)
    })

    it('reads single records of one partition in one call, and what it leaves out in the next', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      // One append with a record each, as pages of a run are written: none brings another with it.
      const pages = Array.from({ length: 20 }, (_, i) => ({
        topic: 'a',
        partition: 0,
        records: oneRecord(0, '', Buffer.alloc(500, `${i} `)),
      }))
      const offsets = await writer.append(pages)
      expect(offsets).toEqual(pages.map((_, i) => i))
      const wanted = new Set([17, 3, 4, 11])
      const found = new Map<number, string>()
      for (let calls = 0; wanted.size > 0; calls++) {
        expect(calls).toBeLessThan(4)
        const from = [...wanted].map((offset) => ({ topic: 'a', partition: 0, offset }))
        const { runs } = await log.read(from, { maxBytes: from.length * 700, maxWaitMs: 0 })
        for (const { offsets: given, records } of runs)
          for (let i = 0; i < records.count; i++)
            found.set(given[i], recordText(records, i, 'value'))
        for (const offset of found.keys()) wanted.delete(offset)
      }
      for (const offset of [17, 3, 4, 11]) expect(found.get(offset)).toMatch(`${offset} ${offset} `)
    })

    it('names the first offset that is kept after a trim', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      await writer.append([{ topic: 'a', partition: 0, records: many(10) }])
      await log.trim('a', 0, 4)
      const gone = log.read([{ topic: 'a', partition: 0, offset: 3 }], AT_ONCE)
      await expect(gone).rejects.toMatchObject({ code: 'ML_OFFSET_GONE', details: { start: 4 } })
      expect((await readAll(log, 'a', 0, 4)).map((r) => r.offset)).toEqual([4, 5, 6, 7, 8, 9])
      await log.trim('a', 0, 1000)
      const emptied = (await log.topic('a'))?.parts[0]
      expect(emptied).toMatchObject({ start: after(10), end: emptied?.start })
      expect(await writer.append([{ topic: 'a', partition: 0, records: many(1) }])).toEqual([
        after(10),
      ])
      expect((await readAll(log, 'a', 0, emptied?.start)).map((r) => r.value)).toEqual(['value-0'])
    })

    it('refuses an offset beyond the end', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      await expect(
        log.read([{ topic: 'a', partition: 0, offset: 1 }], AT_ONCE),
      ).rejects.toMatchObject({ code: 'ML_OFFSET_GONE' })
    })

    it('keeps the order of one writer while many write', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writers = await Promise.all(['x', 'y', 'z'].map((id) => log.openWriter(id)))
      await Promise.all(
        writers.flatMap((writer) =>
          Array.from({ length: 25 }, (_, i) =>
            writer.append([
              { topic: 'a', partition: 0, records: oneRecord(i, '', `${writer.id}${i}`) },
            ]),
          ),
        ),
      )
      const values = (await readAll(log, 'a')).map((r) => r.value)
      expect(values).toHaveLength(75)
      for (const { id } of writers) {
        expect(values.filter((v) => v.startsWith(id))).toEqual(
          Array.from({ length: 25 }, (_, i) => `${id}${i}`),
        )
      }
    })

    it('takes a large record and gives it back', async () => {
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      const value = Buffer.alloc(3_000_001, 'abcdefg')
      await writer.append([{ topic: 'a', partition: 0, records: oneRecord(0, 'big', value) }])
      await writer.append([{ topic: 'a', partition: 0, records: many(1) }])
      const { runs } = await log.read([{ topic: 'a', partition: 0, offset: 0 }], {
        maxBytes: 10,
        maxWaitMs: 0,
      })
      const { records } = runs[0]
      expect(
        Buffer.compare(Buffer.from(records.values.subarray(0, records.valueEnds[1])), value),
      ).toBe(0)
    })
  })
}
