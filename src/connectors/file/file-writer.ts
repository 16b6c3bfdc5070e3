// Rows as a file of CSV, JSON lines or Parquet, which appears when it is whole.
import { csvHeader, csvLine } from './csv-line.ts'
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
    this.#file.add(Buffer.from(csvHeader(this.#names, ',')))
  }

  write(row: Row): void {
    this.#file.add(Buffer.from(csvLine(row, this.#names, ',')))
  }

  finish(): void {
    this.#file.finish()
  }

  abandon(): void {
    this.#file.abandon()
  }
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
