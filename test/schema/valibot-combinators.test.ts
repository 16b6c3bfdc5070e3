// Every export of Valibot: a combinator with its schema, read natively or not, or no combinator at all. A new export fails.
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { eventsOf } from './odd-events.ts'
import { compare } from './oracle.ts'

type Field = v.GenericSchema

const text = (...actions: v.PipeItem<string, string, v.BaseIssue<unknown>>[]): Field =>
  v.pipe(v.string(), ...actions)
const number = (...actions: v.PipeItem<number, number, v.BaseIssue<unknown>>[]): Field =>
  v.pipe(v.number(), ...actions)
const list = v.array(v.number())
const whole = v.object({ a: v.number() })

/** Of the field `a`, read natively. */
const NATIVE: Readonly<Record<string, Field>> = {
  any: v.any(),
  array: list,
  base64: text(v.base64()),
  bic: text(v.bic()),
  boolean: v.boolean(),
  brand: v.pipe(v.string(), v.brand('b')),
  config: v.config(v.string(), { abortEarly: true }),
  cuid2: text(v.cuid2()),
  decimal: text(v.decimal()),
  description: text(v.description('d')),
  digits: text(v.digits()),
  domain: text(v.domain()),
  email: text(v.email()),
  emoji: text(v.emoji()),
  empty: text(v.empty()),
  endsWith: text(v.endsWith('c')),
  enum: v.enum({ A: 'a', B: 'x' }),
  enumOfNumbers: v.enum({ A: 1, B: 7 }),
  exactOptional: v.exactOptional(v.string()),
  examples: text(v.examples(['x'])),
  fallback: v.fallback(v.string(), 'f'),
  finite: number(v.finite()),
  flavor: v.pipe(v.string(), v.flavor('b')),
  gtValue: number(v.gtValue(1)),
  hash: text(v.hash(['md5', 'crc32'])),
  hexadecimal: text(v.hexadecimal()),
  hexColor: text(v.hexColor()),
  includes: text(v.includes('b')),
  integer: number(v.integer()),
  ip: text(v.ip()),
  ipv4: text(v.ipv4()),
  ipv6: text(v.ipv6()),
  isoDate: text(v.isoDate()),
  isoDateTime: text(v.isoDateTime()),
  isoDateTimeSecond: text(v.isoDateTimeSecond()),
  isoTime: text(v.isoTime()),
  isoTimeSecond: text(v.isoTimeSecond()),
  isoTimestamp: text(v.isoTimestamp()),
  isoWeek: text(v.isoWeek()),
  isrc: text(v.isrc()),
  jwsCompact: text(v.jwsCompact()),
  ksuid: text(v.ksuid()),
  length: text(v.length(3)),
  literal: v.literal('abc'),
  ltValue: number(v.ltValue(7)),
  mac: text(v.mac()),
  mac48: text(v.mac48()),
  mac64: text(v.mac64()),
  maxLength: text(v.maxLength(3)),
  maxValue: number(v.maxValue(7)),
  message: v.message(v.string(), 'm'),
  metadata: text(v.metadata({ m: 1 })),
  minLength: text(v.minLength(2)),
  minValue: number(v.minValue(1)),
  multipleOf: number(v.multipleOf(2)),
  multipleOfFraction: number(v.multipleOf(0.5)),
  nanoid: text(v.nanoid()),
  nonEmpty: text(v.nonEmpty()),
  nonNullable: v.nonNullable(v.nullable(v.string())),
  nonNullish: v.nonNullish(v.nullish(v.string())),
  nonOptional: v.nonOptional(v.optional(v.string())),
  null: v.null(),
  nullable: v.nullable(v.number()),
  nullableDefault: v.nullable(v.number(), 5),
  nullish: v.nullish(v.number()),
  number: v.number(),
  octal: text(v.octal()),
  optional: v.optional(v.number()),
  optionalDefault: v.optional(v.number(), 5),
  picklist: v.picklist(['a', 'yy', 'é']),
  pipe: v.pipe(v.pipe(v.string(), v.minLength(1)), v.maxLength(9)),
  readonly: v.pipe(v.string(), v.readonly()),
  record: v.record(v.string(), v.number()),
  regex: text(v.regex(/^[a-c]+$/u)),
  rfcEmail: text(v.rfcEmail()),
  safeInteger: number(v.safeInteger()),
  slug: text(v.slug()),
  startsWith: text(v.startsWith('a')),
  strictTuple: v.strictTuple([v.number()]),
  string: v.string(),
  title: text(v.title('t')),
  tuple: v.tuple([v.number()]),
  tupleWithRest: v.tupleWithRest([v.number()], v.string()),
  ulid: text(v.ulid()),
  undefinedable: v.undefinedable(v.string()),
  union: v.union([v.string(), v.number()]),
  unknown: v.unknown(),
  uuid: text(v.uuid()),
  value: number(v.value(7)),
  values: number(v.values([7, 1])),
}

const inner = v.object({ p: v.number(), q: v.optional(v.string()) })

/** What a field is put together of: of the field `a`, read natively. */
const COMPOSED: Readonly<Record<string, Field>> = {
  'any in a list': v.array(v.any()),
  'choice of kinds': v.union([v.string(), v.number(), v.boolean(), list, v.null()]),
  'choice of a kind and literals': v.union([v.picklist(['a', 'yy']), v.number(), v.literal(true)]),
  'default in an object': v.object({ p: v.optional(v.number(), 7) }),
  'default of a list': v.optional(list, [1, 2.5]),
  'default of a nullable': v.optional(v.nullable(v.number()), 7),
  'default of a nullable that is null': v.optional(v.nullable(v.number()), null),
  'default of an accent': v.optional(v.string(), 'é😀'),
  'default of an exact optional': v.exactOptional(v.number(), 7),
  'default of a nullable with a default': v.optional(v.nullable(v.number(), 7), null),
  'default of an object': v.optional(inner, { p: 1 }),
  'default of an undefinedable': v.undefinedable(v.number(), 7),
  'fallback of a list': v.fallback(list, []),
  'fallback of an optional': v.fallback(v.optional(v.number()), 7),
  'fallback in a list': v.array(v.fallback(v.number(), 7)),
  'list of objects': v.array(inner),
  'list of strict objects': v.array(v.strictObject({ p: v.number() })),
  'list of texts': v.array(text(v.maxLength(3))),
  'list of texts, bounded': v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(2)),
  'list of nullables': v.array(v.nullable(v.number())),
  'loose object': v.looseObject({ p: v.number() }),
  'nullish with a default': v.nullish(v.number(), 7),
  'nullish with null': v.nullish(v.number(), null),
  'object with a rest': v.objectWithRest({ p: v.number() }, v.string()),
  'object, nullable': v.nullable(inner),
  'object, nullish': v.nullish(inner),
  'object, optional': v.optional(inner),
  'objects in objects, all optional': v.optional(
    v.object({ a: v.nullish(v.object({ a: v.nullable(v.object({ a: v.any() })) })) }),
  ),
  'optional in a nullable': v.nullable(v.optional(v.number(), 7)),
  'record of lists': v.record(v.string(), list),
  'record, optional': v.optional(v.record(v.string(), v.unknown())),
  'search of a text with signs': text(v.startsWith('a\\'), v.endsWith('$^.*')),
  'tuple in a list': v.array(v.strictTuple([v.number(), v.number()])),
}

/** Of the field `a`: the event falls back. */
const FALLBACK: Readonly<Record<string, Field>> = {
  bigint: v.bigint(),
  'choice of objects': v.union([inner, v.strictObject({ k: v.number() })]),
  'default of a function': v.optional(v.number(), () => 5),
  'default that is refused': v.optional(text(v.minLength(3)), 'd'),
  'fallback of a function': v.fallback(v.number(), () => 5),
  'list of dates': v.array(v.date()),
  'object with an action, optional': v.optional(
    v.pipe(
      inner,
      v.check(() => true),
    ),
  ),
  'record of few keys': v.record(v.picklist(['p', 'q']), v.number()),
  blob: v.blob(),
  bytes: text(v.bytes(3)),
  cache: v.cache(v.string()),
  check: text(v.check((input) => input.length > 1)),
  checkItems: v.pipe(
    list,
    v.checkItems((item) => item > 1),
  ),
  codePoints: text(v.codePoints(1)),
  creditCard: text(v.creditCard()),
  custom: v.custom<string>((input) => typeof input === 'string'),
  date: v.date(),
  entries: v.pipe(v.record(v.string(), v.number()), v.entries(1)),
  everyItem: v.pipe(
    list,
    v.everyItem((item) => item > 1),
  ),
  excludes: text(v.excludes('b')),
  file: v.file(),
  filterItems: v.pipe(
    list,
    v.filterItems((item) => item > 1),
  ),
  findItem: v.pipe(
    list,
    v.findItem((item) => item > 1),
  ),
  forward: v.pipe(
    v.object({ p: v.number() }),
    v.forward(
      v.check(({ p }) => p > 0),
      ['p'],
    ),
  ),
  function: v.function(),
  graphemes: text(v.graphemes(1)),
  guard: v.pipe(
    v.string(),
    v.guard((input): input is 'abc' => input === 'abc'),
  ),
  gtValueText: text(v.gtValue('b')),
  imei: text(v.imei()),
  instance: v.instance(Date),
  intersect: v.intersect([v.string(), v.string()]),
  isbn: text(v.isbn()),
  lazy: v.lazy(() => v.string()),
  looseTuple: v.looseTuple([v.number()]),
  map: v.map(v.string(), v.number()),
  mapItems: v.pipe(
    list,
    v.mapItems((item) => item + 1),
  ),
  maxBytes: text(v.maxBytes(3)),
  maxCodePoints: text(v.maxCodePoints(3)),
  maxEntries: v.pipe(v.record(v.string(), v.number()), v.maxEntries(1)),
  maxGraphemes: text(v.maxGraphemes(3)),
  maxSize: v.pipe(v.set(v.string()), v.maxSize(1)),
  maxWords: text(v.maxWords('en', 1)),
  mimeType: v.pipe(v.blob(), v.mimeType(['text/plain'])),
  minBytes: text(v.minBytes(3)),
  minCodePoints: text(v.minCodePoints(3)),
  minEntries: v.pipe(v.record(v.string(), v.number()), v.minEntries(1)),
  minGraphemes: text(v.minGraphemes(3)),
  minSize: v.pipe(v.set(v.string()), v.minSize(1)),
  minWords: text(v.minWords('en', 1)),
  nan: v.nan(),
  never: v.never(),
  normalize: text(v.normalize()),
  notBytes: text(v.notBytes(3)),
  notCodePoints: text(v.notCodePoints(3)),
  notEntries: v.pipe(v.record(v.string(), v.number()), v.notEntries(1)),
  notGraphemes: text(v.notGraphemes(3)),
  notLength: text(v.notLength(3)),
  notSize: v.pipe(v.set(v.string()), v.notSize(1)),
  notValue: number(v.notValue(7)),
  notValues: number(v.notValues([7])),
  notWords: text(v.notWords('en', 1)),
  parseBoolean: v.pipe(v.string(), v.parseBoolean()),
  parseJson: v.pipe(v.string(), v.parseJson()),
  partialCheck: v.pipe(
    v.object({ p: v.number() }),
    v.partialCheck([['p']], ({ p }) => p > 0),
  ),
  promise: v.promise(),
  rawCheck: text(v.rawCheck(() => {})),
  rawTransform: v.pipe(
    v.string(),
    v.rawTransform(({ dataset }) => dataset.value.length),
  ),
  reduceItems: v.pipe(
    list,
    v.reduceItems((sum, item) => sum + item, 0),
  ),
  regexWithState: text(v.regex(/a/g)),
  set: v.set(v.string()),
  size: v.pipe(v.set(v.string()), v.size(1)),
  someItem: v.pipe(
    list,
    v.someItem((item) => item > 1),
  ),
  sortItems: v.pipe(list, v.sortItems()),
  stringifyJson: v.pipe(v.any(), v.stringifyJson()),
  symbol: v.symbol(),
  toBigint: v.pipe(v.string(), v.toBigint()),
  toBoolean: v.pipe(v.number(), v.toBoolean()),
  toCamelCase: text(v.toCamelCase()),
  toDate: v.pipe(v.string(), v.toDate()),
  toKebabCase: text(v.toKebabCase()),
  toLowerCase: text(v.toLowerCase()),
  toMaxValue: number(v.toMaxValue(3)),
  toMinValue: number(v.toMinValue(3)),
  toNumber: v.pipe(v.string(), v.toNumber()),
  toPascalCase: text(v.toPascalCase()),
  toSnakeCase: text(v.toSnakeCase()),
  toString: v.pipe(v.number(), v.toString()),
  toUpperCase: text(v.toUpperCase()),
  transform: v.pipe(
    v.string(),
    v.transform((input) => input.length),
  ),
  trim: text(v.trim()),
  trimEnd: text(v.trimEnd()),
  trimStart: text(v.trimStart()),
  undefined: v.undefined(),
  url: text(v.url()),
  variant: v.variant('type', [v.object({ type: v.literal('x'), v: v.number() })]),
  void: v.void(),
  words: text(v.words('en', 1)),
}

/** Of the event itself. */
const OBJECTS: Readonly<Record<string, [StandardSchemaV1, 'native' | 'fallback']>> = {
  entriesFromList: [v.object(v.entriesFromList(['a'], v.number())), 'native'],
  entriesFromObjects: [
    v.object(v.entriesFromObjects([whole, v.object({ b: v.number() })])),
    'native',
  ],
  keyof: [v.object({ a: v.keyof(v.object({ x: v.any(), yy: v.any() })) }), 'native'],
  looseObject: [v.looseObject({ a: v.number() }), 'fallback'],
  object: [whole, 'native'],
  objectWithRest: [v.objectWithRest({ a: v.number() }, v.number()), 'fallback'],
  omit: [v.omit(v.object({ a: v.number(), b: v.number() }), ['b']), 'native'],
  partial: [v.partial(whole), 'native'],
  pick: [v.pick(v.object({ a: v.number(), b: v.number() }), ['a']), 'native'],
  required: [v.required(v.partial(whole)), 'native'],
  strictObject: [v.strictObject({ a: v.number() }), 'native'],
}

/** Schemas of functions, and what is no schema. */
const NONE = new Set(
  `args assert awaitAsync deleteGlobalConfig deleteGlobalMessage deleteSchemaMessage deleteSpecificMessage flatten getDefault
  getDefaults getDescription getDotPath getExamples getFallback getFallbacks getGlobalConfig getGlobalMessage getMetadata
  getSchemaMessage getSpecificMessage getTitle is isOfKind isOfType isValiError parse parser returns safeParse safeParser
  setGlobalConfig setGlobalMessage setSchemaMessage setSpecificMessage summarize unwrap ValiError`.split(
    /\s+/,
  ),
)

describe('every combinator of Valibot', () => {
  // A name that ends in _ is the same as the one without it.
  it('is in a table of this test, or known to be none', () => {
    const known = new Set([
      ...Object.keys(NATIVE),
      ...Object.keys(FALLBACK),
      ...Object.keys(OBJECTS),
    ])
    const news = Object.keys(v).filter(
      (name) => !known.has(name) && !NONE.has(name) && !/^_|_$|_REGEX$|Async$/.test(name),
    )
    expect(news).toEqual([])
  })

  it.each([...Object.entries(NATIVE), ...Object.entries(COMPOSED)])(
    '%s is read natively, as Valibot reads it',
    (_, field) => {
      const { compiled, wrong } = compare(v.object({ a: field }), eventsOf('a'))
      expect(compiled.reason).toBeUndefined()
      expect(wrong).toEqual([])
    },
  )

  it.each(Object.entries(FALLBACK))('%s falls back, and is right', (_, field) => {
    const { compiled, wrong } = compare(v.object({ a: field }), eventsOf('a'))
    expect(compiled.reason).toContain("'a")
    expect(wrong).toEqual([])
  })

  it.each(Object.entries(OBJECTS))('%s of an event is right', (_, [schema, mode]) => {
    const { compiled, wrong } = compare(schema, eventsOf('a'))
    expect(compiled.mode).toBe(mode)
    expect(wrong).toEqual([])
  })

  it('is refused where it is asynchronous', () => {
    const schema = v.objectAsync({
      a: v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ),
    })
    expect(() => compare(schema, [])).toThrow('must validate at once')
  })
})
