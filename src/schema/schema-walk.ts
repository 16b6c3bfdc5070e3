// What the walks over the schemas of all vendors share: how they give up, and what no layout may hold whatever the vendor.
import { guarded } from './guard.ts'
import {
  ANY_NUMBER,
  ANY_TEXT,
  constantFits,
  decimalStep,
  required,
  type Gone,
  type NumberRules,
  type Shape,
  type Value,
} from './native-shape.ts'

const DEPTH_MAX = 16

/** What a walk does not know: the reason why there is no layout. */
export class Unknown extends Error {}

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

/** The place of the items of a list, or of the values of a record. */
export function within(where: Where): Where {
  const path = [...where.path, '*']
  const inner = { name: `'${path.join('.')}'`, path }
  if (path.length > DEPTH_MAX) unknown(inner, `nested deeper than ${DEPTH_MAX} objects`)
  return inner
}

/** A value that is one of a few texts, finite numbers, booleans and null. */
export function oneOf(where: Where, values: readonly unknown[]): Value {
  const texts = values.filter((value) => typeof value === 'string')
  const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value))
  const booleans = values.filter((value) => typeof value === 'boolean')
  const nulls = values.filter((value) => value === null)
  const known = texts.length + numbers.length + booleans.length + nulls.length
  if (known < values.length || known === 0) unknown(where, 'one of values that are no plain JSON')
  const shapes: Shape[] = []
  if (texts.length > 0)
    shapes.push({ kind: 'string', text: { ...ANY_TEXT, values: new Set(texts) } })
  if (numbers.length > 0)
    shapes.push({ kind: 'number', number: { ...ANY_NUMBER, values: numbers.map(Number) } })
  if (booleans.length > 0)
    shapes.push({ kind: 'boolean', only: new Set(booleans).size === 1 ? booleans[0] : undefined })
  return { ...required(choiceOf(shapes)), null: nulls.length > 0 ? 'kept' : 'refused' }
}

function choiceOf(shapes: readonly Shape[]): Shape {
  if (shapes.length === 0) return { kind: 'nothing' }
  return shapes.length === 1 ? shapes[0] : { kind: 'choice', of: shapes }
}

/**
 * A value that is one of others, where its first byte tells which. Anything else could pass one of them and be changed by another.
 */
export function unionOf(where: Where, values: readonly Value[]): Value {
  const shapes = values.flatMap(({ shape, missing, null: nil }): readonly Shape[] => {
    if (missing !== 'refused' || typeof nil === 'object')
      unknown(where, 'a union of what may be missing')
    return shape.kind === 'choice' ? shape.of : shape.kind === 'nothing' ? [] : [shape]
  })
  const plain = shapes.filter(isOneOf)
  const merged = oneOf(where, plain.length === 0 ? [null] : plain.flatMap(valuesOf)).shape
  const of = [
    ...(merged.kind === 'choice' ? merged.of : merged.kind === 'nothing' ? [] : [merged]),
    ...shapes.filter((shape) => !isOneOf(shape)),
  ]
  const kinds = new Set(of.map(({ kind }) => kind))
  if (kinds.size < of.length || (kinds.has('any') && of.length > 1))
    unknown(where, 'a union that the kind of the value does not decide')
  const nullable = values.some(({ null: nil }) => nil === 'kept')
  return { ...required(choiceOf(of)), null: nullable ? 'kept' : 'refused' }
}

function isOneOf(shape: Shape): boolean {
  return valuesOf(shape).length > 0
}

/** The values of a shape that is one of a few and nothing else. */
function valuesOf(shape: Shape): readonly unknown[] {
  if (shape.kind === 'boolean') return shape.only === undefined ? [true, false] : [shape.only]
  if (shape.kind === 'string') {
    const { values, patterns, min, max } = shape.text
    const plain = patterns.length === 0 && min === 0 && max === Infinity
    return values !== undefined && plain ? [...values] : []
  }
  if (shape.kind !== 'number' || shape.number.values === undefined) return []
  const { values } = shape.number
  return numbersEqual(shape.number, { ...ANY_NUMBER, values }) ? values : []
}

function numbersEqual(one: NumberRules, other: NumberRules): boolean {
  return Object.entries(one).every(([name, rule]) => Reflect.get(other, name) === rule)
}

/**
 * A constant that a schema puts in the place of a value. Whether it is one cannot be seen where a function gives it: it is asked twice,
 * with the clock and randomness closed, and must give the same JSON.
 */
export function constantOf(where: Where, read: () => unknown): { readonly value: unknown } {
  let first: unknown
  let second: unknown
  try {
    guarded(() => {
      first = read()
      second = read()
    })
  } catch {
    return unknown(where, 'a value with a default that throws')
  }
  if (!isJson(first, 0) || JSON.stringify(first) !== JSON.stringify(second))
    return unknown(where, 'a value with a default that is no constant')
  return { value: first }
}

/** What stands for no value, where the constant itself must pass the schema it stands before. */
export function judgedConstant(
  where: Where,
  of: Value,
  constant: { readonly value: unknown },
): Gone {
  if (constant.value === null && of.null !== 'refused')
    return of.null === 'kept' ? constant : of.null
  if (!constantFits(of, constant.value)) unknown(where, 'a value with a default that it may refuse')
  return constant
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object' || depth > DEPTH_MAX) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false
  return Object.entries(value).every(([key, each]) => key.isWellFormed() && isJson(each, depth + 1))
}

/** A text that passes where a test of its beginning, end or inside does. */
export function searchFor(text: string, where: 'start' | 'end' | 'anywhere'): RegExp {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  return new RegExp(`${where === 'start' ? '^' : ''}${escaped}${where === 'end' ? '$' : ''}`)
}

/** Rules of a number that is also a multiple of a decimal fraction; ends the walk where it is no short one. */
export function multipleOf(where: Where, rules: NumberRules, step: number): NumberRules {
  const decimal = decimalStep(step)
  if (decimal === undefined || rules.decimal !== undefined)
    return unknown(where, 'a multiple of what is no short decimal fraction')
  return { ...rules, decimal }
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
