// What decoding must equal: JSON.parse and the schema's own validate, event by event, written without the code under test.
import { isDeepStrictEqual } from 'node:util'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { RecordsBuilder, type Records } from '../../src/base/records.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { emptyBatch, type DecodedBatch, type EventSchema } from '../../src/schema/event-schema.ts'
import { EventView } from '../../src/schema/event-view.ts'

export type Bytes = string | Uint8Array

/** What is wrong, as text; empty where all is equal. */
export interface Comparison {
  readonly compiled: EventSchema
  readonly wrong: readonly string[]
  readonly good: number
  readonly bad: number
}

/** Decodes the events three times and compares each time; after the first the good ones by themselves, from which code is generated. */
export function compare(schema: StandardSchemaV1, events: readonly Bytes[]): Comparison {
  const compiled = compileSchema(schema, 'events')
  const decoder = compiled.decoder()
  const builder = new RecordsBuilder()
  for (const event of events) builder.add(0, '', event)
  const expected = events.map((event) =>
    judged(schema, Buffer.from(event), compiled.mode === 'native'),
  )
  const wrong: string[] = []
  const batch = emptyBatch()
  for (let round = 0; round < 3; round++) {
    decoder.decode(builder.records(), batch)
    const rowOf = new Map<number, number>()
    for (let row = 0; row < batch.rows; row++) rowOf.set(batch.recordOf[row], row)
    events.forEach((event, i) => {
      const found = foundAt(compiled, batch, rowOf.get(i))
      if (isDeepStrictEqual(found, expected[i])) return
      wrong.push(
        `round ${round}: ${Buffer.from(event).toString()} gives ${say(found)}, not ${say(expected[i])}`,
      )
    })
    if (round === 0) decoder.decode(goodOnes(events, expected), emptyBatch())
    if (batch.rows + batch.bad.length !== events.length)
      wrong.push(`round ${round}: events are lost`)
  }
  const good = expected.filter((each) => each !== undefined).length
  return { compiled, wrong, good, bad: events.length - good }
}

function goodOnes(events: readonly Bytes[], expected: readonly unknown[]): Records {
  const builder = new RecordsBuilder()
  events.forEach((event, i) => {
    if (expected[i] !== undefined) builder.add(0, '', event)
  })
  return builder.records()
}

interface Good {
  readonly value: unknown
}

function judged(schema: StandardSchemaV1, bytes: Buffer, native: boolean): Good | undefined {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    if (!wellFormed(value)) return undefined
    const result = schema['~standard'].validate(value)
    if (result instanceof Promise) {
      result.catch(() => undefined)
      return undefined
    }
    if (result.issues !== undefined) return undefined
    // An array passes for an object without its fields. Read natively it is one: no type tells the two apart.
    const passed =
      Array.isArray(result.value) && native
        ? Object.fromEntries(Object.entries(result.value))
        : result.value
    return { value: native ? withoutUndefined(passed) : passed }
  } catch {
    return undefined
  }
}

function wellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, each]) => key.isWellFormed() && wellFormed(each))
}

function foundAt(compiled: EventSchema, batch: DecodedBatch, row?: number): Good | undefined {
  if (row === undefined) return undefined
  if (batch.objects !== undefined) return { value: batch.objects[row] }
  // The view a user's function sees: missing fields are undefined there, which JSON has no word for.
  const view = new EventView(compiled.fields)
  const value = withoutUndefined(view.point(batch.columns, row))
  view.close()
  return { value }
}

function withoutUndefined(value: unknown): unknown {
  // A list that passes for an object gets its defaults.
  const isList = Array.isArray(value) && Object.keys(value).every((key) => /^\d+$/.test(key))
  if (isList) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [key, withoutUndefined(each)] as const)
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined))
}

function say(found: Good | undefined): string {
  return found === undefined ? 'bad' : JSON.stringify(found.value)
}
