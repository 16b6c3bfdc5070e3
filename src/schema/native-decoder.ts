// Decodes a batch natively; what the scanner is not sure of goes through JSON.parse and the schema's own validate.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Records } from '../base/records.ts'
import type { DecodedBatch, Decoder } from './event-schema.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { judge } from './fallback-decoder.ts'
import { fieldsOf, type NativeObject } from './native-layout.ts'
import { NativeScanner, scanObject, type ScanObject } from './native-scanner.ts'

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
  readonly #scanner = new NativeScanner()

  constructor(schema: StandardSchemaV1, name: string, layout: NativeObject) {
    this.#schema = schema
    this.#name = name
    this.#root = scanObject(layout, this.#builders)
    this.#paths = fieldsOf(layout).map(({ path }) => path)
  }

  decode(records: Records, into: DecodedBatch): void {
    const { count, values, valueEnds } = records
    const bytes = valueEnds[count] - valueEnds[0]
    for (const builder of this.#builders) builder.begin(count, bytes)
    if (into.recordOf.length < count) into.recordOf = new Uint32Array(count * 2)
    into.bad.length = 0
    into.objects = undefined
    let row = 0
    const place = { start: 0, end: 0, row: 0 }
    for (let record = 0; record < count; record++) {
      place.start = valueEnds[record]
      place.end = valueEnds[record + 1]
      place.row = row
      if (!this.#scanner.scan(this.#root, values, place)) {
        const judged = judge(this.#schema, this.#name, values.subarray(place.start, place.end))
        this.#rewind(row)
        if ('reason' in judged) {
          into.bad.push({ record, reason: judged.reason })
          continue
        }
        this.#put(row, judged.value)
      }
      into.recordOf[row++] = record
    }
    into.rows = row
    into.columns.length = 0
    for (const builder of this.#builders) into.columns.push(builder.column())
  }

  /** Forgets texts of a row that was read in part. */
  #rewind(row: number): void {
    for (const builder of this.#builders) {
      if (builder.leaf.rules.kind === 'string') builder.used = builder.ends[row]
    }
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
