// A folder of the machine as a Disk. Files are 0600 and the folder 0700; nothing is flushed that was not asked for.
import * as fs from 'node:fs'
import { join } from 'node:path'
import { ConnectorError } from '../../base/errors.ts'
import type { Disk, DiskFile } from '../../contracts/disk.ts'
import { lockFolder } from './folder-lock.ts'
import { makeFolder } from './make-folder.ts'

/** Opens a folder, and makes it where it is missing. */
export function nodeDisk(folder: string): Disk {
  makeFolder(folder, 0o700)
  if ((fs.statSync(folder).mode & 0o077) !== 0) closeToOthers(folder)
  return folderDisk(folder)
}

/** A folder that is there, as it is. */
export function folderDisk(folder: string): Disk {
  return {
    list: () => fs.readdirSync(folder).sort(),
    open: (name, mode) => new NodeFile(folder, name, mode),
    rename: (from, to) => fs.renameSync(join(folder, from), join(folder, to)),
    remove: (name) => fs.rmSync(join(folder, name)),
    flushFolder: () => flushFolder(folder),
    free: () => {
      const { bavail, bsize } = fs.statfsSync(folder)
      return bavail * bsize
    },
    lock: () => lockFolder(folder),
  }
}

function closeToOthers(folder: string): void {
  try {
    fs.chmodSync(folder, 0o700)
  } catch (cause) {
    throw new ConnectorError(
      'ML_LOCKED',
      `the folder of a log must belong to this user; found ${folder} of another: give --log a folder of your own`,
      {
        details: { folder },
        cause,
      },
    )
  }
}

/** Directories can be flushed on Linux and macOS; Windows refuses to open them and needs no flush. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(folder, 'r')
  try {
    await new Promise<void>((resolve, reject) =>
      fs.fsync(descriptor, (error) => (error === null ? resolve() : reject(error))),
    )
  } finally {
    fs.closeSync(descriptor)
  }
}

/** What has at most that many bytes is flushed by the thread itself, where the device is quick. */
const SHORT_BYTES = 64 << 10
/** A mean flush that keeps its thread for longer than that is one of a slow device. */
const SHORT_MS = 1
/** What the last flush counts in the mean, and how the mean fades while flushes go through other threads, so that it is tried again. */
const LAST = 1 / 8
const FADES = 0.99

const FLAGS = { create: 'w+', write: 'r+', read: 'r' } as const

class NodeFile implements DiskFile {
  readonly name: string
  readonly #descriptor: number
  /** Written since the last flush. */
  #bytes = 0
  /** How long a flush kept this thread, ms, the last ones counting most. */
  #meanMs = 0

  constructor(folder: string, name: string, mode: 'create' | 'write' | 'read') {
    this.name = name
    this.#descriptor = fs.openSync(join(folder, name), FLAGS[mode], 0o600)
  }

  size(): number {
    return fs.fstatSync(this.#descriptor).size
  }

  read(position: number, into: Uint8Array, at: number, length: number): number {
    let done = 0
    while (done < length) {
      const bytes = fs.readSync(this.#descriptor, into, at + done, length - done, position + done)
      if (bytes === 0) break
      done += bytes
    }
    return done
  }

  write(position: number, pieces: readonly Uint8Array[]): void {
    let rest = pieces
    let at = position
    let left = pieces.reduce((sum, piece) => sum + piece.length, 0)
    this.#bytes += left
    while (left > 0) {
      const written = fs.writevSync(this.#descriptor, rest, at)
      at += written
      left -= written
      if (left > 0) rest = behind(rest, written)
    }
  }

  truncate(size: number): void {
    fs.ftruncateSync(this.#descriptor, size)
  }

  /**
   * A short one costs a device less than two threads need to hand it over and back: it stays in this thread, behind whatever
   * has come in by now, so that a frame still gathers what arrives together.
   */
  flush(): Promise<void> {
    const bytes = this.#bytes
    this.#bytes = 0
    return new Promise((resolve, reject) => {
      if (bytes <= SHORT_BYTES && this.#meanMs < SHORT_MS) {
        setImmediate(() => {
          try {
            this.#flushHere()
            resolve()
          } catch (error) {
            reject(error)
          }
        })
        return
      }
      this.#meanMs *= FADES
      fs.fdatasync(this.#descriptor, (error) => (error === null ? resolve() : reject(error)))
    })
  }

  #flushHere(): void {
    const started = performance.now()
    fs.fdatasyncSync(this.#descriptor)
    this.#meanMs += (performance.now() - started - this.#meanMs) * LAST
  }

  close(): void {
    fs.closeSync(this.#descriptor)
  }
}

/** What a short write left over. */
function behind(pieces: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written
  const rest: Uint8Array[] = []
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length
    else {
      rest.push(piece.subarray(skip))
      skip = 0
    }
  }
  return rest
}
