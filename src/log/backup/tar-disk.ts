// The files in a tar file, as a folder that can only be read.
import * as fs from 'node:fs'
import type { Disk, DiskFile } from '../../contracts/disk.ts'
import { StateError } from '../../base/errors.ts'
import { readTarHeader, TAR_BLOCK, tarPadding } from './tar-format.ts'

interface Entry {
  readonly position: number
  readonly bytes: number
}

/** undefined where the file is no tar file. Its entries are found by their headers; contents are read when they are asked for. */
export function tarDisk(path: string): Disk | undefined {
  const entries = entriesOf(path)
  if (entries.size === 0) return undefined
  const refuse = (): never => {
    throw new StateError('ML_INTERNAL', 'broken invariant: a tar file is only read')
  }
  return {
    list: () => [...entries.keys()].sort(),
    open: (name, mode) => {
      const entry = entries.get(name)
      if (entry === undefined || mode !== 'read') return refuse()
      return new TarFile(name, fs.openSync(path, 'r'), entry)
    },
    rename: refuse,
    remove: refuse,
    flushFolder: refuse,
    free: () => 0,
    lock: refuse,
  }
}

function entriesOf(path: string): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  const descriptor = fs.openSync(path, 'r')
  try {
    const header = Buffer.alloc(TAR_BLOCK)
    for (let position = 0; ;) {
      if (fs.readSync(descriptor, header, 0, TAR_BLOCK, position) < TAR_BLOCK) break
      const found = readTarHeader(header)
      if (found === undefined) break
      position += TAR_BLOCK
      entries.set(found.name, { position, bytes: found.bytes })
      position += found.bytes + tarPadding(found.bytes)
    }
  } finally {
    fs.closeSync(descriptor)
  }
  return entries
}

class TarFile implements DiskFile {
  readonly name: string
  readonly #descriptor: number
  readonly #entry: Entry

  constructor(name: string, descriptor: number, entry: Entry) {
    this.name = name
    this.#descriptor = descriptor
    this.#entry = entry
  }

  size(): number {
    return this.#entry.bytes
  }

  read(position: number, into: Uint8Array, at: number, length: number): number {
    const wanted = Math.min(length, this.#entry.bytes - position)
    let done = 0
    while (done < wanted) {
      const from = this.#entry.position + position + done
      const bytes = fs.readSync(this.#descriptor, into, at + done, wanted - done, from)
      if (bytes === 0) break
      done += bytes
    }
    return done
  }

  write(): never {
    throw new StateError('ML_INTERNAL', 'broken invariant: a tar file is only read')
  }

  truncate(): never {
    return this.write()
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  close(): void {
    fs.closeSync(this.#descriptor)
  }
}
