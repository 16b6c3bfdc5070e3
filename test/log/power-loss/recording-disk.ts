// A disk that does what it is asked on another one and notes it. Flushes are done one at a time, in an order drawn from a seed, so
// that whoever only ever waits for flushes goes the same way with the same seed, also on real files.
import type { Prng } from '../../../src/base/prng.ts'
import type { Disk, DiskFile } from '../../../src/contracts/disk.ts'
import { turns } from '../embedded/fixture.ts'
import type { DiskEvent } from './trace.ts'

/** Turns a flush that returned has until the next one is done: everything it set off has happened by then. */
const SETTLE_TURNS = 60

interface Flush {
  readonly covers: { readonly file: number; readonly asked: number } | { readonly asked: number }
  readonly run: () => Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class RecordingDisk {
  readonly events: DiskEvent[] = []
  /** Fails the n-th flush of a file from now, once; 0: none. Nothing is flushed then. */
  failFlushIn = 0
  readonly #disk: Disk
  readonly #prng: Prng
  readonly #names = new Map<string, number>()
  readonly #open = new Set<DiskFile>()
  #files = 0
  #waiting: Flush[] = []
  #flushing = false
  /** Mounts of an earlier one are those of a process that was killed. */
  #process = 0
  #locked: { release(): void } | undefined
  #watchers: { left: number; wake: () => void }[] = []

  /** @param disk where it is done; its files are taken as durable. */
  constructor(disk: Disk, prng: Prng) {
    this.#disk = disk
    this.#prng = prng
    for (const name of disk.list()) this.#names.set(name, this.#files++)
  }

  /** The disk as a new process sees it. */
  mount(): Disk {
    const process = this.#process
    const guard = (): void => {
      if (process !== this.#process)
        throw new Error('the process that mounted this disk was killed')
    }
    return {
      list: () => (guard(), this.#disk.list()),
      open: (name, mode) => {
        guard()
        const known = this.#names.get(name)
        const opened = this.#disk.open(name, mode)
        this.#open.add(opened)
        const file = known ?? this.#files++
        if (mode === 'create' && known !== undefined)
          this.events.push({ kind: 'cut', file, size: 0 })
        if (mode === 'create' && known === undefined) {
          this.#names.set(name, file)
          this.events.push({ kind: 'create', file, name })
        }
        return this.#file(opened, file, guard)
      },
      rename: (from, to) => {
        guard()
        this.#disk.rename(from, to)
        this.#names.set(to, this.#names.get(from) ?? -1)
        this.#names.delete(from)
        this.events.push({ kind: 'rename', from, to })
      },
      remove: (name) => {
        guard()
        this.#disk.remove(name)
        this.#names.delete(name)
        this.events.push({ kind: 'remove', name })
      },
      flushFolder: () => {
        guard()
        return this.#flush({ asked: this.events.length }, () => this.#disk.flushFolder())
      },
      free: () => this.#disk.free(),
      lock: () => {
        guard()
        const lock = this.#disk.lock()
        this.#locked = lock
        return lock
      },
    }
  }

  /** The process ends as by kill -9: what it wrote is shown, what it waited for never comes. */
  kill(): void {
    this.#process++
    this.#waiting = []
    for (const file of this.#open) file.close()
    this.#open.clear()
    this.#locked?.release()
    this.#locked = undefined
  }

  /** Resolves behind so many flushes, or when nothing waits for one any more. */
  async passed(flushes: number): Promise<void> {
    await turns(SETTLE_TURNS)
    if (!this.#flushing) return
    await new Promise<void>((wake) => this.#watchers.push({ left: flushes, wake }))
    await turns(SETTLE_TURNS)
  }

  #file(opened: DiskFile, file: number, guard: () => void): DiskFile {
    return {
      name: opened.name,
      size: () => (guard(), opened.size()),
      read: (...where) => (guard(), opened.read(...where)),
      write: (position, pieces) => {
        guard()
        opened.write(position, pieces)
        this.events.push({ kind: 'write', file, position, bytes: Buffer.concat(pieces) })
      },
      truncate: (size) => {
        guard()
        opened.truncate(size)
        this.events.push({ kind: 'cut', file, size })
      },
      flush: () => {
        guard()
        return this.#flush({ file, asked: this.events.length }, () => opened.flush())
      },
      close: () => {
        if (this.#open.delete(opened)) opened.close()
      },
    }
  }

  #flush(covers: Flush['covers'], run: () => Promise<void>): Promise<void> {
    const done = new Promise<void>((resolve, reject) =>
      this.#waiting.push({ covers, run, resolve, reject }),
    )
    if (!this.#flushing) {
      this.#flushing = true
      void this.#flushAll()
    }
    return done
  }

  async #flushAll(): Promise<void> {
    await turns(SETTLE_TURNS)
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting.splice(this.#prng.below(this.#waiting.length), 1)
      const process = this.#process
      const fails = 'file' in next.covers && this.failFlushIn > 0 && --this.failFlushIn === 0
      const error = fails ? failed() : await outcomeOf(next.run)
      if (process !== this.#process) continue
      if ('file' in next.covers)
        this.events.push({ kind: error === undefined ? 'flushed' : 'flush-failed', ...next.covers })
      else if (error === undefined) this.events.push({ kind: 'folder-flushed', ...next.covers })
      if (error === undefined) next.resolve()
      else next.reject(error)
      await turns(SETTLE_TURNS)
      for (const watcher of this.#watchers) watcher.left--
      this.#wake(({ left }) => left <= 0)
      await turns(SETTLE_TURNS * 3)
    }
    this.#flushing = false
    this.#wake(() => true)
  }

  #wake(which: (watcher: { left: number }) => boolean): void {
    const woken = this.#watchers.filter(which)
    this.#watchers = this.#watchers.filter((watcher) => !which(watcher))
    for (const { wake } of woken) wake()
  }
}

function failed(): Error {
  return Object.assign(new Error('EIO: input/output error'), { code: 'EIO' })
}

async function outcomeOf(run: () => Promise<void>): Promise<Error | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
