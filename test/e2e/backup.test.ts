// A backup is made while a run goes on; what is restored from it goes on elsewhere, and comes to the same.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { backup } from '../../src/runner/commands/backup-command.ts'
import { restore } from '../../src/runner/commands/restore-command.ts'
import { verify } from '../../src/runner/commands/verify-command.ts'
import { askChild, killTree, startChild } from './ask-child.ts'
import type { Task } from './run-child.ts'
import { definition, orderOutputs, writeOrders } from './order-folders.ts'
import { countsOf } from './read-outputs.ts'

const ORDERS = 12_000
/** Written before the run begins; the others when the backups are made. */
const HALF = 10_000
const BAD = [17, 4_000, 11_999]
const root = mkdtempSync(join(tmpdir(), 'millrace-backup-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const QUIET = { signal: new AbortController().signal, onProgress: (): void => undefined }

const ALL = { bad: BAD, partitions: 2 }

function runOf(log: string): Task {
  const file = definition('throws')
  return { kind: 'run', file, log, untilEnd: true, workers: 2, batchRows: 100 }
}

describe('a backup of a folder that a run is writing to', () => {
  it(
    'is restored elsewhere, and a run goes on from it to the same outputs, byte for byte',
    { timeout: 300_000 },
    async () => {
      const log = join(root, 'log')
      await writeOrders(log, { ...ALL, from: 0, to: HALF, end: false })
      const places = [join(root, 'backup'), join(root, 'backup.tar')]
      let made = Promise.resolve<unknown>(undefined)
      let count = 0
      const { child, result } = startChild(runOf(log), (status) => {
        const { rows = 0 } = countsOf(status, 'stage')
        if (count > 2 || rows < ((count + 1) * HALF) / 8) return
        // The first two go into the same folder.
        const to = places[count++ >> 1]
        made = made.then(() => backup({ log, to, ...QUIET }))
        if (count < 3) return
        made = made.then(() => writeOrders(log, { ...ALL, from: HALF, to: ORDERS, end: true }))
      })
      await result
      killTree(child)
      await made
      expect(count).toBe(3)
      const expected = await orderOutputs(log)
      expect(expected.scores).toHaveLength(ORDERS - BAD.length)
      for (const [i, place] of places.entries()) {
        expect(await verify({ place, ...QUIET })).toMatchObject({
          ok: true,
          data: { problems: [] },
        })
        const copy = join(root, `copy-${i}`)
        await restore({ backup: place, log: copy, ...QUIET })
        const before = await orderOutputs(copy)
        expect(before.scores.length).toBeLessThan(expected.scores.length)
        expect(before.scores.length).toBeGreaterThan(0)
        await writeOrders(copy, { ...ALL, from: HALF, to: ORDERS, end: true })
        const status = (await askChild(runOf(copy))) as RunStatus
        expect(countsOf(status, 'source').records).toBe(ORDERS)
        expect(await orderOutputs(copy)).toEqual(expected)
        expect(await verify({ place: copy, ...QUIET })).toMatchObject({
          ok: true,
          data: { problems: [] },
        })
      }
    },
  )
})
