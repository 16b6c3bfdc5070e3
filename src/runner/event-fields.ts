// Key and time of a record, from the fields of its event that were named.
import { toTime } from '../schema/event-time.ts'

export interface FieldNames {
  /** Field of the event that is the record's key. */
  readonly key: string | undefined
  /** Field of the event that is its time; undefined: now. */
  readonly time: string | undefined
}

export type FieldsFound =
  | { readonly time: number; readonly key: string | undefined }
  /** What it has instead, without a value of it. */
  | { readonly found: string }

/** @param now in place of a time that is not asked for, ms. */
export function fieldsOf(event: Uint8Array, { key, time }: FieldNames, now: number): FieldsFound {
  if (key === undefined && time === undefined) return { time: now, key: undefined }
  const parsed = parse(event)
  if (parsed === undefined) return { found: 'no JSON' }
  const at = time === undefined ? now : toTime(fieldOf(parsed, time))
  if (Number.isNaN(at))
    return { found: `no time (ms since 1970, or ISO with its zone) in '${time}'` }
  if (key === undefined) return { time: at, key: undefined }
  const value = fieldOf(parsed, key)
  return typeof value === 'string' || typeof value === 'number'
    ? { time: at, key: String(value) }
    : { found: `no key (text or number) in '${key}'` }
}

/** A field of its own; undefined where it is no object, or has none. */
export function fieldOf(event: unknown, name: string): unknown {
  return typeof event === 'object' && event !== null && Object.hasOwn(event, name)
    ? Reflect.get(event, name)
    : undefined
}

/** undefined where it is no JSON. */
export function parse(event: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(event.buffer, event.byteOffset, event.length).toString('utf8'))
  } catch {
    return undefined
  }
}
