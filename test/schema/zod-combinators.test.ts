// Every export of Zod and every method of its schemas: a combinator with its schema, read natively or not, or no combinator at
// all. A new export or method fails.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { eventsOf } from './odd-events.ts'
import { compare } from './oracle.ts'

const text = z.string()
const number = z.number()
const list = z.array(z.number())

/** Of the field `a`, read natively. */
const NATIVE: Readonly<Record<string, z.ZodType>> = {
  any: z.any(),
  array: list,
  'array.length': list.length(3),
  'array.max': list.max(3),
  'array.min': list.min(2),
  'array.nonempty': list.nonempty(),
  boolean: z.boolean(),
  brand: text.brand('b'),
  catch: text.catch('c'),
  check: text.check(z.minLength(2)),
  cidrv4: z.cidrv4(),
  clone: text.min(2).clone(),
  cuid: z.cuid(),
  cuid2: z.cuid2(),
  default: text.default('d'),
  describe: z.string().describe('d'),
  e164: z.e164(),
  email: z.email(),
  emoji: z.emoji(),
  enum: z.enum(['a', 'yy', 'é']),
  'enum.exclude': z.enum(['a', 'yy']).exclude(['a']),
  'enum.extract': z.enum(['a', 'yy']).extract(['a']),
  exactOptional: z.exactOptional(text),
  float32: z.float32(),
  float64: z.float64(),
  guid: z.guid(),
  int: z.int(),
  int32: z.int32(),
  ipv4: z.ipv4(),
  'iso.date': z.iso.date(),
  'iso.datetime': z.iso.datetime(),
  'iso.datetime, local': z.iso.datetime({ local: true }),
  'iso.datetime, to the second': z.iso.datetime({ precision: 0 }),
  'iso.datetime with offset': z.iso.datetime({ offset: true }),
  'iso.duration': z.iso.duration(),
  'iso.time': z.iso.time(),
  ksuid: z.ksuid(),
  literal: z.literal(['a', 'yy']),
  'literal of booleans': z.literal(true),
  'literal of numbers': z.literal([1, 7, 1.5]),
  mac: z.mac(),
  meta: z.string().meta({ title: 't' }),
  'multipleOf a fraction': number.multipleOf(0.1),
  nanoid: z.nanoid(),
  nativeEnum: z.nativeEnum({ A: 'a', B: 'x' }),
  nonoptional: z.nonoptional(text.optional()),
  null: z.null(),
  nullable: z.nullable(number),
  nullish: z.nullish(number),
  number,
  'number.finite': number.finite(),
  'number.gt': number.gt(1),
  'number.gte': number.gte(1),
  'number.int': number.int(),
  'number.lt': number.lt(7),
  'number.lte': number.lte(7),
  'number.max': number.max(7).max(9),
  'number.min': number.min(1).min(-1),
  'number.multipleOf': number.multipleOf(2),
  'number.negative': number.negative(),
  'number.nonnegative': number.nonnegative(),
  'number.nonpositive': number.nonpositive(),
  'number.positive': number.positive(),
  'number.safe': number.safe(),
  'number.step': number.step(3),
  optional: z.optional(number),
  or: text.or(number),
  prefault: z.prefault(text, 'p'),
  readonly: z.readonly(list),
  record: z.record(z.string(), z.number()),
  regex: z.string().check(z.regex(/^[a-c]+$/u)),
  register: z.string().register(z.globalRegistry, { title: 't' }),
  string: text,
  'string.endsWith': text.endsWith('c'),
  'string.includes': text.includes('b'),
  'string.length': text.length(3),
  'string.lowercase': text.lowercase(),
  'string.max': text.max(3),
  'string.min': text.min(2),
  'string.nonempty': text.nonempty(),
  'string.regex': text.regex(/^[a-c]+$/),
  'string.startsWith': text.startsWith('a'),
  'string.uppercase': text.uppercase(),
  templateLiteral: z.templateLiteral(['a', z.string()]),
  tuple: z.tuple([number]),
  uint32: z.uint32(),
  ulid: z.ulid(),
  union: z.union([text, number]),
  unknown: z.unknown(),
  uuid: z.uuid(),
  uuidv4: z.uuidv4(),
  uuidv6: z.uuidv6(),
  uuidv7: z.uuidv7(),
  with: text.with(z.maxLength(3)),
  xid: z.xid(),
}

const inner = z.object({ p: z.number(), q: z.string().optional() })

/** What a field is put together of: of the field `a`, read natively. */
const COMPOSED: Readonly<Record<string, z.ZodType>> = {
  'any in a list': z.array(z.any()),
  'catch in an optional': text.catch('c').optional(),
  'catch of a list': list.catch([]),
  'catch of an optional': text.optional().catch('c'),
  'choice of kinds': z.union([z.string(), z.number().int(), z.boolean(), list, z.null()]),
  'choice of a kind and literals': z.union([z.literal(['a', 'yy']), z.number(), z.literal(true)]),
  'default in an object': z.object({ p: number.default(7) }),
  'default in a nullable': number.default(7).nullable(),
  'default of a boolean': z.boolean().default(true),
  'default of a function that is constant': number.default(() => 2 + 3),
  'default of a list': list.default([1, 2.5]),
  'default of a nullable': number.nullable().default(7),
  'default of an accent': text.default('é😀'),
  'default of an enum': z.enum(['a', 'yy']).default('yy'),
  'default of an object': inner.default({ p: 1 }),
  'default of an optional': number.optional().default(7),
  'default that its own rules refuse': text.min(3).default('d'),
  'default that is null': number.nullable().default(null),
  'literal of several kinds': z.literal(['a', 1, true, null]),
  'list of booleans': z.array(z.boolean()),
  'list of lists': z.array(list.max(2)).max(2),
  'list of nullables': z.array(number.nullable()),
  'list of objects': z.array(inner),
  'list of objects with a default': z.array(z.object({ k: number.default(3) })),
  'list of strict objects': z.array(z.strictObject({ p: number, q: text.optional() })),
  'list of texts': z.array(text),
  'list of texts with rules': z.array(text.regex(/^[a-c]/).max(3)),
  'list, nullable': list.nullable(),
  'loose object': z.looseObject({ p: number }),
  'multiple of 0.5': number.multipleOf(0.5),
  'multiple of 1.5 and 3': number.multipleOf(1.5).multipleOf(3),
  'nonoptional of a nullish': z.nonoptional(number.nullish()),
  'object with a catchall': z.object({ p: number }).catchall(text),
  'object, nullable': inner.nullable(),
  'object, nullish': inner.nullish(),
  'object, optional': inner.optional(),
  'objects in objects, all optional': z
    .object({ a: z.object({ a: z.object({ a: z.any() }).nullable() }).optional() })
    .optional(),
  'optional of a default': number.default(7).optional(),
  'partial object': inner.partial(),
  'prefault of a nullable': number.nullable().prefault(1),
  'record of lists': z.record(text, list),
  'record, optional': z.record(text, z.unknown()).optional(),
  'search of a text with signs': text.startsWith('a\\').endsWith('$^.*'),
  'tuple with a rest': z.tuple([number], text),
  'unknown, nullable': z.unknown().nullable(),
  'unknown with a default': z.unknown().default({ k: [1] }),
}

/** Of the field `a`: the event falls back. */
const FALLBACK: Readonly<Record<string, z.ZodType>> = {
  and: text.and(text),
  'array of dates': z.array(z.date()),
  'catch of a function': text.catch(({ input }) => String(input)),
  'choice of objects': z.union([inner, z.strictObject({ k: number })]),
  'choice of texts': z.union([z.email(), z.literal('a')]),
  'default of another kind': z.string().default(z.any().parse(5)),
  'default that is no JSON': number.default(NaN),
  'nonoptional of a default': z.nonoptional(text.default('d')),
  'prefault that is refused': text.min(3).prefault('p'),
  'record of few keys': z.record(z.enum(['p', 'q']), number),
  base64: z.base64(),
  base64url: z.base64url(),
  bigint: z.bigint(),
  cidrv6: z.cidrv6(),
  codec: z.codec(text, number, { decode: (value) => value.length, encode: String }),
  'coerce.bigint': z.coerce.bigint(),
  'coerce.boolean': z.coerce.boolean(),
  'coerce.date': z.coerce.date(),
  'coerce.number': z.coerce.number(),
  'coerce.string': z.coerce.string(),
  creditCard: z.creditCard(),
  currencyCode: z.currencyCode(),
  custom: z.custom((value) => value === 'a'),
  date: z.date(),
  discriminatedUnion: z.discriminatedUnion('type', [
    z.object({ type: z.literal('x'), v: z.number() }),
    z.object({ type: z.literal('y') }),
  ]),
  file: z.file(),
  function: z.function(),
  hash: z.hash('md5'),
  hex: z.hex(),
  hostname: z.hostname(),
  httpUrl: z.httpUrl(),
  iban: z.iban(),
  instanceof: z.instanceof(Date),
  int64: z.int64(),
  intersection: z.intersection(text, text),
  invertCodec: z.invertCodec(
    z.codec(number, text, { decode: String, encode: (value) => value.length }),
  ),
  ipv6: z.ipv6(),
  json: z.json(),
  jwt: z.jwt(),
  lazy: z.lazy(() => text),
  looseRecord: z.looseRecord(z.string(), z.number()),
  map: z.map(text, number),
  mime: z.file().check(z.mime(['text/plain'])),
  nan: z.nan(),
  never: z.never(),
  overwrite: text.overwrite((value) => value.slice(0, 1)),
  partialRecord: z.partialRecord(z.enum(['p', 'q']), z.number()),
  pipe: z.pipe(text, z.string().min(2)),
  preprocess: z.preprocess((value) => String(value), text),
  promise: z.promise(text),
  properties: z.any().check(z.property('length', number)),
  property: z.object({ p: number }).check(z.property('p', number.min(2))),
  refine: text.refine((value) => value.length > 1),
  'regex with a state': text.regex(/a/g),
  set: z.set(text),
  size: z.set(text).check(z.size(1)),
  'string.normalize': text.normalize(),
  'string.slugify': text.slugify(),
  'string.toLowerCase': text.toLowerCase(),
  'string.toUpperCase': text.toUpperCase(),
  'string.trim': text.trim(),
  stringFormat: z.stringFormat('uuid', (value) => value.length > 3),
  stringbool: z.stringbool(),
  success: z.success(text),
  superRefine: text.superRefine(() => {}),
  symbol: z.symbol(),
  transform: z.string().transform((value) => value.length),
  uint64: z.uint64(),
  undefined: z.undefined(),
  url: z.url(),
  void: z.void(),
  xor: z.xor([text, number]),
}

const whole = z.object({ a: z.number() })
const two = z.object({ a: z.number(), b: z.number() })

/** Of the event itself. */
const OBJECTS: Readonly<Record<string, readonly [z.ZodType, 'native' | 'fallback']>> = {
  deepPartial: [z.deepPartial(z.object({ a: z.object({ p: z.number() }) })), 'native'],
  keyof: [z.object({ a: z.keyof(z.object({ x: z.any(), yy: z.any() })) }), 'native'],
  looseObject: [z.looseObject({ a: z.number() }), 'fallback'],
  object: [whole, 'native'],
  'object.catchall': [whole.catchall(z.number()), 'fallback'],
  'object.exactPartial': [whole.exactPartial(), 'native'],
  'object.extend': [whole.extend({ b: z.number().optional() }), 'native'],
  'object.loose': [whole.loose(), 'fallback'],
  'object.merge': [whole.merge(z.object({ b: z.number().optional() })), 'native'],
  'object.omit': [two.omit({ b: true }), 'native'],
  'object.partial': [whole.partial(), 'native'],
  'object.passthrough': [whole.passthrough(), 'fallback'],
  'object.pick': [two.pick({ a: true }), 'native'],
  'object.required': [whole.partial().required(), 'native'],
  'object.safeExtend': [whole.safeExtend({ b: z.number().optional() }), 'native'],
  'object.strict': [whole.strict(), 'native'],
  'object.strip': [whole.loose().strip(), 'native'],
  'readonly object': [whole.readonly(), 'native'],
  strictObject: [z.strictObject({ a: z.number() }), 'native'],
}

/** What is no schema and no check of its own, or is a check by another name of one in the tables. */
const NONE = new Set(
  `INVALID NEVER TimePrecision coerce compile config core decode decodeAsync encode encodeAsync flattenError formatError
  fromJSONSchema getDiscriminatedOption getErrorMap globalRegistry input iso locales memoizer output parse parseAsync
  prettifyError regexes registry safeDecode safeDecodeAsync safeEncode safeEncodeAsync safeParse safeParseAsync setErrorMap
  toJSONSchema toZod treeifyError util validate validateAsync withParser _function
  gt gte lt lte positive negative nonnegative nonpositive multipleOf minLength maxLength length minSize maxSize startsWith
  endsWith includes lowercase uppercase trim normalize toLowerCase toUpperCase slugify
  constructor apply isNullable isOptional spa unwrap`.split(/\s+/),
)
const TABLES = new Set([...Object.keys(NATIVE), ...Object.keys(FALLBACK), ...Object.keys(OBJECTS)])

function methods(schema: object): string[] {
  const names = new Set<string>()
  for (let own = schema; own !== Object.prototype; own = Object.getPrototypeOf(own))
    for (const name of Object.getOwnPropertyNames(own))
      if (name !== 'description' && typeof Reflect.get(schema, name) === 'function') names.add(name)
  return [...names]
}

describe('every combinator of Zod', () => {
  it('is in a table of this test, or known to be none', () => {
    const news = Object.keys(z).filter(
      (name) =>
        !TABLES.has(name) && !NONE.has(name) && !/^\$|^_/.test(name) && !name.startsWith('Zod'),
    )
    expect(news).toEqual([])
  })

  it.each([
    ['string', z.string()],
    ['number', z.number()],
    ['boolean', z.boolean()],
    ['object', whole],
    ['array', list],
    ['enum', z.enum(['a'])],
    ['literal', z.literal('a')],
    ['optional', text.optional()],
    ['iso', z.iso.date()],
  ])('has its methods of %s there too', (kind, schema) => {
    const own = (name: string): boolean =>
      TABLES.has(name) ||
      TABLES.has(`${kind}.${name}`) ||
      TABLES.has(`string.${name}`) ||
      TABLES.has(`iso.${name}`)
    expect(methods(schema).filter((name) => !own(name) && !NONE.has(name))).toEqual([])
  })

  it('has its formats of time and its coercions there too', () => {
    const names = [
      ...Object.keys(z.iso)
        .filter((name) => !name.startsWith('Zod'))
        .map((name) => `iso.${name}`),
      ...Object.keys(z.coerce).map((name) => `coerce.${name}`),
    ]
    expect(names.filter((name) => !TABLES.has(name))).toEqual([])
  })

  it.each([...Object.entries(NATIVE), ...Object.entries(COMPOSED)])(
    '%s is read natively, as Zod reads it',
    (_, field) => {
      const { compiled, wrong } = compare(z.object({ a: field }), eventsOf('a'))
      expect(compiled.reason).toBeUndefined()
      expect(wrong).toEqual([])
    },
  )

  it.each(Object.entries(FALLBACK))('%s falls back, and is right', (_, field) => {
    const { compiled, wrong } = compare(z.object({ a: field }), eventsOf('a'))
    expect(compiled.reason).toContain("'a")
    expect(wrong).toEqual([])
  })

  it.each(Object.entries(OBJECTS))('%s of an event is right', (_, [schema, mode]) => {
    const { compiled, wrong } = compare(schema, eventsOf('a'))
    expect(compiled.mode).toBe(mode)
    expect(wrong).toEqual([])
  })

  it('falls back where a schema holds itself', () => {
    interface Tree {
      readonly a: number
      readonly child: Tree
    }
    const tree: z.ZodType<Tree> = z.object({
      a: z.number(),
      get child() {
        return tree
      },
    })
    expect(compare(tree, eventsOf('a')).compiled.reason).toContain('nested deeper')
  })
})
