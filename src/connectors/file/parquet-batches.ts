// A Parquet file: a record a row, as a JSON object. A row group is read at once, column by column: memory is bounded by one.
import { gunzipSync, brotliDecompressSync, zstdDecompressSync } from 'node:zlib'
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  type FileMetaData,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { ConnectorError } from '../../base/errors.ts'
import type { SourceBatch } from '../../contracts/source.ts'
import { BatchCut } from './batch-cut.ts'
import type { FileReading } from './file-options.ts'
import { RowJson, timeParsers } from './parquet-values.ts'

/** Node's own where it has one. */
const COMPRESSORS = {
  ...compressors,
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliDecompressSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
}

export interface ParquetFile {
  readonly path: string
  readonly reading: FileReading
  /** Rows before the first that is wanted. */
  readonly from: number
  /** A number of rows as a position. */
  readonly position: (rows: number) => string
}

/** How many rows it has. @throws ConnectorError ML_SOURCE when it is no Parquet file. */
export async function parquetRows(path: string): Promise<number> {
  return Number((await open(path)).metadata.num_rows)
}

async function open(path: string): Promise<{
  readonly file: Awaited<ReturnType<typeof asyncBufferFromFile>>
  readonly metadata: FileMetaData
}> {
  const file = await asyncBufferFromFile(path)
  try {
    return { file, metadata: await parquetMetadataAsync(file) }
  } catch (cause) {
    throw unreadable(path, 'none of its metadata', cause)
  }
}

export async function* parquetBatches(of: ParquetFile): AsyncGenerator<SourceBatch> {
  const { path, reading, from, position } = of
  const { file, metadata } = await open(path)
  const cut = new BatchCut(path, reading.odd)
  const json = new RowJson(reading)
  let first = 0
  let row = from
  for (const [number, group] of metadata.row_groups.entries()) {
    const end = first + Number(group.num_rows)
    if (end > row) {
      const range = { rowStart: first, rowEnd: end }
      const parsers = timeParsers(reading.timestamps)
      const rows = await parquetReadObjects({
        file,
        metadata,
        ...range,
        compressors: COMPRESSORS,
        parsers,
      }).catch((error: unknown) => {
        throw unreadable(path, `a row group, number ${number}, that cannot be read`, error)
      })
      for (; row < end; row++) {
        cut.add(json.of(rows[row - first]))
        if (!cut.full) continue
        yield cut.take(position(row + 1), row + 1)
        cut.reset()
      }
    }
    first = end
  }
  if (!cut.empty) yield cut.take(position(row), row)
}

function unreadable(path: string, found: string, cause: unknown): ConnectorError {
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  return new ConnectorError(
    'ML_SOURCE',
    `${path} must be a Parquet file; found ${found}${why}; write it again, or say another format`,
    { details: { file: path }, cause },
  )
}
