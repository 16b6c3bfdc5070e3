// A file of CSV as an edge sink, as that of JSON lines: what was written behind the last known position is cut off. Its columns are
// stated, or those of the first record; they stand in its position, so that a run that goes on has the same.
import { ConnectorError } from '../../base/errors.ts'
import { valueBytes } from '../../base/records.ts'
import type { ReadRun } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import type { OpenSink, Sink } from '../../contracts/sink.ts'
import { csvHeader, csvLine } from './csv-line.ts'
import { GrowingFile } from './growing-file.ts'
import { isRow, type Row } from './row-shape.ts'

export interface CsvSinkOptions {
  readonly path: string
  readonly name?: string
  /** undefined: those of the first record, in its order. */
  readonly columns?: readonly string[] | undefined
  /** One character. */
  readonly delimiter: string
}

interface CsvPosition {
  readonly bytes: number
  /** Of the header that was written. */
  readonly columns?: readonly string[]
}

/** @throws ConnectorError ML_SINK, when it is written, for a record that is no object, or has a field that is no column. */
export function csvSink(options: CsvSinkOptions): Sink {
  const { path, name = path } = options
  return {
    name,
    start: JSON.stringify({ bytes: 0 } satisfies CsvPosition),
    open: async (at) => {
      const position: CsvPosition = JSON.parse(at)
      checkColumns(options, position.columns)
      return new OpenCsv(await GrowingFile.open(path, position.bytes), options, position.columns)
    },
  }
}

/** A header that is written stays. */
function checkColumns(
  { path, columns }: CsvSinkOptions,
  written: readonly string[] | undefined,
): void {
  if (columns === undefined || written === undefined || columns.join('\n') === written.join('\n'))
    return
  throw new ConnectorError(
    'ML_SINK',
    `${path} must keep the columns it began with, ${written.join(', ')}; found ${columns.join(', ')}; name another file, which begins with the first record that its topic has`,
    { details: { file: path } },
  )
}

class OpenCsv implements OpenSink {
  readonly #file: GrowingFile
  readonly #options: CsvSinkOptions
  #written: readonly string[] | undefined

  constructor(file: GrowingFile, options: CsvSinkOptions, written: readonly string[] | undefined) {
    this.#file = file
    this.#options = options
    this.#written = written
  }

  async write(runs: readonly ReadRun[]): Promise<string> {
    await this.#file.append([Buffer.from(runs.map((run) => this.#linesOf(run)).join(''))])
    const columns = this.#written
    const position: CsvPosition = { bytes: this.#file.bytes, ...(columns && { columns }) }
    return JSON.stringify(position)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  #linesOf({ topic, partition, offsets, records }: ReadRun): string {
    const { delimiter } = this.#options
    let text = ''
    for (let row = 0; row < records.count; row++) {
      if (progressAt(records, row) !== undefined) continue
      const value = this.#rowOf(valueBytes(records, row), `${topic}/${partition}/${offsets[row]}`)
      if (this.#written === undefined) {
        this.#written = this.#options.columns ?? Object.keys(value)
        text += csvHeader(this.#written, delimiter)
      }
      this.#check(value, this.#written, `${topic}/${partition}/${offsets[row]}`)
      text += csvLine(value, this.#written, delimiter)
    }
    return text
  }

  #rowOf(bytes: Uint8Array, at: string): Row {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (isRow(value)) return value
    throw this.#refused(at, 'must be an object to be a row of a file', 'another value')
  }

  #check(row: Row, columns: readonly string[], at: string): void {
    const other = Object.keys(row).find((name) => !columns.includes(name))
    if (other !== undefined)
      throw this.#refused(at, `must have no fields but the columns ${columns.join(', ')}`, other)
  }

  #refused(at: string, must: string, found: string): ConnectorError {
    const { path } = this.#options
    return new ConnectorError(
      'ML_SINK',
      `a record that goes to ${path} ${must}; found ${found} at ${at}; name all fields that may come, for a file of another name: file('out.csv', { columns: [...] })`,
      { details: { file: path, at } },
    )
  }
}
