// What the walks over the schemas of all vendors share: how they give up, and what no layout may hold whatever the vendor.
import {
  ANY_NUMBER,
  ANY_TEXT,
  type LeafRules,
  type NativeLayout,
  type NativeLeaf,
  type NativeObject,
} from './native-layout.ts'

const FIELDS_MAX = 256
const DEPTH_MAX = 16

class Unknown extends Error {}

/** Runs a walk; the first thing it does not know is the reason why there is no layout. */
export function layoutOf(walk: () => NativeObject): NativeLayout {
  try {
    return { native: walk() }
  } catch (error) {
    if (error instanceof Unknown) return { reason: error.message }
    throw error
  }
}

/** Ends the walk. @param what with its article, such as `a union`. */
export function unknown(where: Where, what: string): never {
  throw new Unknown(`${where.name} is ${what}, which only the schema's own validate reads`)
}

/** Where in the event a walk stands. */
export interface Where {
  readonly name: string
  readonly path: readonly string[]
}

export const ROOT: Where = { name: 'the event', path: [] }

/** The place of a field, whose name must be one that every part of Millrace can hold. */
export function under(where: Where, field: string): Where {
  const path = [...where.path, field]
  const inner = { name: `'${path.join('.')}'`, path }
  // JSON gives an object that inherits from Object.prototype, and validators read a missing field from there.
  if (field in Object.prototype) unknown(inner, 'a field named as a method every object has')
  if (field === '' || field.includes('.') || !field.isWellFormed())
    unknown(inner, 'a field with an empty, dotted or ill-formed name')
  if (path.length > DEPTH_MAX) unknown(inner, `nested deeper than ${DEPTH_MAX} objects`)
  return inner
}

export function objectLayout(
  where: Where,
  fields: readonly (NativeLeaf | NativeObject)[],
  strict: boolean,
): NativeObject {
  if (fields.length === 0 || fields.length > FIELDS_MAX)
    unknown(where, `an object of ${fields.length} fields`)
  return { name: where.path.at(-1) ?? '', fields, strict }
}

/** The rules of a value that is one of a few: all texts, all finite numbers, or booleans. */
export function oneOf(where: Where, values: readonly unknown[]): LeafRules {
  const texts = values.filter((value) => typeof value === 'string')
  const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value))
  const booleans = values.filter((value) => typeof value === 'boolean')
  if (values.length > 0) {
    if (texts.length === values.length)
      return { kind: 'string', text: { ...ANY_TEXT, values: new Set(texts) } }
    if (numbers.length === values.length)
      return { kind: 'number', number: { ...ANY_NUMBER, values: numbers.map(Number) } }
    if (booleans.length === values.length)
      return { kind: 'boolean', only: new Set(booleans).size === 1 ? booleans[0] : undefined }
  }
  return unknown(where, 'one of values that are of no single kind')
}

/** A pattern that judges a text by itself: no state from one text to the next, and nothing overridden. */
export function isPlainPattern(pattern: unknown): pattern is RegExp {
  return (
    pattern instanceof RegExp &&
    Object.getPrototypeOf(pattern) === RegExp.prototype &&
    !Object.hasOwn(pattern, 'test') &&
    !Object.hasOwn(pattern, 'exec') &&
    !pattern.global &&
    !pattern.sticky
  )
}

const COMMON_TIMES = [
  '1970-01-01T00:00:00Z',
  '0000-12-28T23:59:59.123456789Z',
  '9999-10-28T19:39:09.5Z',
  '2001-02-09T08:07:59.001Z',
]

/** Whether common UTC times fit for sure. @param known whether the pattern is one that is known to take them all; it is tried too. */
export function takesUtcTimes(patterns: readonly RegExp[], known: boolean): boolean {
  return known && patterns.length === 1 && COMMON_TIMES.every((time) => patterns[0].test(time))
}

/** A property of anything; undefined where there is none. */
export function property(of: unknown, name: string): unknown {
  return (typeof of === 'object' || typeof of === 'function') && of !== null
    ? Reflect.get(of, name)
    : undefined
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A bound that is a plain number; ends the walk for any other. */
export function bound(where: Where, value: unknown): number {
  if (typeof value !== 'number' || Number.isNaN(value)) unknown(where, 'bounded by no plain number')
  return value
}
