// Real processes on real devices that fail: a flush that does, by strace; a device that fills, a small file system of its own. Skipped where
// the machine has no strace, or lets nobody mount.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { MillraceError } from '../../../src/base/errors.ts'
import type { Log } from '../../../src/contracts/log.ts'
import { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { openFolder } from '../../../src/log/embedded/open-folder.ts'
import { to, valuesOf } from '../embedded/fixture.ts'
import { SmallDevices } from './small-devices.ts'

const CHILD = fileURLToPath(new URL('append-until-killed.ts', import.meta.url))
const SMALL = { journalBytes: 1 << 18, segmentBytes: 1 << 18 }
const TIMEOUT = 120_000

const base = mkdtempSync(join(tmpdir(), 'millrace-devices-'))
const devices = new SmallDevices(base)
afterAll(() => {
  devices.remove()
  rmSync(base, { recursive: true, force: true })
})

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

const traces = works('strace', '-f', '-e', 'trace=fdatasync', 'true')
const device = devices.make(12 << 20)

describe('a flush that fails in a running process', () => {
  it.skipIf(!traces).each(['60', '60+'])(
    'ends it, acknowledges nothing any more, and loses nothing that was: the flush number %s',
    { timeout: TIMEOUT },
    async (when) => {
      const folder = join(base, `log-${when.length}`)
      const inject = `inject=fdatasync:error=EIO:when=${when}`
      // One thread flushes, so that its flushes are counted.
      const child = spawn(
        'strace',
        [
          '-f',
          '-qq',
          '-o',
          '/dev/null',
          '-e',
          'trace=fdatasync',
          '-e',
          inject,
          process.execPath,
          CHILD,
          folder,
        ],
        { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, UV_THREADPOOL_SIZE: '1' } },
      )
      let said = ''
      let complaint = ''
      child.stdout.on('data', (text: Buffer) => (said += text.toString()))
      child.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
      const [code] = (await once(child, 'close')) as [number]
      expect(code).not.toBe(0)
      expect(complaint).toContain('ML_FLUSH_FAILED')
      const acked = said.split('\n').slice(0, -1).map(Number)
      expect(acked.length).toBeGreaterThan(20)
      const log = await openFolder(folder, SMALL)
      const found = await Promise.all([0, 1, 2].map((partition) => valuesOf(log, 'a', partition)))
      expect(found[1]).toEqual(found[0])
      expect(found[2]).toEqual(found[0])
      const numbers = found[0].map((value) => Number(value.split(':')[0]))
      expect(numbers).toEqual(numbers.map((_, i) => i))
      expect(Math.max(...acked)).toBeLessThan(numbers.length)
      await log.close()
    },
  )
})

describe('the folder of a log that cannot be flushed', () => {
  it.skipIf(!traces)('is not written to: names of files must be on the device, too', async () => {
    const folder = join(base, 'log-of-names')
    const inject = ['-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO']
    const traced = ['-f', '-qq', '-o', '/dev/null', ...inject, process.execPath, CHILD, folder]
    const child = spawn('strace', traced, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let said = ''
    let complaint = ''
    child.stdout.on('data', (text: Buffer) => (said += text.toString()))
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
    // Where nobody flushes the folder it appends without end, and outlives who traces it.
    child.stdout.once('data', () => child.pid && process.kill(-child.pid, 'SIGKILL'))
    await once(child, 'close')
    expect(said).toBe('')
    expect(complaint).toContain('EIO')
  })
})

/** Appends numbered values until there is no room. @returns how many were acknowledged. */
async function fill(log: Log, from: number): Promise<number> {
  const writer = await log.openWriter('w')
  for (let number = from; ; number++) {
    try {
      await writer.append([to('a', 0, `${number}:${'x'.repeat(20_000)}`)])
    } catch (error) {
      expect(error).toBeInstanceOf(MillraceError)
      expect(error).toMatchObject({ code: 'ML_DISK_FULL', retryable: true })
      return number
    }
  }
}

/** Takes all the room there is. */
function occupy(path: string): void {
  const chunk = Buffer.alloc(1 << 16)
  for (;;)
    try {
      appendFileSync(path, chunk)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
      return
    }
}

async function holds(log: Log, count: number): Promise<void> {
  const numbers = (await valuesOf(log, 'a')).map((value) => Number(value.split(':')[0]))
  expect(numbers.slice(0, count)).toEqual(Array.from({ length: count }, (_, i) => i))
}

describe.skipIf(device === undefined)('a device without room', () => {
  it(
    'stops the intake, loses nothing, and takes more as soon as there is room, also for who opens the log meanwhile',
    { timeout: TIMEOUT },
    async () => {
      const place = device ?? ''
      const folder = join(place, 'log')
      const other = join(place, 'of-somebody-else')
      writeFileSync(other, Buffer.alloc(4 << 20))
      // No reserve: it runs into the device itself.
      const sizes = { ...SMALL, reserveBytes: 0 }
      let log = await openFolder(folder, sizes)
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const first = await fill(log, 0)
      expect(first).toBeGreaterThan(50)
      await holds(log, first)
      rmSync(other)
      const second = await fill(log, (await log.topic('a'))?.parts[0].end ?? 0)
      expect(second).toBeGreaterThan(first + 50)
      await holds(log, second)
      await log.close()

      occupy(other)
      // Recovery writes: it may have room in what it has, or say that there is none.
      const opened = await openFolder(folder, sizes).catch((error: unknown) => error)
      if (opened instanceof EmbeddedLog) await opened.close()
      else expect(opened).toMatchObject({ code: 'ML_DISK_FULL' })
      rmSync(other)
      log = await openFolder(folder, sizes)
      await holds(log, second)
      await log.close()
    },
  )
})
