import { beforeEach, describe, expect, it } from 'vitest'
import { lagSeconds, oldestTimes } from '../../src/runner/status/lag-times.ts'
import type { EmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { openSim, simDisk, StillClock, texts, to } from '../log/embedded/fixture.ts'
import { MemoryLog } from '../engine/memory-log.ts'

const BEGAN = 1_000_000

describe('the age of what was not taken', () => {
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

  const at = (partition: number, offset: number): Parameters<typeof oldestTimes>[1][number] => ({
    topic: 't',
    partition,
    offset,
  })

  it('is that of the record at the point, whatever its own time, wherever it lies', async () => {
    const lanes = [at(0, 0), at(1, 3), at(0, 39), at(2, 0), at(0, 40), at(0, 17)]
    expect(await oldestTimes(log, lanes, await log.topics())).toEqual(
      [0, 6000, 39_000, undefined, undefined, 17_000].map((ms) =>
        ms === undefined ? ms : BEGAN + ms,
      ),
    )
  })

  it('is that of the oldest which is kept, where the point is before that', async () => {
    const before = await log.topics()
    await log.trim('t', 0, 12)
    const kept = (await log.topic('t'))?.parts[0].start ?? NaN
    expect(kept).toBeGreaterThan(3)
    const expected = [BEGAN + kept * 1000, BEGAN + 4000]
    const lanes = [at(0, 3), at(1, 2)]
    expect(await oldestTimes(log, lanes, await log.topics())).toEqual(expected)
    // What was known of the topics is older than the trim.
    expect(await oldestTimes(log, lanes, before)).toEqual(expected)
  })

  it('is found beside a record that takes more than its share of a read', async () => {
    await log.ensureTopic({ name: 'large', partitions: 2 })
    const writer = await log.openWriter('large')
    const records = texts(['x'.repeat(900)])
    clock.time = BEGAN + 50_000
    for (const partition of [0, 1]) await writer.append([{ topic: 'large', partition, records }])
    const lanes = [0, 1].map((partition) => ({ topic: 'large', partition, offset: 0 }))
    expect(await oldestTimes(log, lanes, await log.topics())).toEqual([clock.time, clock.time])
  })

  it('is found with every way in which a log gives less than it was asked for', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const sparing = new MemoryLog(seed)
      for (const partition of [0, 1, 2]) sparing.partition('t', partition).push(Buffer.from('v'))
      const info = await sparing.topic('t')
      const lanes = [at(0, 0), at(1, 0), at(2, 0), at(0, 0), at(1, 1)]
      const times = await oldestTimes(sparing, lanes, info === undefined ? [] : [info])
      expect(times).toEqual([0, 0, 0, 0, undefined])
    }
  })

  it('in seconds is the greatest, and none where all is taken or the log is ahead of who asks', () => {
    expect(lagSeconds([undefined, 5000, 2000], 6500)).toBe(4.5)
    expect(lagSeconds([undefined], 6500)).toBe(0)
    expect(lagSeconds([7000], 6500)).toBe(0)
  })
})
