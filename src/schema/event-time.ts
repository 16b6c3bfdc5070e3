// Event times as milliseconds since 1970.
import type { Column } from '../contracts/columns.ts'

const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/

/**
 * A number of ms, a Date, or an ISO text with its zone, as ms; NaN for anything else.
 * A text without a zone is a local time: it would mean another moment on another machine.
 */
export function toTime(value: unknown): number {
  if (typeof value === 'number')
    return Number.isFinite(value) && Math.abs(value) <= 8.64e15 ? value : NaN
  if (value instanceof Date) return value.getTime()
  if (typeof value !== 'string' || !ZONED.test(value)) return NaN
  return Date.parse(value)
}

/** Time of a row of a text column, straight from its bytes where they are `YYYY-MM-DDTHH:MM[:SS[.sss]]Z`; NaN where they are not. */
export function timeAt(column: Column, row: number): number {
  if (column.marks !== undefined && column.marks[row] !== 0) return NaN
  if (column.kind === 'number') return toTime(column.values[row])
  if (column.kind !== 'string') return NaN
  const { bytes, ends } = column
  const start = ends[row]
  const end = ends[row + 1]
  const fast = isoUtc(bytes, start, end)
  return Number.isNaN(fast)
    ? toTime(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8'))
    : fast
}

function isoUtc(b: Uint8Array, s: number, e: number): number {
  const length = e - s
  if (b[e - 1] !== 90 || (length !== 17 && length !== 20 && length !== 24)) return NaN
  if (b[s + 4] !== 45 || b[s + 7] !== 45 || b[s + 10] !== 84 || b[s + 13] !== 58) return NaN
  const year = two(b, s) * 100 + two(b, s + 2)
  const month = two(b, s + 5)
  const day = two(b, s + 8)
  const hour = two(b, s + 11)
  const minute = two(b, s + 14)
  let ms = 0
  if (length > 17) {
    if (b[s + 16] !== 58) return NaN
    ms = two(b, s + 17) * 1000
    if (ms > 59_000) return NaN
    if (length === 24) {
      if (b[s + 19] !== 46) return NaN
      ms += digit(b[s + 20]) * 100 + two(b, s + 21)
    }
  }
  // Impossible dates and hour 24 take the slow way, whose judgement counts.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59))
    return NaN
  return daysBefore(year, month, day) * 86_400_000 + hour * 3_600_000 + minute * 60_000 + ms
}

/** Days from 1970-01-01, in the proleptic Gregorian calendar (Howard Hinnant, days_from_civil). */
function daysBefore(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function two(b: Uint8Array, at: number): number {
  return digit(b[at]) * 10 + digit(b[at + 1])
}

function digit(byte: number): number {
  return byte >= 48 && byte <= 57 ? byte - 48 : NaN
}
