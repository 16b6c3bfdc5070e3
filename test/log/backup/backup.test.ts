// Backups of a log on a simulated disk that goes on being written to, and what is made of them.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import type { Writer } from '../../../src/contracts/log.ts'
import { backUp, type BackupResult } from '../../../src/log/backup/back-up.ts'
import { checkSegments } from '../../../src/log/backup/check-segments.ts'
import { readManifest, type Manifest } from '../../../src/log/backup/manifest.ts'
import { restore } from '../../../src/log/backup/restore.ts'
import type { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { SimDisk } from '../../../src/testing/sim-disk.ts'
import { openSim, simDisk, to, turns, valuesOf } from '../embedded/fixture.ts'

const SIGNAL = new AbortController().signal
const silent = (): void => undefined

async function backUpTo(log: EmbeddedLog, disk: SimDisk, target: SimDisk): Promise<BackupResult> {
  const { checkpoint, release } = await log.cut()
  try {
    const mounts = { source: disk.mount(), target: target.mount() }
    return await backUp({ ...mounts, checkpoint, at: 7, signal: SIGNAL, onProgress: silent })
  } finally {
    release()
  }
}

function manifestOf(disk: SimDisk): Manifest {
  const manifest = readManifest(disk.mount())
  if (manifest === undefined) throw new Error('there is no backup')
  return manifest
}

async function restored(backup: SimDisk): Promise<{ log: EmbeddedLog; disk: SimDisk }> {
  const disk = simDisk(99)
  const manifest = manifestOf(backup)
  const mounts = { source: backup.mount(), target: disk.mount() }
  await restore({ ...mounts, manifest, salt: 78, signal: SIGNAL, onProgress: silent })
  return { log: await openSim(disk), disk }
}

async function problemsOf(disk: SimDisk): Promise<readonly unknown[]> {
  const { checkpoint, files } = manifestOf(disk)
  const of = { disk: disk.mount(), checkpoint, files, signal: SIGNAL, onProgress: silent }
  return (await checkSegments(of)).problems
}

/** Appends to two topics at once, the same number to both, for as long as it is told to. */
class Load {
  readonly #writer: Writer
  count = 0
  acked = 0
  #over = false
  readonly done: Promise<void>

  constructor(writer: Writer, random: Prng) {
    this.#writer = writer
    this.done = this.#run(random)
  }

  stop(): Promise<void> {
    this.#over = true
    return this.done
  }

  async #run(random: Prng): Promise<void> {
    while (!this.#over) {
      const value = `${this.count++} ${'x'.repeat(random.below(100))}`
      await this.#writer.append([to('a', 0, value), to('b', 1, value)])
      this.acked++
      await turns(random.below(8))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

async function logWithLoad(seed: number): Promise<{ log: EmbeddedLog; disk: SimDisk; load: Load }> {
  const disk = simDisk(seed, { flushMsMax: 4 })
  const log = await openSim(disk)
  await log.ensureTopic({ name: 'a', partitions: 1 })
  await log.ensureTopic({ name: 'b', partitions: 2, retentionBytes: 4000 })
  return { log, disk, load: new Load(await log.openWriter('w'), new Prng(seed)) }
}

describe('a backup of a log that is being written to', () => {
  it('holds all that was durable when it began, and of each append all or nothing', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { log, disk, load } = await logWithLoad(seed)
      const target = simDisk(seed + 100)
      let bytesBefore = 0
      for (let round = 0; round < 4; round++) {
        const acked = load.acked
        const result = await backUpTo(log, disk, target)
        expect(await problemsOf(target)).toEqual([])
        const copy = await restored(target)
        const a = await valuesOf(copy.log, 'a')
        const b = await valuesOf(copy.log, 'b', 1)
        expect(a.length).toBeGreaterThanOrEqual(acked)
        expect(a.map((value) => Number.parseInt(value, 10))).toEqual(a.map((_, i) => i))
        expect(a.slice(a.length - b.length)).toEqual(b)
        expect(result.bytesCopied).toBeLessThanOrEqual(result.bytes)
        if (round > 2) expect(result.bytesCopied).toBeLessThan(result.bytes)
        bytesBefore = result.bytes
        await copy.log.close()
        while (load.acked < acked + 30) await new Promise((resolve) => setImmediate(resolve))
      }
      expect(bytesBefore).toBeGreaterThan(0)
      await load.stop()
      await log.close()
    }
  })

  it('goes on where it ended: the restored log takes appends, and its writers go on with their epochs', async () => {
    const { log, disk, load } = await logWithLoad(3)
    while (load.acked < 20) await new Promise((resolve) => setImmediate(resolve))
    const target = simDisk(4)
    await backUpTo(log, disk, target)
    await load.stop()
    await log.close()
    const { log: copy } = await restored(target)
    const before = await valuesOf(copy, 'a')
    const writer = await copy.openWriter('w')
    expect(writer.epoch).toBe(2)
    expect(await writer.append([to('a', 0, 'new')])).toEqual([before.length])
    expect(await valuesOf(copy, 'a')).toEqual([...before, 'new'])
    await copy.close()
  })

  it('keeps the files it reads until it is released, though retention gave them up', async () => {
    const { log, disk, load } = await logWithLoad(5)
    while (load.acked < 60) await new Promise((resolve) => setImmediate(resolve))
    const { checkpoint, release } = await log.cut()
    const named = (): number =>
      checkpoint.topics.flatMap(({ number, parts }) =>
        parts.flatMap(([, , ...segments], partition) =>
          segments.filter(
            (base, i) =>
              i % 4 === 0 && disk.mount().list().includes(`segment-${number}-${partition}-${base}`),
          ),
        ),
      ).length
    const held = named()
    const acked = load.acked
    while (load.acked < acked + 100) await new Promise((resolve) => setImmediate(resolve))
    expect(named()).toBe(held)
    release()
    await load.stop()
    await log.close()
    expect(named()).toBeLessThan(held)
  })
})

describe('a backup that is interrupted', () => {
  it('leaves the one before as it was, at any step', async () => {
    const { log, disk, load } = await logWithLoad(8)
    while (load.acked < 40) await new Promise((resolve) => setImmediate(resolve))
    const target = simDisk(9)
    await backUpTo(log, disk, target)
    const { commit } = manifestOf(target).checkpoint.copied
    for (let chunks = 1; chunks <= 4; chunks++) {
      const { checkpoint, release } = await log.cut()
      const mounts = { source: disk.mount(), target: target.mount() }
      let left = chunks
      const onProgress = (): void => {
        if (--left === 0) throw new Error('the power is gone')
      }
      const options = { ...mounts, checkpoint, at: 8, signal: SIGNAL, onProgress }
      await expect(backUp(options)).rejects.toThrow('the power is gone')
      release()
      target.crash()
      expect(manifestOf(target).checkpoint.copied.commit).toBe(commit)
      expect(await problemsOf(target)).toEqual([])
      const acked = load.acked
      while (load.acked < acked + 10) await new Promise((resolve) => setImmediate(resolve))
    }
    const { commit: newer } = await backUpTo(log, disk, target)
    expect(newer).toBeGreaterThan(commit)
    expect(await problemsOf(target)).toEqual([])
    await load.stop()
    await log.close()
  })
})

describe('a folder for a backup', () => {
  it('must not hold other files, another log, or a newer state than the log', async () => {
    const { log, disk, load } = await logWithLoad(10)
    const foreign = simDisk(11)
    foreign.mount().open('thesis.txt', 'create').close()
    await expect(backUpTo(log, disk, foreign)).rejects.toThrow("such as 'thesis.txt'")
    const target = simDisk(12)
    await backUpTo(log, disk, target)
    const copy = await restored(target)
    await expect(backUpTo(copy.log, copy.disk, target)).rejects.toThrow('found that of another log')
    await load.stop()
    const { checkpoint } = manifestOf(target)
    const older = { ...checkpoint, copied: { commit: 1, crc: 0 } }
    const mounts = { source: disk.mount(), target: target.mount() }
    const options = { ...mounts, at: 8, signal: SIGNAL, onProgress: silent }
    await expect(backUp({ ...options, checkpoint: older })).rejects.toThrow('has lost its end')
    await log.close()
    await copy.log.close()
  })
})

describe('damage', () => {
  it('in any byte of a backup is found and placed, and is not restored', async () => {
    const { log, disk, load } = await logWithLoad(20)
    while (load.acked < 30) await new Promise((resolve) => setImmediate(resolve))
    const target = simDisk(21)
    await backUpTo(log, disk, target)
    await load.stop()
    await log.close()
    const random = new Prng(22)
    const files = Object.entries(manifestOf(target).files)
    for (let i = 0; i < 60; i++) {
      const [name, pieces] = random.pick(files)
      const position = random.below(pieces.reduce((sum, [bytes]) => sum + bytes, 0))
      const file = target.mount().open(name, 'write')
      const byte = new Uint8Array(1)
      file.read(position, byte, 0, 1)
      const flip = (): void => {
        byte[0] ^= 1 << (i % 8)
        file.write(position, [byte])
      }
      flip()
      const problems = await problemsOf(target)
      expect(problems).toMatchObject([{ file: name }])
      const into = simDisk(i)
      const mounts = { source: target.mount(), target: into.mount() }
      await expect(
        restore({
          ...mounts,
          manifest: manifestOf(target),
          salt: 1,
          signal: SIGNAL,
          onProgress: silent,
        }),
      ).rejects.toThrow('must be as it was written')
      expect(into.mount().list()).toEqual([])
      flip()
    }
    expect(await problemsOf(target)).toEqual([])
    target.mount().remove(files[0][0])
    expect(await problemsOf(target)).toMatchObject([
      { file: files[0][0], what: 'expected the file, found none' },
    ])
  })

  it('in a log is found while it is backed up', async () => {
    const { log, disk, load } = await logWithLoad(30)
    while (load.acked < 30) await new Promise((resolve) => setImmediate(resolve))
    await load.stop()
    const { checkpoint, release } = await log.cut()
    release()
    const name =
      disk
        .mount()
        .list()
        .find((each) => each.startsWith('segment-1-0-')) ?? ''
    disk
      .mount()
      .open(name, 'write')
      .write(70, [Buffer.from('?')])
    await expect(backUpTo(log, disk, simDisk(31))).rejects.toThrow(`${name} must be as it was`)
    expect(checkpoint.copied.commit).toBeGreaterThan(30)
    await log.close()
  })
})
