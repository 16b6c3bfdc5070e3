// A Parquet file that is written a row group at a time, and appears when it is whole.
import { fileWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import type { ShapeKind } from './row-shape.ts'
import { abandon, appear, partOf } from './whole-file.ts'

export interface TableColumn {
  readonly name: string
  readonly kind: ShapeKind
}

const TYPES: Readonly<Record<Exclude<ShapeKind, 'numbers'>, Omit<SchemaElement, 'name'>>> = {
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
}

/** A column as its file says it; a list is a group in three steps. */
function elementsOf({ name, kind }: TableColumn): SchemaElement[] {
  if (kind !== 'numbers') return [{ name, repetition_type: 'OPTIONAL', ...TYPES[kind] }]
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', type: 'DOUBLE' },
  ]
}

export class ParquetTable {
  readonly #path: string
  readonly #columns: readonly TableColumn[]
  readonly #writer: ParquetWriter

  constructor(path: string, columns: readonly TableColumn[]) {
    this.#path = path
    this.#columns = columns
    this.#writer = new ParquetWriter({
      writer: fileWriter(partOf(path)),
      schema: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(elementsOf)],
      createdBy: 'millrace',
    })
  }

  /** Values of each column; null and undefined are no value. */
  group(values: readonly (readonly unknown[])[]): void {
    const rows = values[0]?.length ?? 0
    if (rows === 0) return
    void this.#writer.write({
      columnData: this.#columns.map(({ name }, i) => ({
        name,
        data: values[i].map((value) => value ?? undefined),
      })),
      rowGroupSize: rows,
    })
  }

  /** @param metadata beside the columns, by key. */
  finish(metadata: Readonly<Record<string, string>> = {}): void {
    this.#writer.kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }))
    void this.#writer.finish()
    appear(this.#path)
  }

  abandon(): void {
    abandon(this.#path)
  }
}
