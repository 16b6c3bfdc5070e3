import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RecordsBuilder } from '../../src/base/records.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { emptyBatch } from '../../src/schema/event-schema.ts'
import { OddEvents, type Good } from './odd-events.ts'
import { compare } from './oracle.ts'

const GOOD: Good = [
  ['id', '"abc"'],
  ['at', '"2001-02-03T04:05:06Z"'],
  ['n', '12.5'],
  ['i', '7'],
  ['b', 'true'],
  ['e', '"yy"'],
  [
    'o',
    [
      ['p', '1'],
      ['q', '"s"'],
    ],
  ],
  ['s', [['z', '1']]],
  ['w', '[1,2.5]'],
]
const LOOSE: Good = [
  ...GOOD.slice(0, 6).toReversed(),
  ['more', '{"a":[1,"x",null]}'],
  ...GOOD.slice(6),
]

const SCHEMAS = {
  zod: z.object({
    id: z.string().min(1).max(9),
    at: z.iso.datetime(),
    n: z.number().min(-1e3).max(1e15),
    i: z.int().optional(),
    b: z.boolean().nullable(),
    e: z.enum(['x', 'yy']).nullish(),
    o: z.object({ p: z.number(), q: z.string().optional() }),
    s: z.strictObject({ z: z.number().gt(0).lt(9) }),
    w: z.array(z.number()).min(1).max(8).optional(),
  }),
  valibot: v.object({
    id: v.pipe(v.string(), v.minLength(1), v.maxLength(9)),
    at: v.pipe(v.string(), v.isoTimestamp()),
    n: v.pipe(v.number(), v.minValue(-1e3), v.maxValue(1e15)),
    i: v.optional(v.pipe(v.number(), v.safeInteger())),
    b: v.nullable(v.boolean()),
    e: v.nullish(v.picklist(['x', 'yy'])),
    o: v.object({ p: v.number(), q: v.optional(v.string()) }),
    s: v.strictObject({ z: v.pipe(v.number(), v.gtValue(0), v.ltValue(9)) }),
    w: v.optional(v.pipe(v.array(v.number()), v.minLength(1), v.maxLength(8))),
  }),
  arktype: type({
    id: '1<=string<=9',
    at: 'string.date.iso',
    n: '-1000<=number<=1000000000000000',
    'i?': 'number.integer',
    b: 'boolean|null',
    'e?': "'x'|'yy'|null",
    o: { p: 'number', 'q?': 'string', '+': 'delete' },
    s: { z: '0<number<9', '+': 'reject' },
    'w?': '1<=number[]<=8',
    '+': 'delete',
  }),
}

const RICH: Good = [
  ['d', '"x"'],
  ['n', '7'],
  [
    'o',
    [
      ['p', '1'],
      ['q', '{"a":[-0,1e400,"\\u0041é"]}'],
      ['r', [['s', '"yy"']]],
    ],
  ],
  ['t', '["a","b é"]'],
  ['l', '[{"p":1,"q":"s"},{"p":-0}]'],
  ['m', '{"k":1,"2":2.5}'],
  ['u', '"a"'],
  ['c', '0.35'],
]
/** The same with objects that are there now and then. */
const POOR: Good = [['n', 'null'], ['o', 'null'], ['more', '1'], ...RICH.slice(3)]
const POORER: Good = [...RICH.slice(3, 7), ['o', [['p', '2']]], ['c', '1']]

const RICH_SCHEMAS = {
  zod: z.object({
    d: z.string().default('é'),
    n: z.number().nullable().default(null),
    o: z
      .object({
        p: z.number().default(5),
        q: z.any().optional(),
        r: z.object({ s: z.string() }).nullish(),
      })
      .nullish(),
    t: z.array(z.string().max(9)),
    l: z.array(z.object({ p: z.number(), q: z.string().optional() })),
    m: z.record(z.string(), z.number()),
    u: z.union([z.string(), z.number(), z.boolean()]),
    c: z.number().multipleOf(0.05),
  }),
  valibot: v.object({
    d: v.optional(v.string(), 'é'),
    n: v.optional(v.nullable(v.number()), null),
    o: v.nullish(
      v.object({
        p: v.optional(v.number(), 5),
        q: v.optional(v.any()),
        r: v.nullish(v.object({ s: v.string() })),
      }),
    ),
    t: v.array(v.pipe(v.string(), v.maxLength(9))),
    l: v.array(v.object({ p: v.number(), q: v.optional(v.string()) })),
    m: v.record(v.string(), v.number()),
    u: v.union([v.string(), v.number(), v.boolean()]),
    c: v.number(),
  }),
  arktype: type({
    d: "string = 'é'",
    n: 'number | null = null',
    'o?': type({
      p: 'number = 5',
      'q?': 'unknown',
      'r?': type({ s: 'string', '+': 'delete' }).or('null'),
      '+': 'delete',
    }).or('null'),
    t: '(string <= 9)[]',
    l: type({ p: 'number', 'q?': 'string', '+': 'delete' }).array(),
    m: 'Record<string, number>',
    u: 'string|number|boolean',
    c: 'number',
    '+': 'delete',
  }),
}

describe.each(Object.entries(RICH_SCHEMAS))('a %s schema of composed values', (vendor, schema) => {
  it.each(Array.from({ length: 12 }, (_each, seed) => seed))(
    'is read natively, with the verdicts and bits of the schema itself (seed %i)',
    (seed) => {
      const events = [RICH, POOR, POORER].flatMap((good) => new OddEvents(seed, good).list(500))
      const { compiled, wrong, good, bad } = compare(schema, events)
      expect(compiled.reason).toBeUndefined()
      expect(wrong).toEqual([])
      expect(good).toBeGreaterThan(vendor === 'zod' ? 100 : 200)
      expect(bad).toBeGreaterThan(200)
    },
  )
})

describe.each(Object.entries(SCHEMAS))('the native decoder of a %s schema', (_, schema) => {
  it('has a column for every field', () => {
    const compiled = compileSchema(schema, 'events')
    expect(compiled.reason).toBeUndefined()
    expect(compiled.fields.map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual([
      'at string',
      'b boolean',
      'e string',
      'i number',
      'id string',
      'n number',
      'o.p number',
      'o.q string',
      's.z number',
      'w vector',
    ])
  })

  it.each(Array.from({ length: 12 }, (_each, seed) => seed))(
    'gives the verdicts and bits of the schema itself, whatever the events (seed %i)',
    (seed) => {
      const events = new OddEvents(seed, seed % 2 === 0 ? GOOD : LOOSE).list(1500)
      const { wrong, good, bad } = compare(schema, events)
      expect(wrong).toEqual([])
      expect(good).toBeGreaterThan(200)
      expect(bad).toBeGreaterThan(200)
    },
  )
})

describe('the native decoder', () => {
  const decode = (schema: z.ZodType, texts: readonly (string | Uint8Array)[]) => {
    const builder = new RecordsBuilder()
    for (const text of texts) builder.add(0, '', text)
    const batch = emptyBatch()
    compileSchema(schema, 'events').decoder().decode(builder.records(), batch)
    return batch
  }

  it('keeps rows in the order of their records and says which records are bad, and why', () => {
    const schema = z.object({ a: z.number().max(9) })
    const batch = decode(schema, ['{"a":1}', '{"a":10}', '', '{"a":2}', '{"a"', '{"a":3}'])
    expect(batch.rows).toBe(3)
    expect([...batch.recordOf.subarray(0, 3)]).toEqual([0, 3, 5])
    expect(batch.bad).toEqual([
      {
        record: 1,
        reason: "an event must fit the schema of 'events'; found what it refuses at 'a' (too_big)",
      },
      { record: 2, reason: 'an event must be JSON; found nothing' },
      { record: 4, reason: 'an event must be JSON; found a text that is not' },
    ])
  })

  it('never takes a value from the next record', () => {
    const schema = z.object({ a: z.string(), b: z.object({ c: z.number().optional() }) })
    const whole = '{"a":"x","b":{}}'
    for (let cut = 0; cut < whole.length; cut++) {
      const batch = decode(schema, [whole.slice(0, cut), whole.slice(cut), whole])
      expect([cut, batch.rows]).toEqual([cut, cut === 0 ? 2 : 1])
    }
  })

  it('reports of every column what it is, and whether it may be missing or null', () => {
    const schema = z.object({
      a: z.string().default('x'),
      o: z.object({ n: z.number().nullable() }).optional(),
      l: z.array(z.string()),
    })
    expect(
      compileSchema(schema, 'events').report.map(({ path, note }) => `${path}: ${note}`),
    ).toEqual([
      'a: string',
      'o: object, may be missing',
      'o.n: number, may be missing, may be null',
      'l: json',
    ])
  })

  it('uses a batch again without a trace of the last one', () => {
    const schema = z.object({ a: z.string().optional(), n: z.number().nullable() })
    const decoder = compileSchema(schema, 'events').decoder()
    const batch = emptyBatch()
    const builder = new RecordsBuilder()
    for (let i = 0; i < 50; i++) builder.add(0, '', `{"a":"${'x'.repeat(i)}","n":null}`)
    decoder.decode(builder.records(), batch)
    builder.reset()
    builder.add(0, '', '{"n":1}')
    builder.add(0, '', '{"a":"y","n":2}')
    decoder.decode(builder.records(), batch)
    expect(batch.rows).toBe(2)
    const [a, n] = batch.columns
    expect(a.marks?.[0]).toBe(1)
    expect(a.marks?.[1]).toBe(0)
    expect(n.marks).toBeUndefined()
  })

  it('reads an object of 200 fields', () => {
    const names = Array.from({ length: 200 }, (_, i) => `f${i}`)
    const schema = z.object(Object.fromEntries(names.map((name) => [name, z.number()])))
    const good = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, i])))
    const short = JSON.stringify(Object.fromEntries(names.slice(1).map((name, i) => [name, i])))
    const { compiled, wrong, good: count } = compare(schema, [good, good, short, good])
    expect(wrong).toEqual([])
    expect([compiled.mode, count]).toEqual(['native', 3])
  })
})

describe('an event that no schema is asked about', () => {
  const schema = z.object({ a: z.json() })
  const reasons = (events: readonly string[]): string[] => {
    const builder = new RecordsBuilder()
    for (const event of events) builder.add(0, '', event)
    const batch = emptyBatch()
    compileSchema(schema, 'events').decoder().decode(builder.records(), batch)
    return batch.bad.map(({ reason }) => reason)
  }

  it('nests deeper than any walk of it could follow', () => {
    const deep = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`
    expect(
      reasons([
        deep(400),
        deep(600),
        deep(100_000),
        `{"a":"${'['.repeat(9000)}"}`,
        `{"a":"\\"${'['.repeat(9000)}"}`,
      ]),
    ).toEqual([
      'an event must nest at most 500 levels; found one that is deeper',
      'an event must nest at most 500 levels; found one that is deeper',
    ])
  })

  it('has a text that is no Unicode', () => {
    expect(reasons(['{"a":"\\ud83d\\ude00"}', '{"a":"\\ud83d"}', '{"a":"\\\\ud83d"}'])).toEqual([
      'a text must be Unicode; found an escape that is half of a surrogate pair',
    ])
  })
})

describe('a schema that throws', () => {
  it.each([
    ['zod', z.object({ a: z.string().refine(() => thrown()) })],
    [
      'valibot',
      v.object({
        a: v.pipe(
          v.string(),
          v.check(() => thrown()),
        ),
      }),
    ],
    ['arktype', type({ a: type('string').narrow(() => thrown()) })],
  ])('makes the event bad and stops nothing (%s)', (_, schema) => {
    const builder = new RecordsBuilder()
    builder.add(0, '', '{"a":"secret"}')
    const batch = emptyBatch()
    compileSchema(schema, 'events').decoder().decode(builder.records(), batch)
    expect(batch.bad).toEqual([
      {
        record: 0,
        reason:
          "an event must fit the schema of 'events'; found one on which the schema's validate threw RangeError",
      },
    ])
  })
})

function thrown(): boolean {
  throw new RangeError('secret')
}

let count = 0
const counting = type({ a: type('number').default(() => count++), '+': 'delete' })

describe('what falls back', () => {
  it.each([
    ['a refinement', z.object({ a: z.string().refine(() => true) }), "'a'"],
    ['a transform', z.object({ a: z.string().transform((text) => text.length) }), 'pipe'],
    ['a coercion', z.object({ a: z.coerce.number() }), 'coerced'],
    ['a trim', z.object({ a: z.string().trim() }), 'overwrite'],
    ['a default of a clock', z.object({ a: z.number().default(() => Date.now()) }), 'default'],
    ['a default of a counter', z.object({ a: z.number().default(() => count++) }), 'default'],
    ['an ArkType default of a counter', counting, 'default'],
    ['a union of objects', z.object({ a: z.union([z.object({}), z.looseObject({})]) }), 'union'],
    ['a record of few keys', z.object({ a: z.record(z.enum(['x']), z.number()) }), 'record'],
    ['a catchall', z.looseObject({ a: z.string() }), 'unknown keys'],
    ['a refined object', z.object({ a: z.string() }).refine(() => true), 'check'],
    ['a pattern with a state', z.object({ a: z.string().regex(/a/g) }), 'regex'],
    ['a field every object has', z.object({ toString: z.string().optional() }), 'toString'],
    ['a field deep inside', z.object({ a: z.object({ b: z.object({ c: z.date() }) }) }), 'a.b.c'],
    ['ArkType that keeps keys', type({ a: 'string' }), "'+': 'delete'"],
    ['an unknown vendor', { '~standard': { version: 1, vendor: 'mine', validate: ok } }, 'mine'],
  ] as const)('%s falls back and says where', (_, own, where) => {
    const compiled = compileSchema(own, 'events')
    expect(compiled.mode).toBe('fallback')
    expect(compiled.reason).toContain(where)
  })

  it('is validated by the schema itself, with what it makes of the event', () => {
    const schema = z.object({ a: z.string().transform((text) => text.length) })
    const builder = new RecordsBuilder()
    builder.add(0, '', '{"a":"four"}')
    builder.add(0, '', '{"a":4}')
    builder.add(0, '', Buffer.from([0x7b, 0xff, 0x7d]))
    const batch = emptyBatch()
    compileSchema(schema, 'events').decoder().decode(builder.records(), batch)
    expect(batch.objects).toEqual([{ a: 4 }])
    expect(batch.bad).toEqual([
      {
        record: 1,
        reason:
          "an event must fit the schema of 'events'; found what it refuses at 'a' (invalid_type)",
      },
      { record: 2, reason: 'an event must be UTF-8; found bytes that are not' },
    ])
  })

  it('refuses a schema that answers with a promise', () => {
    const own = z.any().refine(async () => true)
    expect(() => compileSchema(own, 'events')).toThrow(
      expect.objectContaining({
        code: 'ML_SCHEMA',
        message: expect.stringContaining('must validate at once'),
      }),
    )
  })
})

function ok(value: unknown): { value: unknown } {
  return { value }
}
