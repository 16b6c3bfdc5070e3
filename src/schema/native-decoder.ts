// Decodes a batch natively, in three ways that agree: generated code for the order of keys that events have had, a scanner for any
// other order, and what neither is sure of through JSON.parse and the schema's own validate.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Records } from '../base/records.ts'
import type { DecodedBatch, Decoder } from './event-schema.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { judge } from './fallback-decoder.ts'
import { JsonReader } from './json-reader.ts'
import { fieldsOf, type NativeObject } from './native-layout.ts'
import { nativeReader, stepsOf, type NativeReader, type ReadRun } from './native-reader.ts'
import { NativeScanner, scanObject, type ScanObject } from './native-scanner.ts'

/** How often the order is learned anew. Which way an event is read never shows in what is read. */
const ORDERS_MAX = 4

export function nativeDecoder(
  schema: StandardSchemaV1,
  name: string,
  layout: NativeObject,
): Decoder {
  return new NativeDecoder(schema, name, layout)
}

class NativeDecoder implements Decoder {
  readonly #schema: StandardSchemaV1
  readonly #name: string
  readonly #root: ScanObject
  readonly #builders: ColumnBuilder[] = []
  readonly #paths: readonly (readonly string[])[]
  readonly #reader = new JsonReader()
  readonly #scanner: NativeScanner
  #read: NativeReader | undefined
  #orders = 0

  constructor(schema: StandardSchemaV1, name: string, layout: NativeObject) {
    this.#schema = schema
    this.#name = name
    this.#root = scanObject(layout, this.#builders)
    this.#paths = fieldsOf(layout).map(({ path }) => path)
    this.#scanner = new NativeScanner(this.#root, this.#reader)
  }

  decode(records: Records, into: DecodedBatch): void {
    const { count, values, valueEnds } = records
    this.#reader.bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    for (const builder of this.#builders) builder.begin(count, valueEnds[count] - valueEnds[0])
    if (into.recordOf.length < count) into.recordOf = new Uint32Array(count * 2)
    into.bad.length = 0
    into.objects = undefined
    const run: ReadRun = { ends: valueEnds, recordOf: into.recordOf, count, record: 0, row: 0 }
    let scanned = 0
    let last = 0
    while (run.record < count) {
      this.#read?.(run)
      if (run.record === count) break
      if (this.#one(run, into)) {
        scanned++
        last = run.record
      }
      run.record++
    }
    into.rows = run.row
    into.columns.length = 0
    for (const builder of this.#builders) into.columns.push(builder.column())
    if (scanned * 4 > count) this.#learn(valueEnds[last], valueEnds[last + 1])
  }

  /** Reads the next record without the generated code. @returns whether the scanner was sure of it. */
  #one(run: ReadRun, into: DecodedBatch): boolean {
    const { ends, record, row } = run
    for (const builder of this.#builders) builder.rewind(row)
    const sure = this.#scanner.scan(ends[record], ends[record + 1], row)
    if (!sure) {
      for (const builder of this.#builders) builder.rewind(row)
      const bytes = this.#reader.bytes.subarray(ends[record], ends[record + 1])
      const judged = judge(this.#schema, this.#name, bytes)
      if ('reason' in judged) {
        into.bad.push({ record, reason: judged.reason })
        return false
      }
      this.#put(row, judged.value)
    }
    into.recordOf[row] = record
    run.row++
    return sure
  }

  /** Generates code for the order of keys of an event that the scanner was sure of. */
  #learn(start: number, end: number): void {
    if (this.#orders === ORDERS_MAX) return
    this.#orders++
    const event: unknown = JSON.parse(this.#reader.bytes.toString('utf8', start, end))
    this.#read = nativeReader(stepsOf(this.#root, event), this.#builders, this.#reader)
  }

  #put(row: number, value: unknown): void {
    for (let i = 0; i < this.#builders.length; i++) {
      let own = value
      for (const name of this.#paths[i])
        own = typeof own === 'object' && own !== null ? Reflect.get(own, name) : undefined
      this.#builders[i].put(row, own)
    }
  }
}
