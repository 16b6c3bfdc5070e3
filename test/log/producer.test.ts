import { describe, expect, it } from 'vitest'
import { RecordsBuilder, recordText } from '../../src/base/records.ts'
import { murmur2, partitionOf } from '../../src/base/murmur2.ts'
import type { Log } from '../../src/contracts/log.ts'
import { progressAt } from '../../src/contracts/progress.ts'
import { producer } from '../../src/log/producer.ts'
import { openSim, simDisk, turns, valuesOf } from './embedded/fixture.ts'

async function freshLog(): Promise<Log> {
  return openSim(simDisk(1), { journalBytes: 1 << 20 })
}

describe('a producer', () => {
  it('creates its topic and sends each record to the partition of its key, in order', async () => {
    const log = await freshLog()
    const out = await producer(log, { topic: 'a', id: 'p', partitions: 3 })
    for (let i = 0; i < 200; i++)
      out.send({ key: `k${i % 17}`, value: `${i % 17}:${i}`, time: i, headers: { n: String(i) } })
    await out.flush()
    let found = 0
    for (let partition = 0; partition < 3; partition++) {
      const values = await valuesOf(log, 'a', partition)
      found += values.length
      const last = new Map<string, number>()
      for (const value of values) {
        const [key, i] = value.split(':')
        expect(partitionOf(murmur2(Buffer.from(`k${key}`)), 3)).toBe(partition)
        expect(Number(i)).toBeGreaterThan(last.get(key) ?? -1)
        last.set(key, Number(i))
      }
    }
    expect(found).toBe(200)
  })

  it('takes columns and sends them as it sends single records', async () => {
    const log = await freshLog()
    const one = await producer(log, { topic: 'one', id: 'p', partitions: 4 })
    const all = await producer(log, { topic: 'all', id: 'q', partitions: 4 })
    const builder = new RecordsBuilder()
    for (let i = 0; i < 100; i++) {
      one.send({ key: `k${i}`, value: `v${i}`, time: i })
      builder.add(i, `k${i}`, `v${i}`)
    }
    all.sendMany(builder.records())
    await Promise.all([one.flush(), all.flush()])
    for (let partition = 0; partition < 4; partition++) {
      expect(await valuesOf(log, 'all', partition)).toEqual(await valuesOf(log, 'one', partition))
    }
  })

  it('writes progress and the end to every partition, behind what was sent before', async () => {
    const log = await freshLog()
    const out = await producer(log, { topic: 'a', id: 'p', partitions: 2 })
    out.send({ value: 'x', time: 5, partition: 1 })
    out.progress(6)
    await out.end()
    for (const partition of [0, 1]) {
      const { runs } = await log.read([{ topic: 'a', partition, offset: 0 }], {
        maxBytes: 1e6,
        maxWaitMs: 0,
      })
      const seen = runs.flatMap(({ records }) =>
        Array.from(
          { length: records.count },
          (_, i) => progressAt(records, i) ?? recordText(records, i, 'value'),
        ),
      )
      expect(seen).toEqual(partition === 1 ? ['x', 6, Infinity] : [6, Infinity])
    }
  })

  it('makes a caller who awaits ready wait, and refuses one who does not', async () => {
    const log = await openSim(simDisk(2, { flushMsMax: 20 }), { journalBytes: 1 << 20 })
    const out = await producer(log, {
      topic: 'a',
      id: 'p',
      partitions: 1,
      batchBytes: 1000,
      appendsMax: 2,
    })
    for (let i = 0; i < 500; i++) {
      await out.ready
      out.send({ value: 'x'.repeat(100), time: i })
    }
    await out.flush()
    expect(await valuesOf(log, 'a')).toHaveLength(500)
    const tooMany = (): void => {
      for (let i = 0; i < 2000; i++) out.send({ value: 'x'.repeat(100), time: i })
    }
    expect(tooMany).toThrow(/await producer.ready/)
  })

  it('fails for good when another producer takes its name', async () => {
    const log = await freshLog()
    const out = await producer(log, { topic: 'a', id: 'p', partitions: 1 })
    await producer(log, { topic: 'a', id: 'p' })
    out.send({ value: 'x', time: 0 })
    await expect(out.flush()).rejects.toMatchObject({ code: 'ML_FENCED' })
    await turns(10)
    expect(() => out.send({ value: 'y', time: 0 })).toThrow(/must be its newest owner/)
    expect(await valuesOf(log, 'a')).toEqual([])
  })

  it('says what is wrong with a topic, a partition or a header', async () => {
    const log = await freshLog()
    await expect(producer(log, { topic: 'a', id: 'p' })).rejects.toMatchObject({ code: 'ML_USAGE' })
    const out = await producer(log, { topic: 'a', id: 'p', partitions: 1 })
    expect(() => out.send({ value: '', time: 0, partition: 1 })).toThrow(/partitions 0 to 0/)
    expect(() => out.send({ value: '', time: 0, headers: { 'a b': '' } })).toThrow(/header/)
    expect(() => out.progress(Number.NaN)).toThrow(/NaN/)
  })
})
