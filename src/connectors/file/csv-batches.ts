// A file of rows of cells (RFC 4180): each becomes a JSON object by the names of its columns.
import { CsvError, parse, type Parser } from 'csv-parse'
import { Readable } from 'node:stream'
import { ConnectorError } from '../../base/errors.ts'
import type { SourceBatch } from '../../contracts/source.ts'
import { BatchCut, oddLine } from './batch-cut.ts'
import { byteInput } from './byte-input.ts'
import { RowWriter, type Cell } from './csv-cells.ts'
import type { TextFile } from './jsonl-batches.ts'
import { FILE_START, type TextPlace } from './text-place.ts'

/** A row that is longer has most likely a quote that is never closed. */
const ROW_MAX = 16 << 20

interface CsvRow {
  readonly record: readonly Cell[]
  readonly raw: string
  readonly info: { readonly bytes: number; readonly lines: number }
}

export interface CsvFile extends TextFile {
  readonly gzip: boolean
  readonly delimiter: string
}

export async function* csvBatches(file: CsvFile): AsyncGenerator<SourceBatch> {
  const { path, from, reading, position, done } = file
  const columns = reading.columns ?? (await headerOf(file))
  const writer = new RowWriter(columns, reading.fields)
  const cut = new BatchCut(path, reading.odd)
  let skip = reading.columns === undefined && from.bytes === 0
  let place = from
  for await (const { record, raw, info } of rowsOf(file, file.input.bytes, from)) {
    // Empty lines before a row are in its text.
    const blank = /^[\r\n]*/.exec(raw)?.[0] ?? ''
    const line = place.line + 1 + blank.replaceAll('\r', '').length
    place = { bytes: from.bytes + info.bytes, line: from.line + info.lines }
    if (skip) {
      skip = false
      continue
    }
    if (record.length === columns.length) cut.add(writer.json(record))
    else {
      const found = `${record.length} cells where the header has ${columns.length}, in line ${line}`
      cut.addOdd(raw.slice(blank.length).replace(/\r?\n$/, ''), found)
    }
    if (!cut.full) continue
    yield cut.take(position(place), done(place))
    cut.reset()
  }
  if (!cut.empty) yield cut.take(position(place), done(place))
}

async function headerOf(file: CsvFile): Promise<readonly string[]> {
  const input = byteInput(file.path, file.gzip, 0)
  try {
    for await (const { record } of rowsOf(file, input.bytes, FILE_START)) {
      const names = record.map(({ text }) => text.trim())
      checkHeader(file.path, names)
      return names
    }
  } finally {
    input.close()
  }
  return []
}

function checkHeader(path: string, names: readonly string[]): void {
  const unnamed = names.findIndex((name) => name === '')
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (unnamed < 0 && twice === undefined) return
  const found = twice === undefined ? `column ${unnamed + 1} without one` : `'${twice}' twice`
  throw new ConnectorError(
    'ML_SOURCE',
    `the first line of ${path} must name every column, each otherwise; found ${found}; correct it, or name the columns yourself`,
    { details: { file: path } },
  )
}

async function* rowsOf(
  { path, delimiter }: CsvFile,
  bytes: AsyncIterable<Uint8Array>,
  from: TextPlace,
): AsyncGenerator<CsvRow> {
  // A quote inside of a cell that does not begin with one is a letter like others: the schema judges the value.
  const parser = parse({
    bom: from.bytes === 0,
    delimiter,
    info: true,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: ROW_MAX,
    cast: (text, { quoting }): Cell => ({ text, quoted: quoting }),
  })
  const input = Readable.from(bytes)
  input.once('error', (error) => parser.destroy(error))
  input.pipe(parser)
  try {
    for await (const row of rows(parser)) yield row
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = from.line + parser.info.lines
    const what =
      error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
        ? `a quote that is never closed, opened before line ${line}`
        : `${error.code} in line ${line}`
    throw oddLine(path, what, error)
  } finally {
    input.destroy()
    parser.destroy()
  }
}

/** The parser's own type says nothing of its rows. */
function rows(parser: Parser): AsyncIterable<CsvRow> {
  return parser
}
