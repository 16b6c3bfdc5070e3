// Writes the records of a topic as a file, partition by partition, in the order of their offsets. The file appears when it is whole.
import { EventError } from '../../base/errors.ts'
import { valueBytes } from '../../base/records.ts'
import type { FileFormat } from '../../base/file-format.ts'
import { fileWriter } from '../../connectors/file/file-writer.ts'
import { isRow, RowShape, type Row } from '../../connectors/file/row-shape.ts'
import type { RangeEnd, TransferProgress } from '../../contracts/commands.ts'
import type { Log } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import { parse } from '../event-fields.ts'

/** Offsets of a partition: from included, to excluded. */
export interface Part {
  readonly partition: number
  readonly from: number
  readonly to: number
}

export interface WriteTopicFile {
  readonly topic: string
  readonly file: string
  readonly format: FileFormat
  readonly parts: readonly Part[]
  /** Times of records: from included, to excluded. Offsets stand in the parts. */
  readonly from?: RangeEnd | undefined
  readonly to?: RangeEnd | undefined
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
}

export interface WrittenPart extends Part {
  readonly records: number
}

/** @throws EventError where a record is no object; nothing of the file stays then. */
export function writeTopicFile(log: Log, options: WriteTopicFile): Promise<WrittenPart[]> {
  return new TopicFile(log, options).write()
}

class TopicFile {
  readonly #log: Log
  readonly #options: WriteTopicFile
  readonly #started = performance.now()
  readonly #size: number
  #done = 0
  #records = 0

  constructor(log: Log, options: WriteTopicFile) {
    this.#log = log
    this.#options = options
    this.#size = options.parts.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)
  }

  async write(): Promise<WrittenPart[]> {
    const { file, format, parts, signal } = this.#options
    const shape = new RowShape()
    // Formats with columns are read twice: what they are stands before the first row.
    const readings = format === 'jsonl' ? 1 : 2
    if (readings === 2)
      for (const part of parts) await this.#each(part, readings, (row) => shape.add(row))
    this.#records = 0
    const writer = fileWriter(file, format, shape)
    try {
      const written: WrittenPart[] = []
      for (const part of parts) {
        const before = this.#records
        await this.#each(part, readings, (row, bytes) => writer.write(row, bytes))
        written.push({ ...part, records: this.#records - before })
      }
      signal?.throwIfAborted()
      writer.finish()
      return written
    } catch (error) {
      writer.abandon()
      throw error
    }
  }

  async #each(
    { partition, from, to }: Part,
    readings: number,
    use: (row: Row, bytes: Uint8Array) => void,
  ): Promise<void> {
    const { topic, signal } = this.#options
    const [begin, end] = [this.#options.from, this.#options.to].map((each) =>
      each !== undefined && 'time' in each ? each.time : undefined,
    )
    for (let offset = from; offset < to && signal?.aborted !== true;) {
      const { runs, next } = await this.#log.read([{ topic, partition, offset }], {
        maxBytes: 4 << 20,
        maxWaitMs: 0,
      })
      for (const { offsets, records } of runs) {
        for (let i = 0; i < records.count; i++) {
          if (offsets[i] < offset || offsets[i] >= to || progressAt(records, i) !== undefined)
            continue
          const time = records.times[i]
          if ((begin !== undefined && time < begin) || (end !== undefined && time >= end)) continue
          const bytes = valueBytes(records, i).slice()
          use(rowOf(bytes, `${topic}/${partition}/${offsets[i]}`), bytes)
          this.#records++
        }
      }
      this.#done += (Math.min(next[0].offset, to) - offset) / readings
      offset = next[0].offset
      this.#tell()
    }
  }

  #tell(): void {
    const { topic, file, onProgress } = this.#options
    onProgress?.({
      from: topic,
      to: file,
      number: 1,
      files: 1,
      done: this.#done,
      size: this.#size,
      unit: 'records',
      records: this.#records,
      elapsedSeconds: (performance.now() - this.#started) / 1000,
    })
  }
}

/** @throws EventError where it is no object: a file that left it out would not be the topic. */
function rowOf(bytes: Uint8Array, at: string): Row {
  const value = parse(bytes)
  if (isRow(value)) return value
  throw new EventError(
    `a record must be a JSON object to be a row of a file; found none at ${at}; leave it out with --from and --to, or --partition`,
    { details: { at } },
  )
}
