import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oneRecord } from '../../../src/base/records.ts'
import { openFolder } from '../../../src/log/embedded/open-folder.ts'
import { connectLog } from '../../../src/log/server/connect-log.ts'
import { openLog } from '../../../src/log/open-log.ts'
import { startLogThread } from '../../../src/log/server/start-log-thread.ts'
import { valuesOf } from '../embedded/fixture.ts'

const CHILD = fileURLToPath(new URL('append-until-killed.ts', import.meta.url))
const SMALL = { journalBytes: 1 << 18, preallocate: false }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Starts the child; resolves when it has told that many acknowledgements. */
async function appending(acks: number): Promise<{ child: ChildProcess; acked: () => number[] }> {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  const enough = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (text: Buffer) => {
      out += text.toString()
      if (out.split('\n').length > acks) resolve()
    })
    child.once('exit', () => reject(new Error('the child ended by itself')))
  })
  await enough
  child.removeAllListeners('exit')
  return { child, acked: () => out.split('\n').slice(0, -1).map(Number) }
}

describe('kill -9 of the process that owns the log', () => {
  it('loses nothing that was acknowledged, tears no append, and frees the folder at once', async () => {
    const acked = new Set<number>()
    for (const acks of [5, 200, 900, 1500]) {
      const running = await appending(acks)
      await expect(openFolder(folder, SMALL)).rejects.toMatchObject({
        code: 'ML_LOCKED',
        message: expect.stringContaining(`process ${running.child.pid}`),
      })
      running.child.kill('SIGKILL')
      await once(running.child, 'close')
      for (const number of running.acked()) acked.add(number)
      const log = await openFolder(folder, SMALL)
      const found = await Promise.all([0, 1, 2].map((partition) => valuesOf(log, 'a', partition)))
      expect(found[1]).toEqual(found[0])
      expect(found[2]).toEqual(found[0])
      const numbers = found[0].map((value) => Number(value.split(':')[0]))
      expect(numbers).toEqual(numbers.map((_, i) => i))
      for (const number of acked) expect(number).toBeLessThan(numbers.length)
      await log.close()
    }
  })
})

describe('one owner', () => {
  it('is enough: a second one in the same process is refused too, and the first goes on', async () => {
    const log = await openFolder(folder, SMALL)
    await expect(openFolder(folder, SMALL)).rejects.toMatchObject({
      code: 'ML_LOCKED',
      retryable: true,
    })
    await expect(startLogThread(folder, SMALL)).rejects.toMatchObject({ code: 'ML_LOCKED' })
    await log.ensureTopic({ name: 'a', partitions: 1 })
    await log.close()
    await (await openFolder(folder, SMALL)).close()
  })

  it('shares the log with others by its URL, and they end with it', async () => {
    const first = await openLog(folder)
    expect(first.owned).toBe(true)
    const second = await openLog(folder)
    expect(second.owned).toBe(false)
    await first.log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await second.log.openWriter('w')
    await writer.append([{ topic: 'a', partition: 0, records: oneRecord(0, '', 'x') }])
    expect(await valuesOf(first.log, 'a')).toEqual(['x'])
    const waiting = second.log.read([{ topic: 'a', partition: 0, offset: 1 }], {
      maxBytes: 100,
      maxWaitMs: 30_000,
    })
    waiting.catch(() => undefined)
    await first.log.close()
    await expect(waiting).rejects.toMatchObject({ code: 'ML_CONNECTION', retryable: true })
    await expect(
      writer.append([{ topic: 'a', partition: 0, records: oneRecord(0, '', 'y') }]),
    ).rejects.toMatchObject({ code: 'ML_CONNECTION' })
    const third = await openLog(`file://${folder}`)
    expect(third.owned).toBe(true)
    expect(await valuesOf(third.log, 'a')).toEqual(['x'])
    await third.log.close()
  })

  it('refuses a URL that is no folder', async () => {
    await expect(openLog('https://host:9092')).rejects.toMatchObject({ code: 'ML_USAGE' })
  })
})

describe('the folder', () => {
  it('is closed to others, with its files and its socket', async () => {
    const path = join(folder, 'data')
    mkdirSync(path, { mode: 0o755 })
    const { log } = await openLog(path)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    expect(statSync(path).mode & 0o777).toBe(0o700)
    const open = readdirSync(path).filter((name) => (statSync(join(path, name)).mode & 0o077) !== 0)
    expect(open).toEqual([])
    await log.close()
  })

  it('may lie so deep that a socket in it would have too long a path', async () => {
    const deep = join(folder, ...Array.from({ length: 12 }, () => 'a-long-name'))
    const first = await openLog(deep)
    expect(first.owned).toBe(true)
    expect(first.reach.startsWith(deep)).toBe(false)
    const second = await openLog(deep)
    expect(second.owned).toBe(false)
    await second.log.close()
    await first.log.close()
    expect(existsSync(first.reach)).toBe(false)
  })

  it.skipIf(!existsSync('/proc/self/fd'))(
    'of many topics does not need many open files',
    async () => {
      const before = readdirSync('/proc/self/fd').length
      const log = await openFolder(folder, {
        journalBytes: 1 << 16,
        preallocate: false,
        openFilesMax: 10,
      })
      const names = Array.from({ length: 600 }, (_, i) => `topic-${i}`)
      await Promise.all(names.map((name) => log.ensureTopic({ name, partitions: 1 })))
      const writer = await log.openWriter('w')
      for (let round = 0; round < 3; round++) {
        await Promise.all(
          names.map((topic) =>
            writer.append([{ topic, partition: 0, records: oneRecord(0, '', topic) }]),
          ),
        )
      }
      for (const name of names) expect(await valuesOf(log, name)).toEqual([name, name, name])
      expect(readdirSync('/proc/self/fd').length - before).toBeLessThan(25)
      await log.close()
    },
  )
})

describe('the server', () => {
  it('cuts off a peer that speaks another language, and serves the others', async () => {
    const thread = await startLogThread(folder, SMALL)
    const log = await connectLog(thread.socketPath)
    const stranger = createConnection(thread.socketPath)
    stranger.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(stranger, 'close')
    await log.ensureTopic({ name: 'a', partitions: 1 })
    await log.close()
    await thread.close()
  })

  it('takes more than it can flush at once from one client, and keeps the order', async () => {
    const thread = await startLogThread(folder, { preallocate: false })
    const log = await connectLog(thread.socketPath)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    const value = Buffer.alloc(1 << 20, 'x')
    const answers = await Promise.all(
      Array.from({ length: 150 }, () =>
        writer.append([{ topic: 'a', partition: 0, records: oneRecord(0, '', value) }]),
      ),
    )
    expect(answers.flat()).toEqual(Array.from({ length: 150 }, (_, i) => i))
    expect((await thread.figures()).journalBytes).toBeGreaterThan(150 << 20)
    await log.close()
    await thread.close()
  })

  it('says that no log listens where none does', async () => {
    await expect(connectLog(join(folder, 'log.sock'))).rejects.toMatchObject({
      code: 'ML_CONNECTION',
      retryable: true,
    })
  })

  it('leaves the name of the owner for whoever is refused', async () => {
    const log = await openFolder(folder, SMALL)
    expect(readFileSync(join(folder, 'lock.owner'), 'utf8')).toContain(`process ${process.pid}`)
    await log.close()
  })
})
