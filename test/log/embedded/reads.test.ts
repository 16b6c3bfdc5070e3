// How much a read brings, and what sizes a log has where nobody says any.
import { describe, expect, it } from 'vitest'
import { sizesOf } from '../../../src/log/embedded/options.ts'
import { openSim, simDisk, to } from './fixture.ts'

const MEGABYTE = 1 << 20

describe('a read', () => {
  it('brings of one partition all that there is room for, and of several the same share', async () => {
    const log = await openSim(simDisk(3), { journalBytes: MEGABYTE, segmentBytes: MEGABYTE })
    const writer = await log.openWriter('w')
    for (const name of ['a', 'b']) {
      await log.ensureTopic({ name, partitions: 1 })
      for (let i = 0; i < 60; i++) await writer.append([to(name, 0, 'x'.repeat(1000))])
    }
    const from = ['a', 'b'].map((topic) => ({ topic, partition: 0, offset: 0 }))
    const options = { maxBytes: 40_000, maxWaitMs: 0 }
    const [alone] = (await log.read(from.slice(0, 1), options)).next
    expect(alone.offset).toBeGreaterThan(30)
    expect(alone.offset).toBeLessThanOrEqual(40)
    const [a, b] = (await log.read(from, options)).next
    expect(a.offset).toBeGreaterThan(15)
    expect(Math.abs(a.offset - b.offset)).toBeLessThanOrEqual(2)
    // One that has nothing leaves its share to the other.
    const rest = [{ ...from[0], offset: 60 }, from[1]]
    expect((await log.read(rest, options)).next[1].offset).toBe(alone.offset)
    await log.close()
  })
})

describe('sizes that nobody gave', () => {
  it('are a journal of files of 32 MB, segments and a reserve of 64 MB, and no bound', () => {
    expect(sizesOf({})).toEqual({
      journalBytes: 32 * MEGABYTE,
      journalFilesMax: 4,
      segmentBytes: 64 * MEGABYTE,
      maxBytes: Infinity,
      reserveBytes: 64 * MEGABYTE,
      preallocate: true,
      openFilesMax: 128,
      retentionEveryMs: Infinity,
    })
  })
})
