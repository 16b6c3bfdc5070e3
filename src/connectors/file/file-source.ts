// A file as an edge source.
import type { OpenSource, Source, SourceBatch } from '../../contracts/source.ts'
import { byteInput } from './byte-input.ts'
import { csvBatches } from './csv-batches.ts'
import { formatOf, type FormatOf } from '../../base/file-format.ts'
import type { FileReading } from './file-options.ts'
import { changed, fileState, FileWatch, type FileState } from './file-state.ts'
import { jsonlBatches } from './jsonl-batches.ts'
import { parquetBatches, parquetRows } from './parquet-batches.ts'
import { FILE_START, type TextPlace } from './text-place.ts'

export interface FileSourceOptions extends FileReading {
  readonly path: string
  /** See `Source.name`. Default: the path. */
  readonly name?: string
}

/** A position, as it is kept: a place in a file that was in that state. */
interface FilePosition {
  readonly file: FileState
  /** Between two lines. */
  readonly place?: TextPlace
  /** Between two rows of a table: how many lie before. */
  readonly rows?: number
}

/**
 * A file of CSV, JSON lines or Parquet, `.gz` where it is compressed. Memory is bounded by a batch; by a row group for Parquet.
 * A file that is not what it was at the position, or changes while it is read, is an error, never read on.
 * @throws DefinitionError ML_USAGE for an unknown format.
 */
export function fileSource(options: FileSourceOptions): Source {
  const { path, name = path } = options
  const format = formatOf(path, options.format)
  return {
    name,
    open: async (from) => {
      const watch = await FileWatch.of(path)
      const file = await fileState(path)
      const at: FilePosition | undefined = from === undefined ? undefined : JSON.parse(from)
      if (at !== undefined && (at.file.size !== file.size || at.file.digest !== file.digest))
        throw changed(path, 'since it was read to that position')
      const size = format.format === 'parquet' ? await parquetRows(path) : file.size
      return new OpenFile(options, { format, watch, file, size, at })
    },
  }
}

interface Opened {
  readonly format: FormatOf
  readonly watch: FileWatch
  readonly file: FileState
  readonly size: number
  readonly at: FilePosition | undefined
}

class OpenFile implements OpenSource {
  readonly #options: FileSourceOptions
  readonly #of: Opened
  #close: () => void = () => {}

  constructor(options: FileSourceOptions, of: Opened) {
    this.#options = options
    this.#of = of
  }

  get size(): number {
    return this.#of.size
  }

  async *batches(): AsyncGenerator<SourceBatch> {
    const { format, watch } = this.#of
    const read = format.format === 'parquet' ? this.#table() : this.#text(format)
    for await (const batch of read) {
      await watch.check()
      yield batch
    }
    await watch.check()
  }

  #table(): AsyncGenerator<SourceBatch> {
    const { path } = this.#options
    const { file, at } = this.#of
    return parquetBatches({
      path,
      reading: this.#options,
      from: at?.rows ?? 0,
      position: (rows) => JSON.stringify({ file, rows } satisfies FilePosition),
    })
  }

  #text({ format, gzip, delimiter }: FormatOf): AsyncGenerator<SourceBatch> {
    const { path, delimiter: stated } = this.#options
    const { file, at } = this.#of
    const from = at?.place ?? FILE_START
    const input = byteInput(path, gzip, from.bytes)
    this.#close = () => input.close()
    const text = {
      path,
      input,
      from,
      reading: this.#options,
      position: (place: TextPlace) => JSON.stringify({ file, place } satisfies FilePosition),
      done: (place: TextPlace) => (gzip ? input.read() : place.bytes),
    }
    return format === 'csv'
      ? csvBatches({ ...text, gzip, delimiter: stated ?? delimiter })
      : jsonlBatches(text)
  }

  close(): Promise<void> {
    this.#close()
    return Promise.resolve()
  }
}
