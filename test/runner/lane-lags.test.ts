import { beforeEach, describe, expect, it } from 'vitest'
import { lagSeconds, laneLags } from '../../src/runner/status/lane-lags.ts'
import type { Log, TopicInfo } from '../../src/contracts/log.ts'
import type { EmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { openSim, simDisk, StillClock, texts, to } from '../log/embedded/fixture.ts'
import { MemoryLog } from '../engine/memory-log.ts'

const BEGAN = 1_000_000

describe('how far a lane is behind', () => {
  const clock = new StillClock()
  let log: EmbeddedLog
  beforeEach(async () => {
    clock.time = BEGAN
    log = await openSim(simDisk(1), {}, clock)
    await log.ensureTopic({ name: 't', partitions: 3 })
    const writer = await log.openWriter('w')
    for (let i = 0; i < 40; i++) {
      clock.time = BEGAN + i * 1000
      await writer.append([to('t', 0, `a${i}`), ...(i % 2 === 0 ? [to('t', 1, `b${i}`)] : [])])
    }
  })

  const at = (partition: number, offset: number): Parameters<typeof laneLags>[1][number] => ({
    topic: 't',
    partition,
    offset,
  })

  const since = async (
    lanes: Parameters<typeof laneLags>[1],
    topics: readonly TopicInfo[],
    of: Log = log,
  ): Promise<(number | undefined)[]> => (await laneLags(of, lanes, topics)).map((lag) => lag.since)

  it('in time is since the record at the point came, whatever its own time, wherever it lies', async () => {
    const lanes = [at(0, 0), at(1, 3), at(0, 39), at(2, 0), at(0, 40), at(0, 17)]
    expect(await since(lanes, await log.topics())).toEqual(
      [0, 6000, 39_000, undefined, undefined, 17_000].map((ms) =>
        ms === undefined ? ms : BEGAN + ms,
      ),
    )
  })

  it('in offsets is what lies between its point and the end', async () => {
    const lanes = [at(0, 0), at(1, 3), at(0, 39), at(2, 0), at(0, 40)]
    const lags = await laneLags(log, lanes, await log.topics())
    expect(lags.map(({ behind }) => behind)).toEqual([40, 17, 1, 0, 0])
  })

  it('is nothing where only marks of transactions are left, and known of no record where none is to be had', async () => {
    const topics = [{ name: 't', partitions: 1, parts: [{ start: 0, end: 5, bytes: 0 }] }]
    const giving = (offset: number): Log =>
      Object.assign(new MemoryLog(1), {
        read: () => Promise.resolve({ runs: [], next: [{ offset, end: 5 }] }),
      })
    expect(await laneLags(giving(5), [at(0, 3)], topics)).toEqual([{ behind: 0, since: undefined }])
    expect(await laneLags(giving(3), [at(0, 3)], topics)).toEqual([{ behind: 2, since: undefined }])
  })

  it('in time is since the oldest came that is kept, where the point is before that', async () => {
    const before = await log.topics()
    await log.trim('t', 0, 12)
    const kept = (await log.topic('t'))?.parts[0].start ?? NaN
    expect(kept).toBeGreaterThan(3)
    const expected = [BEGAN + kept * 1000, BEGAN + 4000]
    const lanes = [at(0, 3), at(1, 2)]
    expect(await since(lanes, await log.topics())).toEqual(expected)
    // What was known of the topics is older than the trim.
    expect(await since(lanes, before)).toEqual(expected)
  })

  it('is found beside a record that takes more than its share of a read', async () => {
    await log.ensureTopic({ name: 'large', partitions: 2 })
    const writer = await log.openWriter('large')
    const records = texts(['x'.repeat(900)])
    clock.time = BEGAN + 50_000
    for (const partition of [0, 1]) await writer.append([{ topic: 'large', partition, records }])
    const lanes = [0, 1].map((partition) => ({ topic: 'large', partition, offset: 0 }))
    expect(await since(lanes, await log.topics())).toEqual([clock.time, clock.time])
  })

  it('is found with every way in which a log gives less than it was asked for', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const sparing = new MemoryLog(seed)
      for (const partition of [0, 1, 2]) sparing.partition('t', partition).push(Buffer.from('v'))
      const info = await sparing.topic('t')
      const lanes = [at(0, 0), at(1, 0), at(2, 0), at(0, 0), at(1, 1)]
      expect(await laneLags(sparing, lanes, info === undefined ? [] : [info])).toEqual([
        ...Array.from({ length: 4 }, () => ({ behind: 1, since: 0 })),
        { behind: 0, since: undefined },
      ])
    }
  })

  it('in seconds is the greatest, and none where all is taken or the log is ahead of who asks', () => {
    const lagsOf = (...times: (number | undefined)[]): Parameters<typeof lagSeconds>[0] =>
      times.map((time) => ({ behind: 1, since: time }))
    expect(lagSeconds(lagsOf(undefined, 5000, 2000), 6500)).toBe(4.5)
    expect(lagSeconds(lagsOf(undefined), 6500)).toBe(0)
    expect(lagSeconds(lagsOf(7000), 6500)).toBe(0)
  })
})
