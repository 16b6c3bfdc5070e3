import { afterAll, describe, expect, it } from 'vitest'
import type { StatusReport } from '../../src/contracts/status.ts'
import { askChild, statusOf } from './ask-child.ts'
import { definition, OrderFolders, writeOrders } from './order-folders.ts'

const MINUTES = 300_000
/** A broker's clock is this machine's; it is read in whole milliseconds. */
const MS = 0.001

describe('the status of a log', () => {
  const folders = new OrderFolders()
  afterAll(() => folders.remove())

  it(
    'says for how long the oldest event lies there that was not taken, and when the last commit was; no time where all is taken',
    async () => {
      const file = definition('throws')
      const log = folders.empty()
      const write = (from: number, end: boolean): Promise<void> =>
        writeOrders(log, { from, to: from + 100, bad: [], partitions: 2, end })
      const status = (): Promise<StatusReport> => statusOf({ file, log })
      const began = Date.now()
      await write(0, true)
      const written = Date.now()
      await askChild({ kind: 'run', file, log, untilEnd: true, workers: 1 })
      const ended = Date.now()
      const taken = await status()
      for (const task of taken.tasks) {
        expect(task).toMatchObject({ lag: expect.any(Number), lagSeconds: 0 })
        expect(task.committedAt).toBeGreaterThanOrEqual(written - 1)
        expect(task.committedAt).toBeLessThanOrEqual(ended + 1)
      }

      // What lies behind the end is never taken: it waits as what a stopped run leaves.
      const again = Date.now()
      await write(100, false)
      const later = Date.now()
      const waiting = await status()
      const sources = waiting.tasks.filter(({ kind }) => kind === 'source')
      expect(sources.length).toBeGreaterThan(0)
      for (const { lag, lagSeconds, committedAt } of sources) {
        expect(lag).toBeGreaterThan(0)
        expect(lagSeconds).toBeGreaterThanOrEqual((waiting.at - later) / 1000 - MS)
        expect(lagSeconds).toBeLessThanOrEqual((waiting.at - again) / 1000 + MS)
        expect(committedAt).toBeLessThan(again)
      }
      expect(began).toBeLessThan(written)
    },
    MINUTES,
  )
})
