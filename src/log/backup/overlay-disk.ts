// A folder that takes writes into memory and leaves the device as it is: to open a log only to look at it.
import type { Disk, DiskFile } from '../../contracts/disk.ts'

/** A file that is changed is held whole in memory. @param own files that are there beside, or instead of, those below. */
export function overlayDisk(below: Disk, own: ReadonlyMap<string, Uint8Array> = new Map()): Disk {
  const files = new Map<string, MemoryFile>()
  const gone = new Set<string>()
  for (const [name, bytes] of own) files.set(name, new MemoryFile(name, bytes))
  const shown = (): string[] => below.list().filter((name) => !gone.has(name) && !files.has(name))
  return {
    list: () => [...shown(), ...files.keys()].sort(),
    open: (name, mode) => {
      const held = files.get(name)
      if (held !== undefined && mode !== 'create') return held
      if (mode === 'read') return below.open(name, mode)
      const file = new MemoryFile(
        name,
        mode === 'create' ? new Uint8Array(0) : contentOf(below, name),
      )
      files.set(name, file)
      return file
    },
    rename: (from, to) => {
      const file = files.get(from) ?? new MemoryFile(from, contentOf(below, from))
      files.set(to, new MemoryFile(to, file.content()))
      files.delete(from)
      gone.add(from)
    },
    remove: (name) => {
      files.delete(name)
      gone.add(name)
    },
    flushFolder: () => Promise.resolve(),
    free: () => Infinity,
    lock: () => ({ release: () => undefined }),
  }
}

function contentOf(disk: Disk, name: string): Uint8Array {
  const file = disk.open(name, 'read')
  try {
    const bytes = Buffer.allocUnsafeSlow(file.size())
    return bytes.subarray(0, file.read(0, bytes, 0, bytes.length))
  } finally {
    file.close()
  }
}

class MemoryFile implements DiskFile {
  readonly name: string
  #bytes: Uint8Array
  #size: number

  constructor(name: string, bytes: Uint8Array) {
    this.name = name
    this.#bytes = bytes
    this.#size = bytes.length
  }

  content(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  size(): number {
    return this.#size
  }

  read(position: number, into: Uint8Array, at: number, length: number): number {
    const bytes = this.content().subarray(position, position + length)
    into.set(bytes, at)
    return bytes.length
  }

  write(position: number, pieces: readonly Uint8Array[]): void {
    let at = position
    for (const piece of pieces) {
      this.#grow(at + piece.length)
      this.#bytes.set(piece, at)
      at += piece.length
    }
  }

  truncate(size: number): void {
    this.#grow(size)
    this.#bytes.fill(0, size)
    this.#size = size
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  close(): void {}

  #grow(size: number): void {
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length))
      grown.set(this.content())
      this.#bytes = grown
    }
    this.#size = Math.max(this.#size, size)
  }
}
