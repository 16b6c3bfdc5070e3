// A file of JSON lines as an edge sink. What was written behind the last position that is known is cut off when it is opened,
// so that every record is in it once, whatever happened between.
import { valueBytes } from '../../base/records.ts'
import type { ReadRun } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import type { OpenSink, Sink } from '../../contracts/sink.ts'
import { GrowingFile } from './growing-file.ts'

/** Positions are bytes. */
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
    open: async (at) => new OpenLines(await GrowingFile.open(path, Number(at))),
  }
}

const LF = Buffer.from('\n')

class OpenLines implements OpenSink {
  readonly #file: GrowingFile

  constructor(file: GrowingFile) {
    this.#file = file
  }

  async write(runs: readonly ReadRun[]): Promise<string> {
    const pieces: Uint8Array[] = []
    for (const { records } of runs)
      for (let row = 0; row < records.count; row++)
        if (progressAt(records, row) === undefined) pieces.push(valueBytes(records, row), LF)
    await this.#file.append(pieces)
    return String(this.#file.bytes)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
