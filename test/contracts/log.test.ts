import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Prng } from '../../src/base/prng.ts'
import { EmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { machineClock } from '../../src/log/embedded/machine-clock.ts'
import { nodeDisk } from '../../src/log/embedded/node-disk.ts'
import type { EmbeddedSizes } from '../../src/log/embedded/options.ts'
import { SimDisk } from '../../src/testing/sim-disk.ts'
import { logContract } from './log-contract.ts'

/** So small that copies, recycled files and many segments happen all the time. */
const SMALL: EmbeddedSizes = { journalBytes: 2048, journalFilesMax: 2, segmentBytes: 1500, reserveBytes: 0, openFilesMax: 2 }

for (const [name, sizes] of [['', {}], [' with tiny files', SMALL]] as const) {
  logContract(`embedded on a real folder${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
    const open = (): Promise<EmbeddedLog> =>
      EmbeddedLog.open({ disk: nodeDisk(folder), clock: machineClock, salt: 1, journalBytes: 1 << 20, ...sizes })
    let log = await open()
    return {
      log,
      reopen: async () => {
        await log.close()
        log = await open()
        return log
      },
      dispose: async () => {
        await log.close()
        rmSync(folder, { recursive: true })
      },
    }
  })

  logContract(`embedded on the simulated disk${name}`, async () => {
    const disk = new SimDisk({ prng: new Prng(1) })
    const open = (): Promise<EmbeddedLog> =>
      EmbeddedLog.open({ disk: disk.mount(), clock: machineClock, salt: 1, preallocate: false, ...sizes })
    let log = await open()
    return {
      log,
      reopen: async () => {
        await log.close()
        log = await open()
        return log
      },
      dispose: () => log.close(),
    }
  })
}
