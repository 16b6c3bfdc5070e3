// Progress is data in the log, never a guess of the reader: a record with an empty value and this header says
// "this partition will bring nothing before t". It is no event and no reader counts it as one.
import { headerLine, headerValue } from '../base/records.ts'
import type { Records } from './log.ts'

export const PROGRESS_HEADER = 'millrace-progress'

/** The header of a progress record. @param before ms since 1970; Infinity says "nothing more ever". */
export function progressHeader(before: number): string {
  return headerLine(PROGRESS_HEADER, before === Infinity ? 'end' : String(before))
}

/** What a record's headers say about progress, ms: Infinity for the end, undefined when it is an event. */
export function progressOf(headers: string): number | undefined {
  const value = headerValue(headers, PROGRESS_HEADER)
  if (value === undefined) return undefined
  return value === 'end' ? Infinity : Number(value)
}

/** As `progressOf`, straight from the columns: costs nothing for a record without headers. */
export function progressAt(records: Records, row: number): number | undefined {
  const start = records.headerEnds[row]
  const end = records.headerEnds[row + 1]
  if (end === start) return undefined
  const { headers } = records
  return progressOf(
    Buffer.from(headers.buffer, headers.byteOffset + start, end - start).toString('utf8'),
  )
}
