import { describe, expect, it } from 'vitest'
import type { Disk } from '../../../src/contracts/disk.ts'
import { noCounts, powerLoss } from './power-loss.ts'
import { record } from './record.ts'
import type { DiskEvent } from './trace.ts'

/** `npm run power-loss` makes ten times as many. */
const IMAGES = 5000
const TIMEOUT = 300_000
const KINDS: Record<DiskEvent['kind'], true> = {
  create: true,
  write: true,
  cut: true,
  rename: true,
  remove: true,
  flushed: true,
  'flush-failed': true,
  'folder-flushed': true,
}

/** A device that says it has flushed files of that kind, or the folder, and has not. */
function lying(about: string): (disk: Disk) => Disk {
  const flushed = (): Promise<void> => Promise.resolve()
  return (disk) => ({
    ...disk,
    flushFolder: () => (about === 'folder' ? flushed() : disk.flushFolder()),
    open: (name, mode) => {
      const file = disk.open(name, mode)
      return name.startsWith(about) ? { ...file, flush: flushed } : file
    },
  })
}

describe('a power cut at any moment', () => {
  it(
    'leaves a log that opens and holds every acknowledged append, whatever is kept, lost or torn of what was not flushed',
    { timeout: TIMEOUT },
    async () => {
      const counts = noCounts()
      for (let seed = 1; counts.images < IMAGES; seed++)
        await powerLoss(seed, counts, { most: IMAGES })
      expect(counts.images).toBeGreaterThanOrEqual(IMAGES)
      expect(counts.acknowledged).toBeGreaterThan(20 * IMAGES)
      expect(counts.again).toBeGreaterThan(200)
      expect(counts.onFiles).toBeGreaterThan(20)
      expect(Object.keys(counts.kinds).sort()).toEqual(Object.keys(KINDS).sort())
    },
  )

  it.each(['journal', 'segment', 'checkpoint', 'folder'])(
    'is found to lose what was acknowledged, or the log, where a flush of %s does not flush',
    { timeout: TIMEOUT },
    async (about) => {
      await expect(powerLoss(1, noCounts(), { through: lying(about) })).rejects.toThrow(
        /is lost|must be as it was written/,
      )
    },
  )

  it(
    'is recorded the same way twice from one seed, on real files',
    { timeout: TIMEOUT },
    async () => {
      const [once, twice] = [await record(3), await record(3)]
      expect(once.map(({ events }) => events)).toEqual(twice.map(({ events }) => events))
    },
  )
})
