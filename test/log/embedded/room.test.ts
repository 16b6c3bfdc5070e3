// A bound for the folder, and a reserve: intake stops first, those who make room go on, and there is room again.
import { describe, expect, it } from 'vitest'
import type { Writer } from '../../../src/contracts/log.ts'
import { MillraceError } from '../../../src/base/errors.ts'
import type { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { openLog } from '../../../src/log/open-log.ts'
import { openSim, simDisk, to } from './fixture.ts'

const VALUE = 'x'.repeat(100_000)
const SIZES = { journalBytes: 1 << 18, segmentBytes: 1 << 18, reserveBytes: 4 << 20 }
const MAX = 12 << 20

/** Appends until it is refused. @returns how often it was not. */
async function fill(writer: Writer, topic: string, most = 1000): Promise<number> {
  for (let count = 0; count < most; count++) {
    try {
      await writer.append([to(topic, 0, VALUE)])
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'ML_DISK_FULL') return count
      throw error
    }
  }
  throw new Error('it was never refused')
}

async function open(sizes: object, capacity = Infinity): Promise<EmbeddedLog> {
  const disk = simDisk(1, { capacity })
  const log = await openSim(disk, { ...SIZES, ...sizes })
  for (const name of ['intake', 'work']) await log.ensureTopic({ name, partitions: 1 })
  return log
}

describe.each([
  ['a bound of the folder', { maxBytes: MAX }, Infinity],
  ['the end of the device', {}, MAX],
])('%s', (_, sizes, capacity) => {
  it('stops the intake first, and later those who make room, with room for copies left', async () => {
    const log = await open(sizes, capacity)
    const taken = await fill(await log.openWriter('producer'), 'intake')
    expect(taken).toBeGreaterThan(40)
    const more = await fill(await log.openWriter('task', { fromReserve: true }), 'work')
    expect(more).toBeGreaterThan(15)
    expect((taken + more) * VALUE.length).toBeLessThan(MAX)
    const [intake, work] = await Promise.all([log.topic('intake'), log.topic('work')])
    expect([intake?.parts[0].end, work?.parts[0].end]).toEqual([taken, more])
    await log.close()
  })

  it('lets the intake go on by itself when what was kept is let go of', async () => {
    const log = await open(sizes, capacity)
    const taken = await fill(await log.openWriter('producer'), 'intake')
    await fill(await log.openWriter('producer'), 'intake')
    await log.trim('intake', 0, taken)
    const task = await log.openWriter('task', { fromReserve: true })
    // Whoever makes room writes, too: the copier runs with that.
    for (let i = 0; i < 12; i++) await task.append([to('work', 0, VALUE)])
    expect(await fill(await log.openWriter('producer'), 'intake')).toBeGreaterThan(10)
    await log.close()
  })
})

it('a bound below what the journal takes is refused, and makes no folder', async () => {
  await expect(openLog('./no-such-folder', { maxBytes: 255_000_000 })).rejects.toMatchObject({
    code: 'ML_USAGE',
  })
})
