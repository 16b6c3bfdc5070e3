// What a dead letter says when it does not hold the event as it came: a retry takes the record it came from instead.
import { headerLine } from '../../base/records.ts'

export const REDACTED_HEADER = 'millrace-redacted'
export const REDACTED: string = headerLine(REDACTED_HEADER, 'yes')
