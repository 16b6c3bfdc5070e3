// A file that appears when it is whole: until then it has another name, and a writing that fails leaves nothing.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

export function partOf(path: string): string {
  return `${path}.part`
}

/** Puts what was written to `partOf(path)` in its place, on the device. */
export function appear(path: string): void {
  const file = openSync(partOf(path), 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(partOf(path), path)
}

export function abandon(path: string): void {
  rmSync(partOf(path), { force: true })
}

const FLUSH_BYTES = 1 << 20

/** Collects bytes up to a piece worth writing. */
export class WholeFile {
  readonly #path: string
  readonly #file: number
  #pieces: Uint8Array[] = []
  #bytes = 0

  constructor(path: string) {
    this.#path = path
    this.#file = openSync(partOf(path), 'w')
  }

  /** The bytes must not change afterwards. */
  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes)
    this.#bytes += bytes.length
    if (this.#bytes >= FLUSH_BYTES) this.#flush()
  }

  finish(): void {
    this.#flush()
    closeSync(this.#file)
    appear(this.#path)
  }

  abandon(): void {
    closeSync(this.#file)
    abandon(this.#path)
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#pieces)
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at)
    this.#pieces = []
    this.#bytes = 0
  }
}
