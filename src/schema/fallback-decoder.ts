// Reads events by JSON.parse and the schema's own validate: slower, and right for every schema.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { DefinitionError } from '../base/errors.ts'
import type { Records } from '../base/records.ts'
import type { DecodedBatch, Decoder } from './event-schema.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

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

export type Judged = { readonly value: unknown } | { readonly reason: string }

/** What the schema says of an event's bytes. The reason names path and rule, never a value. */
export function judge(schema: StandardSchemaV1, name: string, bytes: Uint8Array): Judged {
  if (bytes.length === 0) return { reason: 'an event must be JSON; found nothing' }
  let json: unknown
  try {
    json = JSON.parse(utf8.decode(bytes))
  } catch (error) {
    return {
      reason:
        error instanceof SyntaxError
          ? 'an event must be JSON; found a text that is not'
          : 'an event must be UTF-8; found bytes that are not',
    }
  }
  const result = schema['~standard'].validate(json)
  if (result instanceof Promise) {
    result.catch(() => undefined)
    throw new DefinitionError(
      `the schema of stream '${name}' must validate at once; found a promise; remove what is asynchronous`,
      { code: 'ML_SCHEMA' },
    )
  }
  if (result.issues === undefined) return { value: result.value }
  const [first] = result.issues
  const path = (first?.path ?? [])
    .map((part) => String(typeof part === 'object' ? part.key : part))
    .join('.')
  return {
    reason: `an event must fit the schema of '${name}'; found what it refuses at ${path === '' ? 'the root' : `'${path}'`}`,
  }
}
