// Values of Parquet as JSON has them. Nothing is rounded that JSON can hold exactly.
import type { ParquetParsers } from 'hyparquet'
import type { CellField, FileReading } from './file-options.ts'

/** Timestamps as ISO texts in UTC, with as many decimals as they need, or as ms since 1970; dates as `2026-01-05`. */
export function timeParsers(as: FileReading['timestamps'] = 'iso'): Partial<ParquetParsers> {
  const fine = (value: bigint, unit: bigint, digits: number): string | number => {
    // Towards the past, also before 1970.
    const rest = ((value % unit) + unit) % unit
    const ms = Number((value - rest) / unit)
    if (as === 'ms') return Number(value) / Number(unit)
    const iso = new Date(ms).toISOString()
    return rest === 0n
      ? iso
      : `${iso.slice(0, -1)}${String(rest).padStart(digits, '0').replace(/0+$/, '')}Z`
  }
  return {
    timestampFromMilliseconds: (ms) =>
      as === 'ms' ? Number(ms) : new Date(Number(ms)).toISOString(),
    timestampFromMicroseconds: (micros) => fine(micros, 1000n, 3),
    timestampFromNanoseconds: (nanos) => fine(nanos, 1_000_000n, 6),
    dateFromDays: (days) =>
      as === 'ms' ? days * 86_400_000 : new Date(days * 86_400_000).toISOString().slice(0, 10),
  }
}

/** Writes rows of one file. */
export class RowJson {
  readonly #fields: ReadonlyMap<string, CellField> | undefined

  constructor({ fields }: FileReading) {
    this.#fields = fields
  }

  of(row: Readonly<Record<string, unknown>>): string {
    return JSON.stringify(row, (name, value: unknown) => this.#value(name, value, row))
  }

  /** What has no value is left out, as an empty cell of CSV; null where the schema wants null. */
  #value(name: string, value: unknown, row: object): unknown {
    if (value === null || value === undefined)
      return this.#fields?.get(name)?.missing === 'null' && name in row ? null : undefined
    if (typeof value === 'bigint')
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
        ? Number(value)
        : String(value)
    // JSON has none of these: as texts the schema can tell them from a number that is missing.
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
  }
}
