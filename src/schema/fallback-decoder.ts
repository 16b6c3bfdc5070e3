// Reads events by JSON.parse and the schema's own validate: slower, and right for every schema.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Records } from '../base/records.ts'
import type { DecodedBatch, Decoder } from './event-schema.ts'
import { validated, type Judged } from './validated.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** How deep an event may nest: what walks it (a recursive schema, JSON.stringify) has a stack, and its size is not the log's to say. */
export const NESTING_MAX = 500

export function fallbackDecoder(schema: StandardSchemaV1, name: string): Decoder {
  return {
    decode(records: Records, into: DecodedBatch): void {
      const objects: unknown[] = []
      into.bad.length = 0
      if (into.recordOf.length < records.count) into.recordOf = new Uint32Array(records.count)
      const ends = new Uint32Array(records.count + 1)
      const parts: Uint8Array[] = []
      for (let record = 0; record < records.count; record++) {
        const bytes = records.values.subarray(
          records.valueEnds[record],
          records.valueEnds[record + 1],
        )
        const judged = judge(schema, name, bytes)
        if ('reason' in judged) {
          into.bad.push({ record, reason: judged.reason })
          continue
        }
        into.recordOf[objects.length] = record
        parts.push(bytes)
        objects.push(judged.value)
        ends[objects.length] = ends[objects.length - 1] + bytes.length
      }
      into.rows = objects.length
      into.objects = objects
      into.columns[0] = { kind: 'json', bytes: Buffer.concat(parts), ends, marks: undefined }
    },
  }
}

/**
 * What the schema says of an event's bytes. The reason names path and rule, never a value.
 * @throws DefinitionError ML_SCHEMA when the schema answers with a promise.
 */
export function judge(schema: StandardSchemaV1, name: string, bytes: Uint8Array): Judged {
  if (bytes.length === 0) return { reason: 'an event must be JSON; found nothing' }
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return { reason: 'an event must be UTF-8; found bytes that are not' }
  }
  if (bytes.length > NESTING_MAX && nesting(bytes) > NESTING_MAX)
    return { reason: `an event must nest at most ${NESTING_MAX} levels; found one that is deeper` }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { reason: 'an event must be JSON; found a text that is not' }
  }
  if (hasHalfPair(text))
    return { reason: 'a text must be Unicode; found an escape that is half of a surrogate pair' }
  return validated(schema, name, json)
}

/** The deepest nesting of brackets outside of texts. */
function nesting(bytes: Uint8Array): number {
  let depth = 0
  let deepest = 0
  let inText = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (inText) {
      if (byte === 92) i++
      else if (byte === 34) inText = false
    } else if (byte === 34) inText = true
    else if (byte === 123 || byte === 91) deepest = Math.max(deepest, ++depth)
    else if (byte === 125 || byte === 93) depth--
  }
  return deepest
}

const ESCAPE = /\\(?:u[dD][89abAB][\dA-Fa-f]{2}\\u[dD][c-fC-F][\dA-Fa-f]{2}|(u[dD][89a-fA-F])|[^])/g

/** Whether a JSON text has an escaped surrogate without its other half: it has no UTF-8, so that no column could hold it. */
function hasHalfPair(text: string): boolean {
  if (!text.includes('\\u')) return false
  for (const match of text.matchAll(ESCAPE)) if (match[1] !== undefined) return true
  return false
}
