import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Prng } from '../../src/base/prng.ts'
import { EmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { machineClock } from '../../src/log/embedded/machine-clock.ts'
import { nodeDisk } from '../../src/log/embedded/node-disk.ts'
import type { EmbeddedSizes } from '../../src/log/embedded/options.ts'
import { SimDisk } from '../../src/testing/sim-disk.ts'
import { connectLog } from '../../src/log/server/connect-log.ts'
import { serveLog } from '../../src/log/server/serve-log.ts'
import { startLogThread } from '../../src/log/server/start-log-thread.ts'
import { logContract } from './log-contract.ts'
import { sparse } from './log-history-logs.ts'

/** So small that copies, recycled files and many segments happen all the time. */
const SMALL: EmbeddedSizes = {
  journalBytes: 2048,
  journalFilesMax: 2,
  segmentBytes: 1500,
  reserveBytes: 0,
  openFilesMax: 2,
}

for (const [name, sizes] of [
  ['', {}],
  [' with tiny files', SMALL],
] as const) {
  logContract(`embedded on a real folder${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
    const open = (): Promise<EmbeddedLog> =>
      EmbeddedLog.open({
        disk: nodeDisk(folder),
        clock: machineClock,
        salt: 1,
        journalBytes: 1 << 20,
        ...sizes,
      })
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
      EmbeddedLog.open({
        disk: disk.mount(),
        clock: machineClock,
        salt: 1,
        preallocate: false,
        ...sizes,
      })
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

logContract('embedded, reached through its socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
  const path = join(folder, 'log.sock')
  const open = async (): Promise<{ log: EmbeddedLog; server: { close(): Promise<void> } }> => {
    const log = await EmbeddedLog.open({
      disk: nodeDisk(folder),
      clock: machineClock,
      salt: 1,
      ...SMALL,
    })
    return { log, server: await serveLog(log, path) }
  }
  let served = await open()
  let client = await connectLog(path)
  const close = async (): Promise<void> => {
    await client.close()
    await served.server.close()
    await served.log.close()
  }
  return {
    log: client,
    reopen: async () => {
      await close()
      served = await open()
      client = await connectLog(path)
      return client
    },
    dispose: async () => {
      await close()
      rmSync(folder, { recursive: true })
    },
  }
})

logContract('embedded in a thread of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
  const sizes = { journalBytes: 1 << 20 }
  let thread = await startLogThread(folder, sizes)
  let client = await connectLog(thread.socketPath)
  const close = async (): Promise<void> => {
    await client.close()
    await thread.close()
  }
  return {
    log: client,
    reopen: async () => {
      await close()
      thread = await startLogThread(folder, sizes)
      client = await connectLog(thread.socketPath)
      return client
    },
    dispose: async () => {
      await close()
      rmSync(folder, { recursive: true })
    },
  }
})

// The simulator's log on which what ends an append takes an offset, as on Kafka.
logContract('with gaps in its offsets', async () => {
  const disk = new SimDisk({ prng: new Prng(1) })
  const open = (): Promise<EmbeddedLog> =>
    EmbeddedLog.open({ disk: disk.mount(), clock: machineClock, salt: 1, preallocate: false })
  let log = await open()
  return {
    log: sparse(log, []).logs[0],
    sparse: true,
    reopen: async () => {
      await log.close()
      log = await open()
      return sparse(log, []).logs[0]
    },
    dispose: () => log.close(),
  }
})
