// Judges a JSON value where it stands, for columns that keep it as its text. Like all reading of bytes it says where the value
// ends, or "not sure": then the schema's own validate reads the event. It is sure only of what a schema gives back unchanged, with
// the keys of objects in the schema's order: vendors give them back in that.
import { CompiledText } from './compiled-text.ts'
import { NOT_SURE, type JsonReader, type TextSink } from './json-reader.ts'
import {
  numberFits,
  type ListShape,
  type ObjectShape,
  type Shape,
  type TextShape,
  type Value,
} from './native-shape.ts'

/** Where the value at `at` ends, or NOT_SURE. */
export type JsonCheck = (reader: JsonReader, at: number) => number

/** The check of a value that is there. */
export function jsonCheck({ shape, null: nil }: Value): JsonCheck {
  const check = shapeCheck(shape)
  if (nil !== 'kept' || shape.kind === 'any') return check
  return (reader, at) =>
    reader.bytes[at] === 110 ? wordEnd(reader, at, 'null') : check(reader, at)
}

function shapeCheck(shape: Shape): JsonCheck {
  switch (shape.kind) {
    case 'any':
      return (reader, at) => reader.skip(at)
    case 'nothing':
      return () => NOT_SURE
    case 'number': {
      const { number } = shape
      return (reader, at) => {
        const end = reader.number(at)
        return end !== NOT_SURE && numberFits(number, reader.value) ? end : NOT_SURE
      }
    }
    case 'boolean': {
      const { only } = shape
      return (reader, at) => {
        const yes = reader.bytes[at] === 116
        return only === !yes ? NOT_SURE : wordEnd(reader, at, yes ? 'true' : 'false')
      }
    }
    case 'string':
      return textCheck(shape)
    case 'list':
      return listCheck(shape)
    case 'object':
      return objectCheck(shape)
    case 'choice':
      return choiceCheck(shape.of)
  }
}

function wordEnd(reader: JsonReader, at: number, word: string): number {
  return reader.word(at, word) ? at + word.length : NOT_SURE
}

function textCheck({ text }: TextShape): JsonCheck {
  const { min, max, values, patterns } = text
  if (min === 0 && max === Infinity && values === undefined && patterns.length === 0)
    return (reader, at) => reader.skipText(at)
  const rules = new CompiledText(text)
  const sink: TextSink = { bytes: Buffer.alloc(64), used: 0 }
  return (reader, at) => {
    if (at >= reader.end || reader.bytes[at] !== 34) return NOT_SURE
    const most = reader.end - at
    if (sink.bytes.length < most) sink.bytes = Buffer.alloc(most * 2)
    sink.used = 0
    const end = reader.text(at + 1, 0, sink)
    if (end === NOT_SURE) return NOT_SURE
    return rules.fits(sink.bytes, 0, sink.used, reader.units, reader.points) ? end : NOT_SURE
  }
}

function listCheck({ first, rest, min, max }: ListShape): JsonCheck {
  const checks = first.map(jsonCheck)
  const more = rest === undefined ? undefined : jsonCheck(rest)
  return (reader, start) => {
    const { bytes, end } = reader
    if (start >= end || bytes[start] !== 91) return NOT_SURE
    let at = reader.spaces(start + 1)
    if (at < end && bytes[at] === 93) return min === 0 ? at + 1 : NOT_SURE
    for (let count = 0; ;) {
      const check = count < checks.length ? checks[count] : more
      at = check === undefined ? NOT_SURE : check(reader, at)
      count++
      if (at === NOT_SURE) return NOT_SURE
      at = reader.spaces(at)
      if (at >= end) return NOT_SURE
      if (bytes[at] === 93) return count >= min && count <= max ? at + 1 : NOT_SURE
      if (bytes[at] !== 44) return NOT_SURE
      at = reader.spaces(at + 1)
    }
  }
}

interface CheckedField {
  /** With its quotes. */
  readonly key: Uint8Array
  readonly check: JsonCheck
  readonly mayMiss: boolean
}

const PROTO = Buffer.from('"__proto__"')

function objectCheck({ fields, others }: ObjectShape): JsonCheck {
  const known = fields.map((field): CheckedField => ({
    key: Buffer.from(JSON.stringify(field.name), 'utf8'),
    check: jsonCheck(field),
    mayMiss: field.missing === 'kept',
  }))
  const more = typeof others === 'string' ? undefined : jsonCheck(others)
  return (reader, start) => {
    const { bytes, end } = reader
    if (start >= end || bytes[start] !== 123) return NOT_SURE
    let at = reader.spaces(start + 1)
    let next = 0
    if (at < end && bytes[at] === 125) return mayEnd(known, 0) ? at + 1 : NOT_SURE
    for (;;) {
      const place = placeOf(known, reader, at)
      if (place < next && place !== NOT_SURE) return NOT_SURE
      if (!mayEnd(known, next, place === NOT_SURE ? known.length : place)) return NOT_SURE
      next = place === NOT_SURE ? known.length : place + 1
      const key = at
      at = reader.skipText(at)
      if (at === NOT_SURE || reader.escaped) return NOT_SURE
      if (place === NOT_SURE && (more === undefined || isKey(PROTO, reader, key))) return NOT_SURE
      at = reader.spaces(at)
      if (at >= end || bytes[at] !== 58) return NOT_SURE
      const check = place === NOT_SURE ? more : known[place].check
      at = check === undefined ? NOT_SURE : check(reader, reader.spaces(at + 1))
      if (at === NOT_SURE) return NOT_SURE
      at = reader.spaces(at)
      if (at >= end) return NOT_SURE
      if (bytes[at] === 125) return mayEnd(known, next) ? at + 1 : NOT_SURE
      if (bytes[at] !== 44) return NOT_SURE
      at = reader.spaces(at + 1)
    }
  }
}

/** Whether all fields at [from, to) may be missing. */
function mayEnd(
  fields: readonly CheckedField[],
  from: number,
  to: number = fields.length,
): boolean {
  for (let i = from; i < to; i++) if (!fields[i].mayMiss) return false
  return true
}

function placeOf(fields: readonly CheckedField[], reader: JsonReader, at: number): number {
  for (let i = 0; i < fields.length; i++) if (isKey(fields[i].key, reader, at)) return i
  return NOT_SURE
}

function isKey(key: Uint8Array, { bytes, end }: JsonReader, at: number): boolean {
  if (at + key.length > end) return false
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false
  return true
}

/** By first byte: which of the shapes it can only be. */
function choiceCheck(shapes: readonly Shape[]): JsonCheck {
  const byKind = new Map(shapes.map((shape) => [shape.kind, shapeCheck(shape)]))
  return (reader, at) => {
    const check = at >= reader.end ? undefined : byKind.get(kindAt(reader.bytes[at]))
    return check === undefined ? NOT_SURE : check(reader, at)
  }
}

function kindAt(byte: number): Shape['kind'] {
  switch (byte) {
    case 34:
      return 'string'
    case 91:
      return 'list'
    case 123:
      return 'object'
    case 102:
    case 116:
      return 'boolean'
    default:
      return 'number'
  }
}
