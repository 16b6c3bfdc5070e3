import { describe, expect, it } from 'vitest'
import type { Disk, DiskFile } from '../../../src/contracts/disk.ts'
import { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { isSegmentFile } from '../../../src/log/embedded/segment-files.ts'
import type { EmbeddedSizes } from '../../../src/log/embedded/options.ts'
import { simDisk, StillClock, to, valuesOf } from './fixture.ts'

const TOPICS = 20_000
const AT_ONCE = 500

/** A disk that knows how many of its files are open, and how many were at once. */
class CountedDisk {
  open = 0
  most = 0

  over(disk: Disk): Disk {
    return {
      list: () => disk.list(),
      open: (name, mode) => this.#counted(disk.open(name, mode)),
      rename: (from, name) => disk.rename(from, name),
      remove: (name) => disk.remove(name),
      flushFolder: () => disk.flushFolder(),
      free: () => disk.free(),
      lock: () => disk.lock(),
    }
  }

  #counted(file: DiskFile): DiskFile {
    this.open++
    this.most = Math.max(this.most, this.open)
    let closed = false
    return {
      name: file.name,
      size: () => file.size(),
      read: (position, into, at, length) => file.read(position, into, at, length),
      write: (position, pieces) => file.write(position, pieces),
      truncate: (size) => file.truncate(size),
      flush: () => file.flush(),
      close: () => {
        file.close()
        if (!closed) this.open--
        closed = true
      },
    }
  }
}

/** On a disk in memory: a device that flushes 20,000 files one by one takes a minute for it. */
function openOn(disk: Disk, sizes: EmbeddedSizes): Promise<EmbeddedLog> {
  return EmbeddedLog.open({
    disk,
    clock: new StillClock(),
    salt: 7,
    reserveBytes: 0,
    preallocate: false,
    ...sizes,
  })
}

/** Makes topics and writes one record to each. */
async function fill(log: EmbeddedLog, count: number): Promise<void> {
  const writer = await log.openWriter('w')
  for (let from = 0; from < count; from += AT_ONCE) {
    const names = namesOf(Math.min(count, from + AT_ONCE)).slice(from)
    await Promise.all(names.map((name) => log.ensureTopic({ name, partitions: 1 })))
    await writer.append(names.map((name) => to(name, 0, `value of ${name}`)))
  }
  await writer.close()
}

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `topic-${i}`)
}

async function expectAll(log: EmbeddedLog, count: number): Promise<void> {
  const topics = await log.topics()
  expect(topics.map(({ name }) => name).sort()).toEqual(namesOf(count).sort())
  expect(topics.every(({ parts }) => parts.length === 1 && parts[0].end === 1)).toBe(true)
  for (const name of namesOf(count)) {
    const values = await valuesOf(log, name)
    if (values.length !== 1 || values[0] !== `value of ${name}`)
      expect({ name, values }).toBe('one')
  }
}

describe('twenty thousand topics', () => {
  it('are there when the log is opened again, each in its file, of which few are open', async () => {
    const sizes = { journalBytes: 256 << 10, openFilesMax: 8 }
    const device = simDisk(1)
    const counted = new CountedDisk()
    const log = await openOn(counted.over(device.mount()), sizes)
    await fill(log, TOPICS)
    await expectAll(log, TOPICS)
    await log.close()
    expect(counted.open).toBe(0)
    const disk = counted.over(device.mount())
    const again = await openOn(disk, sizes)
    await expectAll(again, TOPICS)
    expect(disk.list().filter(isSegmentFile).length).toBeGreaterThan(TOPICS / 2)
    expect(counted.most).toBeLessThan(32)
    await again.close()
    expect(counted.open).toBe(0)
  })
})
