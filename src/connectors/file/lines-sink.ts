// A file of JSON lines as an edge sink. What was written behind the last position that is known is cut off when it is opened,
// so that every record is in it once, whatever happened between.
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { valueBytes } from '../../base/records.ts'
import { ConnectorError } from '../../base/errors.ts'
import type { ReadRun } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import type { OpenSink, Sink } from '../../contracts/sink.ts'

/** Positions are bytes. A file that is there before the first record is refused: it is somebody's. */
export function linesSink({
  path,
  name = path,
}: {
  readonly path: string
  readonly name?: string
}): Sink {
  return {
    name,
    start: '0',
    open: async (at) => {
      const bytes = Number(at)
      const size = await sizeOf(path)
      if (size < bytes) throw refused(path, `${size} of the ${bytes} bytes that were written to it`)
      await mkdir(dirname(path), { recursive: true })
      const file = await open(path, size === 0 ? 'a' : 'r+')
      await file.truncate(bytes)
      return new OpenLines(file, bytes)
    },
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

const LF = Buffer.from('\n')

class OpenLines implements OpenSink {
  readonly #file: FileHandle
  #bytes: number

  constructor(file: FileHandle, bytes: number) {
    this.#file = file
    this.#bytes = bytes
  }

  async write({ records }: ReadRun): Promise<string> {
    const pieces: Uint8Array[] = []
    for (let row = 0; row < records.count; row++)
      if (progressAt(records, row) === undefined) pieces.push(valueBytes(records, row), LF)
    const bytes = Buffer.concat(pieces)
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#file.write(
        bytes,
        done,
        bytes.length - done,
        this.#bytes + done,
      )
      done += bytesWritten
    }
    await this.#file.datasync()
    this.#bytes += bytes.length
    return String(this.#bytes)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}
