// What a file was when it was read: a position in it holds only as long as it is the same.
import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { ConnectorError } from '../../base/errors.ts'

/** What stays the same when a file is copied to another place. */
export interface FileState {
  readonly size: number
  /** Of its first and last 64 KiB, hex. */
  readonly digest: string
}

const EDGE = 65_536

/** @throws ConnectorError ML_SOURCE when it cannot be read. */
export async function fileState(path: string): Promise<FileState> {
  try {
    const handle = await open(path, 'r')
    try {
      const { size } = await handle.stat()
      const hash = createHash('sha256')
      const bytes = Buffer.alloc(EDGE)
      for (const at of [0, Math.max(0, size - EDGE)]) {
        const { bytesRead } = await handle.read(bytes, 0, EDGE, at)
        hash.update(bytes.subarray(0, bytesRead))
      }
      return { size, digest: hash.digest('hex').slice(0, 32) }
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** Watches that a file stays what it was while it is read: its place on the device, size and time of change. */
export class FileWatch {
  readonly #path: string
  readonly #seen: string

  private constructor(path: string, seen: string) {
    this.#path = path
    this.#seen = seen
  }

  static async of(path: string): Promise<FileWatch> {
    return new FileWatch(path, await seenAt(path))
  }

  /** @throws ConnectorError ML_SOURCE when it changed. */
  async check(): Promise<void> {
    if ((await seenAt(this.#path)) !== this.#seen) throw changed(this.#path, 'while it was read')
  }
}

async function seenAt(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs } = await stat(path)
    return [dev, ino, size, mtimeMs].join()
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

export function changed(path: string, when: string): ConnectorError {
  return new ConnectorError(
    'ML_SOURCE',
    `a file must stay as it is until it is read to its end; found that ${path} changed ${when}; ` +
      'give what is new in a file of its own, or read the whole file again into another topic',
    { details: { file: path } },
  )
}

function unreadable(path: string, cause: unknown): ConnectorError {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  return new ConnectorError(
    'ML_SOURCE',
    `a file must be readable; found ${code === 'ENOENT' ? 'none' : String(code)} at ${path}; correct its path`,
    { details: { file: path }, cause },
  )
}
