// Every keyword of ArkType, every operator of its strings and the methods that make types of types: read natively or not.
// A new keyword fails.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { scope, type, type Type } from 'arktype'
import * as arktype from 'arktype'
import { describe, expect, it } from 'vitest'
import { eventsOf } from './odd-events.ts'
import { compare } from './oracle.ts'

/** Of the field `a` of an object that drops other keys. */
function event(field: unknown): Type {
  return type.raw({ a: field, '+': 'delete' }) as Type
}

const NATIVE: readonly string[] =
  `boolean false number number.epoch number.integer number.safe string string.alpha string.alphanumeric
  string.base58 string.base64 string.base64.url string.capitalize.preformatted string.date.iso string.digits string.email string.hex
  string.integer string.ip.v4 string.lower.preformatted string.numeric string.semver string.trim.preformatted true
  string.upper.preformatted string.uuid.v1 string.uuid.v2 string.uuid.v3 string.uuid.v4 string.uuid.v5 string.uuid.v6 string.uuid.v7
  string.uuid.v8 string.ip.v6 Array.readonly never null unknown unknown.any`.split(/\s+/)

const FALLBACK: readonly string[] =
  `ArrayBuffer Blob Date Error File FormData FormData.parse FormData.parsed
  FormData.value Function Headers Key Map Promise RegExp Request Response Set TypedArray.BigInt64 TypedArray.BigUint64
  TypedArray.Float32 TypedArray.Float64 TypedArray.Int16 TypedArray.Int32 TypedArray.Int8 TypedArray.Uint16 TypedArray.Uint32
  TypedArray.Uint8 TypedArray.Uint8Clamped URL WeakMap WeakSet bigint number.Infinity number.NaN number.NegativeInfinity
  object object.json object.json.stringify string.capitalize string.creditCard string.date string.date.epoch string.date.epoch.parse
  string.date.iso.parse string.date.parse string.integer.parse string.ip string.json string.json.parse string.lower
  string.normalize string.normalize.NFC string.normalize.NFC.preformatted string.normalize.NFD string.normalize.NFD.preformatted
  string.normalize.NFKC string.normalize.NFKC.preformatted string.normalize.NFKD string.normalize.NFKD.preformatted string.numeric.parse
  string.regex string.trim string.upper string.url string.url.parse string.uuid symbol undefined`.split(
    /\s+/,
  )

/** Generics, which are no types until they are given some. */
const GENERICS =
  `Array Array.index Array.liftFrom Exclude Extract Merge Omit Partial Pick Record Required`.split(
    ' ',
  )

const NATIVE_TYPES: Readonly<Record<string, unknown>> = {
  'array, bounded': '2<=number[]<=3',
  'array of bounded numbers': type('0<=number<=2').array(),
  'array of numbers': 'number[]',
  'Array of texts': 'string[]',
  brand: 'string#id',
  describe: type('string').describe('d'),
  divisor: 'number%2',
  enumerated: type.enumerated('a', 'yy'),
  'exact length': 'string==3',
  'index signature': { '[string]': 'number' },
  intersection: 'number>0&number<=7',
  keyof: type({ a: 'number' }).keyof().or('number'),
  'literal of a number': '7',
  'literal of a text': "'abc'",
  'literals of numbers': '1|7|1.5',
  'literals of texts': "'a'|'yy'|'é'",
  matching: type('string').matching(/^[a-c]+$/),
  'max length': 'string<=3',
  'min length': 'string>1',
  'null or not': 'number|null',
  object: type({ p: 'number', 'q?': 'string', '+': 'delete' }),
  'object that keeps keys': { p: 'number' },
  pattern: '/^[a-c]+$/',
  range: '0<number<=7',
  readonly: type('number[]').readonly(),
  Record: 'Record<string, number>',
  regex: /^[a-c]+$/u,
  tuple: ['number', 'number'],
  'tuple with a rest': ['number', '...', 'string[]'],
  union: 'string|number',
  unit: type.unit('abc'),
  valueOf: type.valueOf({ A: 'a', B: 'yy' }),
}

const inner = type({ p: 'number', 'q?': 'string', '+': 'delete' })

/** What a field is put together of, read natively. */
const COMPOSED: Readonly<Record<string, unknown>> = {
  'choice of kinds': 'string|number.integer|boolean|number[]|null',
  'choice of a kind and literals': "'a'|'yy'|number|true",
  'list of booleans': 'boolean[]',
  'list of lists': 'number[][]',
  'list of nullables': '(number|null)[]',
  'list of objects': inner.array(),
  'list of objects that keep keys': type({ p: 'number' }).array(),
  'list of strict objects': type({ p: 'number', '+': 'reject' }).array(),
  'list of texts': '1<=(string<=3)[]<=2',
  'object, nullable': inner.or('null'),
  'object with a default': type({ p: 'number = 7', '+': 'delete' }),
  'record of lists': { '[string]': 'number[]' },
  'tuple in a list': type(['number', 'number']).array(),
}

const FALLBACK_TYPES: Readonly<Record<string, unknown>> = {
  'a cycle': scope({ node: { 'next?': 'node' } }).type('node'),
  'date range': "Date>d'2001-01-01'",
  filter: type('string').filter((value) => value.length > 1),
  instance: type.instanceOf(Date),
  narrow: type('string').narrow((value) => value.length > 1),
  pipe: type('string').pipe((value) => value.length),
  'regex with a state': /a/g,
  to: type('string.numeric.parse').to('number'),
  'union of objects': type({ type: "'x'", v: 'number' }).or({ type: "'y'" }),
}

const OBJECTS: Readonly<Record<string, readonly [StandardSchemaV1, 'native' | 'fallback']>> = {
  default: [type({ a: 'number = 5', '+': 'delete' }), 'native'],
  'default, called': [type({ a: type('number').default(5), '+': 'delete' }), 'native'],
  'default of a list': [type({ a: type('number[]').default(() => [1]), '+': 'delete' }), 'native'],
  'default that is null': [type({ a: 'number|null = null', '+': 'delete' }), 'native'],
  'object, optional': [type({ 'a?': inner, '+': 'delete' }), 'native'],
  'object, optional or null': [type({ 'a?': inner.or('null'), '+': 'delete' }), 'native'],
  optional: [type({ 'a?': 'number', '+': 'delete' }), 'native'],
  'optional, called': [type({ a: type('number').optional(), '+': 'delete' }), 'native'],
  reject: [type({ a: 'number', '+': 'reject' }), 'native'],
  keep: [type({ a: 'number' }), 'fallback'],
  onUndeclaredKey: [type({ a: 'number' }).onUndeclaredKey('delete'), 'native'],
  onDeepUndeclaredKey: [type({ a: { p: 'number' } }).onDeepUndeclaredKey('reject'), 'native'],
  'and of two': [type({ a: 'number', '+': 'delete' }).and({ 'b?': 'number' }), 'native'],
  merge: [type({ a: 'string', '+': 'delete' }).merge({ a: 'number', '+': 'delete' }), 'native'],
  partial: [type({ a: 'number', '+': 'delete' }).partial(), 'native'],
  required: [type({ 'a?': 'number', '+': 'delete' }).required(), 'native'],
  pick: [type({ a: 'number', b: 'number', '+': 'delete' }).pick('a'), 'native'],
  omit: [type({ a: 'number', b: 'number', '+': 'delete' }).omit('b'), 'native'],
  narrow: [type({ a: 'number', '+': 'delete' }).narrow(({ a }) => a > 1), 'fallback'],
  'symbol key': [type({ a: 'number', [Symbol('s')]: 'number', '+': 'delete' }), 'fallback'],
}

/** Keywords that are types, by path; the root of a module goes by the module's name. */
function keywords(of: object, path: readonly string[] = []): string[] {
  return Object.entries(of).flatMap(([name, value]): string[] => {
    const own = name === 'root' ? path : [...path, name]
    const isModule =
      typeof value === 'object' && value !== null && !('infer' in value) && !('names' in value)
    return isModule ? keywords(value, own) : [own.join('.')]
  })
}

describe('every combinator of ArkType', () => {
  it('is in a list of this test', () => {
    const known = new Set([...NATIVE, ...FALLBACK, ...GENERICS])
    expect(keywords(type.keywords).filter((name) => !known.has(name))).toEqual([])
  })

  it('comes from exports that are all known', () => {
    expect(Object.keys(arktype).sort()).toEqual(
      'ArkError ArkErrors Generic Hkt Module ParseError Traversal TraversalError Type ark configure declare define fn generic inferred keywords match regex scope type'
        .split(' ')
        .sort(),
    )
  })

  it.each([
    ...NATIVE.map((name) => [name, name] as const),
    ...Object.entries(NATIVE_TYPES),
    ...Object.entries(COMPOSED),
  ])('%s is read natively, as ArkType reads it', (_, field) => {
    const { compiled, wrong } = compare(event(field), eventsOf('a'))
    expect(compiled.reason).toBeUndefined()
    expect(wrong).toEqual([])
  })

  it.each([...FALLBACK.map((name) => [name, name] as const), ...Object.entries(FALLBACK_TYPES)])(
    '%s falls back, and is right',
    (_, field) => {
      const { compiled, wrong } = compare(event(field), eventsOf('a'))
      expect(compiled.reason).toBeDefined()
      expect(wrong).toEqual([])
    },
  )

  it.each(Object.entries(OBJECTS))('%s of an event is right', (_, [schema, mode]) => {
    const { compiled, wrong } = compare(schema, eventsOf('a'))
    expect(compiled.mode).toBe(mode)
    expect(wrong).toEqual([])
  })
})
