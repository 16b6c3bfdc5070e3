import { describe, expect, it } from 'vitest'
import { CHECKPOINT_FILE } from '../../../src/log/embedded/checkpoint.ts'
import type { SimDisk } from '../../../src/testing/sim-disk.ts'
import { openSim, simDisk, to, valuesOf } from './fixture.ts'

/** A log that was killed behind `frames` appends of one record each, all in the journal. */
async function killed(frames: number, sizes: object = { journalBytes: 1 << 16 }): Promise<SimDisk> {
  const disk = simDisk(1)
  const log = await openSim(disk, sizes)
  await log.ensureTopic({ name: 'a', partitions: 1 })
  const writer = await log.openWriter('w')
  for (let i = 0; i < frames; i++) await writer.append([to('a', 0, `value-${i}`)])
  disk.kill()
  return disk
}

/** Where the text lies in a file. */
function placeOf(disk: SimDisk, name: string, text: string): number {
  const at = Buffer.from(disk.bytes(name)).lastIndexOf(text)
  expect(at, `${text} is in ${name}`).toBeGreaterThan(0)
  return at
}

function segmentOf(disk: SimDisk): string {
  const name = disk
    .mount()
    .list()
    .find((file) => file.startsWith('segment-'))
  expect(name).toBeDefined()
  return name ?? ''
}

describe('damage to the files of the log', () => {
  it('refuses a journal with a damaged frame before others, and says which file', async () => {
    for (const bit of [0, 3, 7]) {
      const disk = await killed(5)
      disk.flip('journal-1', placeOf(disk, 'journal-1', 'value-2'), bit)
      await expect(openSim(disk)).rejects.toMatchObject({
        code: 'ML_LOG_CORRUPT',
        details: { file: 'journal-1' },
      })
    }
  })

  it('refuses a damaged header of a frame or of a run, wherever the bit is', async () => {
    for (let offset = -128; offset < 8; offset += 3) {
      const disk = await killed(5)
      disk.flip('journal-1', placeOf(disk, 'journal-1', 'value-2') - 24 + offset)
      await expect(openSim(disk), `offset ${offset}`).rejects.toMatchObject({
        code: 'ML_LOG_CORRUPT',
      })
    }
  })

  it('takes a torn last frame as one that was never acknowledged', async () => {
    const disk = await killed(5)
    disk.flip('journal-1', placeOf(disk, 'journal-1', 'value-4'))
    const log = await openSim(disk)
    expect(await valuesOf(log, 'a')).toEqual(['value-0', 'value-1', 'value-2', 'value-3'])
    const writer = await log.openWriter('w')
    expect(await writer.append([to('a', 0, 'again')])).toEqual([4])
    disk.kill()
    expect((await valuesOf(await openSim(disk), 'a')).at(-1)).toBe('again')
  })

  it('knows after a clean end that the last frame must be there', async () => {
    const disk = simDisk(1)
    const log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    await (await log.openWriter('w')).append([to('a', 0, 'the-only-one')])
    await log.close()
    disk.flip('journal-1', placeOf(disk, 'journal-1', 'the-only-one'))
    await expect(openSim(disk)).rejects.toMatchObject({ code: 'ML_LOG_CORRUPT' })
  })

  it('does not take frames of an earlier use of a journal file for its own', async () => {
    const disk = await killed(200, {})
    const log = await openSim(disk)
    expect(await valuesOf(log, 'a')).toEqual(Array.from({ length: 200 }, (_, i) => `value-${i}`))
    expect(
      disk
        .mount()
        .list()
        .filter((name) => name.startsWith('journal-')).length,
    ).toBeLessThanOrEqual(4)
  })

  it('refuses to return a damaged run from a segment', async () => {
    const disk = await killed(100, {})
    const segment = segmentOf(disk)
    disk.flip(segment, placeOf(disk, segment, 'value-1'))
    const log = await openSim(disk)
    await expect(valuesOf(log, 'a')).rejects.toMatchObject({
      code: 'ML_LOG_CORRUPT',
      details: { topic: 'a', partition: 0 },
    })
  })

  it('refuses a damaged checkpoint, a missing one, and a missing segment', async () => {
    const damaged = await killed(100, {})
    damaged.flip(CHECKPOINT_FILE, 40)
    await expect(openSim(damaged)).rejects.toMatchObject({ code: 'ML_LOG_CORRUPT' })
    const missing = await killed(100, {})
    missing.mount().remove(CHECKPOINT_FILE)
    await expect(openSim(missing)).rejects.toMatchObject({ code: 'ML_LOG_CORRUPT' })
    const holed = await killed(100, {})
    const segment = segmentOf(holed)
    holed.mount().remove(segment)
    await expect(openSim(holed)).rejects.toMatchObject({
      code: 'ML_LOG_CORRUPT',
      details: { missing: segment },
    })
  })

  it('removes what an interrupted copy left', async () => {
    const disk = await killed(100, {})
    disk
      .mount()
      .open('segment-1-0-9999', 'create')
      .write(0, [Buffer.from('garbage')])
    const log = await openSim(disk)
    expect(disk.mount().list()).not.toContain('segment-1-0-9999')
    expect(await valuesOf(log, 'a')).toHaveLength(100)
  })

  it('refuses a folder of another format', async () => {
    const disk = simDisk(1)
    await (await openSim(disk)).close()
    const text = Buffer.from(disk.bytes(CHECKPOINT_FILE))
      .toString()
      .split('\n')[0]
      .replace('"format":1', '"format":2')
    const { crc32 } = await import('node:zlib')
    const file = disk.mount().open(CHECKPOINT_FILE, 'create')
    file.write(0, [Buffer.from(`${text}\n${crc32(text).toString(16).padStart(8, '0')}\n`)])
    await expect(openSim(disk)).rejects.toMatchObject({
      code: 'ML_LOG_FORMAT',
      details: { expected: 1, found: 2 },
    })
  })
})
