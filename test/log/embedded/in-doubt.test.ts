import { describe, expect, it } from 'vitest'
import { openSim, simDisk, to, turns, valuesOf } from './fixture.ts'

/** Ends a process, or fails its flush, with a frame written that is not flushed; opens the log, and cuts the power at once. */
async function seenAndKept(seed: number, how: 'killed' | 'flush failed'): Promise<string[][]> {
  const disk = simDisk(seed, { flushMsMax: 12 })
  const log = await openSim(disk)
  await log.ensureTopic({ name: 'a', partitions: 1 })
  const writer = await log.openWriter('w')
  await writer.append([to('a', 0, 'durable')])
  if (how === 'flush failed') disk.faults.failFlushIn = 1
  const answer = writer.append([to('a', 0, 'in doubt')]).catch(() => undefined)
  if (how === 'flush failed') await answer
  else await turns(seed % 12)
  disk.kill()
  const seen = await valuesOf(await openSim(disk), 'a')
  disk.crash()
  return [seen, await valuesOf(await openSim(disk), 'a')]
}

describe('a frame that may not have been flushed', () => {
  it.each(['killed', 'flush failed'] as const)(
    'is on the device before anybody reads it, where the process was %s',
    async (how) => {
      let inDoubt = 0
      for (let seed = 1; seed <= 60; seed++) {
        const [seen, kept] = await seenAndKept(seed, how)
        expect(kept).toEqual(seen)
        if (seen.length === 2) inDoubt++
      }
      expect(inDoubt).toBeGreaterThan(10)
    },
  )
})
