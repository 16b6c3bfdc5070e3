// A file that an edge sink appends to: cut to what is known to be in it when it is opened, durable when an append resolves.
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConnectorError } from '../../base/errors.ts'

export class GrowingFile {
  readonly #file: FileHandle
  #bytes: number

  private constructor(file: FileHandle, bytes: number) {
    this.#file = file
    this.#bytes = bytes
  }

  /** @throws ConnectorError ML_SINK when it is shorter than what was written to it. */
  static async open(path: string, bytes: number): Promise<GrowingFile> {
    const size = await sizeOf(path)
    if (size < bytes) throw refused(path, `${size} of the ${bytes} bytes that were written to it`)
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, size === 0 ? 'a' : 'r+')
    await file.truncate(bytes)
    return new GrowingFile(file, bytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  async append(pieces: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(pieces)
    for (let done = 0; done < bytes.length;) {
      const at = this.#bytes + done
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at)
      done += bytesWritten
    }
    await this.#file.datasync()
    this.#bytes += bytes.length
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Refuses a file that is there before anything was written to it. */
export async function checkFree(path: string): Promise<void> {
  const size = await sizeOf(path)
  if (size > 0) throw refused(path, `${size} bytes that are not of this output`)
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return 0
    throw error
  }
}

function refused(path: string, found: string): ConnectorError {
  return new ConnectorError(
    'ML_SINK',
    `${path} must hold what this output wrote to it, and nothing else; found ${found}; put it back, or name another file`,
    { details: { file: path } },
  )
}
