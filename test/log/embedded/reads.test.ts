// How much a read brings, and what sizes a log has where nobody says any.
import { describe, expect, it } from 'vitest'
import { sizesOf } from '../../../src/log/embedded/options.ts'
import type { Disk } from '../../../src/contracts/disk.ts'
import { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { openSim, simDisk, StillClock, TINY, to } from './fixture.ts'

const MEGABYTE = 1 << 20

/** A disk that counts the bytes that are read from its segments. */
function countedReads(disk: Disk): { readonly disk: Disk; bytes: number } {
  const counted = {
    bytes: 0,
    disk: {
      ...disk,
      open: (name: string, mode: Parameters<Disk['open']>[1]) => {
        const file = disk.open(name, mode)
        const read: typeof file.read = (position, into, at, length) => {
          const bytes = file.read(position, into, at, length)
          counted.bytes += bytes
          return bytes
        }
        return { ...file, read }
      },
    },
  }
  return counted
}

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

describe('reads of a large segment, one behind the other', () => {
  it.each([
    ['many at a time', 100_000],
    ['one at a time', 1],
  ])('take little more from the disk than there is in it: %s', async (_, maxBytes) => {
    const sizes = { journalBytes: MEGABYTE, segmentBytes: 4 * MEGABYTE, openFilesMax: 8 }
    const disk = simDisk(4)
    const log = await openSim(disk, sizes)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    for (let i = 0; i < 300; i++) await writer.append([to('a', 0, 'x'.repeat(10_000))])
    await log.close()
    const counted = countedReads(disk.mount())
    const again = await EmbeddedLog.open({
      disk: counted.disk,
      clock: new StillClock(),
      salt: 77,
      ...TINY,
      ...sizes,
    })
    counted.bytes = 0
    for (let offset = 0; offset < 200;) {
      const from = [{ topic: 'a', partition: 0, offset }]
      offset = (await again.read(from, { maxBytes, maxWaitMs: 0 })).next[0].offset
    }
    expect(counted.bytes).toBeGreaterThan(2_000_000)
    expect(counted.bytes).toBeLessThan(3_000_000)
    await again.close()
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
