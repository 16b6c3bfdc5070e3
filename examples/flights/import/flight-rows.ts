// The flights of the Parquet file, a row group at a time and in typed columns: memory is bounded by one group.
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetScan } from 'hyparquet'

/** One row group; flight `i` of it is row `first + i` of the file. In order of departure. */
export interface FlightRows {
  readonly first: number
  readonly count: number
  /** Departure, ms since 1970, to the minute. */
  readonly departures: Float64Array
  /** At arrival, minutes; some are absurd. */
  readonly delays: Int32Array
  readonly miles: Int32Array
  /** Places in `airports`. */
  readonly origins: Uint16Array
  readonly destinations: Uint16Array
}

export interface FlightsFile {
  readonly count: number
  /** Codes of the airports met so far; it grows with the groups. */
  readonly airports: readonly string[]
  /** Row groups up to that row. */
  groups(rows: number): AsyncGenerator<FlightRows>
}

/** Reads only what a group needs: five columns, one after the other. */
export async function openFlights(path: string): Promise<FlightsFile> {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const scan = await parquetScan({
    file,
    metadata,
    parsers: { timestampFromMicroseconds: (micros) => Number(micros) / 1000 },
    compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
  })
  const airports: string[] = []
  const places = new Map<string, number>()
  const placeOf = (value: unknown): number => {
    const code = String(value)
    const known = places.get(code)
    if (known !== undefined) return known
    places.set(code, airports.length)
    return airports.push(code) - 1
  }

  async function* groups(end: number): AsyncGenerator<FlightRows> {
    let first = 0
    for (const { num_rows: rows } of metadata.row_groups) {
      if (first >= end) return
      const range = { rowStart: first, rowEnd: Math.min(first + Number(rows), end) }
      const column = async (name: string): Promise<ArrayLike<unknown>> =>
        scan.readColumn({ column: name, ...range })
      yield {
        first,
        count: range.rowEnd - first,
        departures: Float64Array.from(await column('date'), Number),
        delays: Int32Array.from(await column('delay'), Number),
        miles: Int32Array.from(await column('distance'), Number),
        origins: Uint16Array.from(await column('origin'), placeOf),
        destinations: Uint16Array.from(await column('destination'), placeOf),
      }
      first = range.rowEnd
    }
  }
  return { count: Number(metadata.num_rows), airports, groups }
}
