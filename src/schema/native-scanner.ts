// Reads one event of any order and spacing straight into columns: the careful way, for what the generated reader did not expect.
// It only ever says "yes, exactly so" or "not sure" (odd syntax, a key twice, a value its rules refuse).
import { ABSENT, NULL, PRESENT } from '../contracts/columns.ts'
import { ColumnBuilder } from './column-builder.ts'
import { NOT_SURE, type JsonReader } from './json-reader.ts'
import { isLeaf, type NativeObject } from './native-layout.ts'
import { numberFits } from './native-shape.ts'

export interface ScanField {
  /** The key with its quotes, as bytes. */
  readonly key: Uint8Array
  readonly name: string
  readonly builder: ColumnBuilder | undefined
  readonly object: ScanObject | undefined
}
export interface ScanObject {
  readonly fields: readonly ScanField[]
  readonly strict: boolean
  readonly optional: boolean
  readonly nullable: boolean
  /** The column that says whether it is there, of one that may be missing or null. */
  readonly presence: ColumnBuilder | undefined
  /** All columns in it, that one too. */
  readonly builders: readonly ColumnBuilder[]
  /** By field: the number of the scan that saw it last. */
  readonly seen: Float64Array
}

/** Makes what a scanner follows, and the builders of its columns in their order. */
export function scanObject(
  object: NativeObject,
  builders: ColumnBuilder[],
  inMissing = false,
): ScanObject {
  const { name: own, strict, optional, nullable } = object
  const first = builders.length
  const mayMiss = inMissing || optional || nullable
  let presence: ColumnBuilder | undefined
  if (optional || nullable) {
    const gone = {
      missing: optional ? 'kept' : 'refused',
      null: nullable ? 'kept' : 'refused',
    } as const
    presence = new ColumnBuilder({ name: own, rules: { kind: 'presence' }, ...gone }, inMissing)
    builders.push(presence)
  }
  const fields = object.fields.map((field): ScanField => {
    const { name } = field
    const key = Buffer.from(JSON.stringify(name), 'utf8')
    if (!isLeaf(field))
      return { key, name, builder: undefined, object: scanObject(field, builders, mayMiss) }
    const builder = new ColumnBuilder(field, mayMiss)
    builders.push(builder)
    return { key, name, builder, object: undefined }
  })
  const seen = new Float64Array(fields.length)
  return {
    fields,
    strict,
    optional,
    nullable,
    presence,
    builders: builders.slice(first),
    seen,
  }
}

export class NativeScanner {
  readonly #root: ScanObject
  readonly #reader: JsonReader
  #scans = 0
  #row = 0

  constructor(root: ScanObject, reader: JsonReader) {
    this.#root = root
    this.#reader = reader
  }

  /** Whether the event at [start, end) was read into row `row`. Where it was not, columns may hold part of it. */
  scan(start: number, end: number, row: number): boolean {
    const reader = this.#reader
    reader.end = end
    this.#scans++
    this.#row = row
    const at = this.#object(this.#root, reader.spaces(start))
    return at !== NOT_SURE && reader.spaces(at) === end
  }

  #object(object: ScanObject, start: number): number {
    const reader = this.#reader
    const { bytes, end } = reader
    if (start >= end || bytes[start] !== 123) return NOT_SURE
    let at = reader.spaces(start + 1)
    let guess = 0
    if (at < end && bytes[at] === 125) return this.#missing(object) ? at + 1 : NOT_SURE
    for (;;) {
      const index = this.#field(object.fields, guess, at)
      if (index === NOT_SURE) at = object.strict ? NOT_SURE : this.#skipField(at)
      else {
        if (object.seen[index] === this.#scans) return NOT_SURE
        object.seen[index] = this.#scans
        guess = index + 1
        at = this.#known(object.fields[index], at)
      }
      if (at === NOT_SURE) return NOT_SURE
      at = reader.spaces(at)
      if (at >= end) return NOT_SURE
      if (bytes[at] === 125) return this.#missing(object) ? at + 1 : NOT_SURE
      if (bytes[at] !== 44) return NOT_SURE
      at = reader.spaces(at + 1)
    }
  }

  #known(field: ScanField, start: number): number {
    const at = this.#colon(start + field.key.length)
    if (at === NOT_SURE) return NOT_SURE
    if (field.builder !== undefined) return this.#value(field.builder, at)
    return field.object === undefined ? NOT_SURE : this.#inner(field.object, at)
  }

  /** An object that is a field. */
  #inner(object: ScanObject, at: number): number {
    const reader = this.#reader
    if (object.nullable && reader.bytes[at] === 110) {
      if (!reader.word(at, 'null')) return NOT_SURE
      this.#allGone(object, NULL)
      return at + 4
    }
    object.presence?.mark(this.#row, PRESENT)
    return this.#object(object, at)
  }

  /** There is no such object: neither are the fields in it. */
  #allGone(object: ScanObject, mark: number): void {
    for (const builder of object.builders) builder.mark(this.#row, ABSENT)
    object.presence?.mark(this.#row, mark)
  }

  /** A field that no rule names. One that is written with escapes might be a known one. */
  #skipField(start: number): number {
    const reader = this.#reader
    let at = reader.skipText(start)
    if (at === NOT_SURE || reader.escaped) return NOT_SURE
    at = this.#colon(at)
    return at === NOT_SURE ? NOT_SURE : reader.skip(at)
  }

  #colon(start: number): number {
    const reader = this.#reader
    const at = reader.spaces(start)
    return at < reader.end && reader.bytes[at] === 58 ? reader.spaces(at + 1) : NOT_SURE
  }

  /** The field whose key stands here. */
  #field(fields: readonly ScanField[], guess: number, at: number): number {
    if (guess < fields.length && this.#isKey(fields[guess].key, at)) return guess
    for (let i = 0; i < fields.length; i++) if (this.#isKey(fields[i].key, at)) return i
    return NOT_SURE
  }

  #isKey(key: Uint8Array, at: number): boolean {
    const { bytes, end } = this.#reader
    if (at + key.length > end) return false
    for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false
    return true
  }

  /** Marks what was not there; false when something had to be. */
  #missing(object: ScanObject): boolean {
    const { fields, seen } = object
    for (let i = 0; i < fields.length; i++) {
      if (seen[i] === this.#scans) continue
      const { builder, object: inner } = fields[i]
      if (builder !== undefined && !builder.missing(this.#row)) return false
      if (inner === undefined) continue
      if (!inner.optional) return false
      this.#allGone(inner, ABSENT)
    }
    return true
  }

  #value(builder: ColumnBuilder, at: number): number {
    const reader = this.#reader
    const row = this.#row
    const { rules } = builder.leaf
    if (at >= reader.end) return NOT_SURE
    if (reader.bytes[at] === 110)
      return reader.word(at, 'null') && builder.nil(row) ? at + 4 : NOT_SURE
    if (builder.mayMiss) builder.mark(row, PRESENT)
    switch (rules.kind) {
      case 'string':
        return this.#text(builder, at)
      case 'boolean': {
        const yes = reader.bytes[at] === 116
        if (!reader.word(at, yes ? 'true' : 'false') || rules.only === !yes) return NOT_SURE
        builder.booleans[row] = yes ? 1 : 0
        return at + (yes ? 4 : 5)
      }
      case 'number': {
        const end = reader.number(at)
        if (end === NOT_SURE || !numberFits(rules.number, reader.value)) return NOT_SURE
        builder.numbers[row] = reader.value
        return end
      }
      case 'vector': {
        const end = builder.vector(reader, at)
        builder.ends[row + 1] = builder.used
        return end
      }
      case 'json': {
        const end = builder.json(reader, at)
        builder.ends[row + 1] = builder.used
        return end
      }
      case 'presence':
        return NOT_SURE
    }
  }

  #text(builder: ColumnBuilder, at: number): number {
    const reader = this.#reader
    const start = builder.used
    if (reader.bytes[at] !== 34) return NOT_SURE
    const end = reader.text(at + 1, 0, builder)
    if (end === NOT_SURE) return NOT_SURE
    if (!builder.textFits(start, builder.used, reader.units, reader.points)) return NOT_SURE
    builder.ends[this.#row + 1] = builder.used
    return end
  }
}
