// `millrace export`: the records of a topic as a file, partition by partition, in the order of their offsets.
import { valueBytes } from '../../base/records.ts'
import { DefinitionError, EventError } from '../../base/errors.ts'
import { countedText } from '../../base/figures.ts'
import { formatOf, type FileFormat } from '../../base/file-format.ts'
import { fileWriter } from '../../connectors/file/file-writer.ts'
import { RowShape, type Row } from '../../connectors/file/row-shape.ts'
import type { Answer, ExportCommand } from '../../contracts/commands.ts'
import type { Log } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import { parse } from '../event-fields.ts'
import { knownTopic } from '../known-topic.ts'
import { withLogToRead } from '../with-log.ts'

export async function exportTopic(options: ExportCommand): Promise<Answer> {
  const { topic, file } = options
  const { format, gzip } = formatOf(file, options.format)
  if (gzip) {
    throw new DefinitionError(
      `a file is exported as it is; found '${file}'; compress it afterwards`,
      {
        code: 'ML_USAGE',
      },
    )
  }
  return withLogToRead(options.log, async (log) => {
    const parts = await partsOf(log, options)
    const written = await new Export(log, options, parts).write(format)
    const rows = written.reduce((sum, { records }) => sum + records, 0)
    return {
      ok: true,
      data: { topic, file, format, records: rows, partitions: written },
      lines: [`${file}: ${countedText(rows, 'record')} of '${topic}'`],
    }
  })
}

/** Offsets of a partition: from included, to excluded. */
interface Part {
  readonly partition: number
  readonly from: number
  readonly to: number
}

async function partsOf(log: Log, options: ExportCommand): Promise<Part[]> {
  const { topic, partition: only, from, to } = options
  const { parts } = await knownTopic(log, topic)
  const all = parts.map(({ start, end }, partition) => ({
    partition,
    from: from !== undefined && 'offset' in from ? Math.max(start, from.offset) : start,
    // What comes while it is written is not in it: both readings see the same.
    to: to !== undefined && 'offset' in to ? Math.min(end, to.offset) : end,
  }))
  const wanted = all.filter(({ partition }) => only === undefined || partition === only)
  if (wanted.length > 0) return wanted
  throw new DefinitionError(
    `a partition of '${topic}' must be from 0 to ${parts.length - 1}; found ${only}`,
    { code: 'ML_USAGE' },
  )
}

class Export {
  readonly #log: Log
  readonly #options: ExportCommand
  readonly #parts: readonly Part[]
  readonly #started = performance.now()
  readonly #size: number
  #done = 0
  #records = 0

  constructor(log: Log, options: ExportCommand, parts: readonly Part[]) {
    this.#log = log
    this.#options = options
    this.#parts = parts
    this.#size = parts.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)
  }

  async write(format: FileFormat): Promise<(Part & { readonly records: number })[]> {
    const shape = new RowShape()
    // Formats with columns are read twice: what they are stands before the first row.
    const readings = format === 'jsonl' ? 1 : 2
    if (readings === 2)
      for (const part of this.#parts) await this.#each(part, readings, (row) => shape.add(row))
    this.#records = 0
    const writer = fileWriter(this.#options.file, format, shape)
    try {
      const written: (Part & { readonly records: number })[] = []
      for (const part of this.#parts) {
        const before = this.#records
        await this.#each(part, readings, (row, bytes) => writer.write(row, bytes))
        written.push({ ...part, records: this.#records - before })
      }
      this.#options.signal.throwIfAborted()
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
    for (let offset = from; offset < to && !signal.aborted;) {
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
    onProgress({
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

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
