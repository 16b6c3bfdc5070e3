// Rows as a file of CSV, JSON lines or Parquet, which appears when it is whole.
import { looksLikeText } from './csv-cells.ts'
import type { FileFormat } from '../../base/file-format.ts'
import { ParquetTable } from './parquet-table.ts'
import type { Row, RowShape } from './row-shape.ts'
import { WholeFile } from './whole-file.ts'

export interface FileWriter {
  /** @param bytes the row's JSON as it came; they must not change afterwards. */
  write(row: Row, bytes: Uint8Array): void
  finish(): void
  /** Nothing of it stays. */
  abandon(): void
}

/** @param shape of all rows; JSON lines need none. */
export function fileWriter(path: string, format: FileFormat, shape: RowShape): FileWriter {
  if (format === 'jsonl') return new LinesWriter(path)
  return format === 'csv' ? new CsvWriter(path, shape) : new TableWriter(path, shape)
}

const LF = Buffer.from('\n')

class LinesWriter implements FileWriter {
  readonly #file: WholeFile

  constructor(path: string) {
    this.#file = new WholeFile(path)
  }

  write(row: Row, bytes: Uint8Array): void {
    // JSON may be written over several lines.
    this.#file.add(bytes.includes(10) ? Buffer.from(JSON.stringify(row)) : bytes)
    this.#file.add(LF)
  }

  finish(): void {
    this.#file.finish()
  }

  abandon(): void {
    this.#file.abandon()
  }
}

class CsvWriter implements FileWriter {
  readonly #file: WholeFile
  readonly #names: readonly string[]

  constructor(path: string, { columns }: RowShape) {
    this.#file = new WholeFile(path)
    this.#names = columns.map(({ name }) => name)
    this.#line(this.#names.map((name) => (isPlain(name) ? name : quoted(name))))
  }

  write(row: Row): void {
    this.#line(this.#names.map((name) => cell(row[name])))
  }

  finish(): void {
    this.#file.finish()
  }

  abandon(): void {
    this.#file.abandon()
  }

  #line(cells: readonly string[]): void {
    this.#file.add(Buffer.from(`${cells.join(',')}\n`))
  }
}

/** So that an import gives the same row again: texts that look like something else are quoted, and so is an empty one. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return isPlain(value) ? value : quoted(value)
  // All digits of such an integer would be taken for a text, which keeps them.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return Number(value).toExponential()
  return typeof value === 'object' ? quoted(JSON.stringify(value)) : JSON.stringify(value)
}

function isPlain(text: string): boolean {
  return text !== '' && !/^\s|[",\r\n]|\s$/.test(text) && looksLikeText(text)
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

const GROUP_ROWS = 50_000

class TableWriter implements FileWriter {
  readonly #table: ParquetTable
  readonly #names: readonly string[]
  #rows: Row[] = []

  constructor(path: string, { columns }: RowShape) {
    this.#table = new ParquetTable(path, columns)
    this.#names = columns.map(({ name }) => name)
  }

  write(row: Row): void {
    this.#rows.push(row)
    if (this.#rows.length >= GROUP_ROWS) this.#group()
  }

  finish(): void {
    this.#group()
    this.#table.finish()
  }

  abandon(): void {
    this.#table.abandon()
  }

  #group(): void {
    if (this.#rows.length === 0) return
    this.#table.group(this.#names.map((name) => this.#rows.map((row) => row[name])))
    this.#rows = []
  }
}
