import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Prng } from '../../src/base/prng.ts'
import { RecordsBuilder, type Records } from '../../src/base/records.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { emptyBatch, type DecodedBatch } from '../../src/schema/event-schema.ts'
import { valueAt } from '../../src/schema/event-view.ts'
import { fallbackDecoder } from '../../src/schema/fallback-decoder.ts'

const schema = z.object({
  id: z.string().min(1).max(9),
  at: z.iso.datetime(),
  n: z.number().min(-1e3).max(1e15),
  i: z.int().optional(),
  b: z.boolean().nullable(),
  e: z.enum(['x', 'yy']).nullish(),
  o: z.object({ p: z.number(), q: z.string().optional() }),
  s: z.strictObject({ z: z.number().gt(0).lt(9) }),
})

const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.5',
  '1e3',
  '0.1',
  '123456789012345',
  '1234567890123456',
  '9007199254740993',
  '-1.25',
  '01',
  '1.',
  '.5',
  '1e400',
  '0.000000000000001',
  '3.14159265358979',
  '-',
  'NaN',
  '12.0',
  '-0.0',
  '5e-324',
  '1.7976931348623157e308',
]
const TEXTS = [
  '"a"',
  '"abcdefghi"',
  '"abcdefghij"',
  '""',
  '"é"',
  '"\\u0041"',
  '"a\\"b"',
  '"😀"',
  '"\t"',
  '"x"',
  '"yy"',
  '"2001-02-03T04:05:06Z"',
  '"2001-02-29T04:05:06Z"',
  '"2004-02-29T04:05Z"',
  '"2001-02-03T24:00:00Z"',
  '"2001-02-03T04:05:06.123456Z"',
  '"2001-02-03T04:05:06.Z"',
  '"2001-13-03T04:05:06Z"',
  '"2001-02-03T04:05:06+01:00"',
  'null',
  'true',
  'false',
  '{}',
  '[1]',
  '{"a":{"a":{"a":{}}}}',
]

class Events {
  readonly #random: Prng

  constructor(seed: number) {
    this.#random = new Prng(seed)
  }

  /** Events that are mostly good, some with odd values, keys or bytes. */
  records(count: number): Records {
    const builder = new RecordsBuilder()
    for (let i = 0; i < count; i++) builder.add(0, '', this.#mutated(Buffer.from(this.#event())))
    return builder.records()
  }

  #or(good: string): string {
    if (this.#random.chance(0.85)) return good
    return this.#random.pick(this.#random.chance(0.5) ? NUMBERS : TEXTS)
  }

  #event(): string {
    const random = this.#random
    const values: [string, string][] = [
      ['id', this.#or('"abc"')],
      ['at', this.#or('"2001-02-03T04:05:06Z"')],
      ['n', this.#or('12.5')],
      ['i', this.#or('7')],
      ['b', this.#or('true')],
      ['e', this.#or('"yy"')],
      ['o', this.#or(`{"p":${this.#or('1')},"q":${this.#or('"s"')}}`)],
      ['s', this.#or(`{"z":${this.#or('1')}}`)],
    ]
    if (random.chance(0.3)) values.sort(() => random.next() - 0.5)
    if (random.chance(0.1)) values.splice(random.below(values.length), 1)
    if (random.chance(0.05)) values.push(random.pick(values))
    const parts = values.map(
      ([name, value]) => `${this.#space()}"${name}"${this.#space()}:${this.#space()}${value}`,
    )
    if (random.chance(0.05))
      parts.splice(
        random.below(parts.length),
        0,
        random.pick(['"extra":1', '"__proto__":{"id":"q"}', '"constructor":1', '"toString":"x"']),
      )
    return `{${parts.join(',')}}${this.#space()}`
  }

  #space(): string {
    return this.#random.chance(0.05) ? this.#random.pick([' ', '\n', '\t', '\r\n']) : ''
  }

  #mutated(bytes: Buffer): Buffer {
    const random = this.#random
    if (!random.chance(0.15)) return bytes
    const place = random.below(bytes.length)
    const other = Buffer.from([random.below(256)])
    const pieces = [
      [bytes.subarray(0, place)],
      [bytes.subarray(0, place), bytes.subarray(place + 1)],
      [bytes.subarray(0, place), other, bytes.subarray(place)],
      [bytes.subarray(0, place), other, bytes.subarray(place + 1)],
    ]
    return Buffer.concat(random.pick(pieces))
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  let own = value
  for (const name of path)
    own = typeof own === 'object' && own !== null ? Reflect.get(own, name) : undefined
  return own
}

describe('the native decoder', () => {
  const compiled = compileSchema(schema, 'events')

  it('reads a Zod schema of plain rules natively', () => {
    expect(compiled.reason).toBeUndefined()
    expect(compiled.fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'id string',
      'at string',
      'n number',
      'i number',
      'b boolean',
      'e string',
      'o.p number',
      'o.q string',
      's.z number',
    ])
  })

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'gives the verdicts, reasons and bits of the schema itself (seed %i)',
    (seed) => {
      const native = compiled.decoder()
      const own = fallbackDecoder(schema, 'events')
      const events = new Events(seed)
      const left = emptyBatch()
      let rows = 0
      for (let round = 0; round < 20; round++) {
        const records = events.records(100)
        const right: DecodedBatch = emptyBatch()
        native.decode(records, left)
        own.decode(records, right)
        expect(left.bad).toEqual(right.bad)
        expect([...left.recordOf.subarray(0, left.rows)]).toEqual([
          ...right.recordOf.subarray(0, right.rows),
        ])
        for (let row = 0; row < left.rows; row++) {
          compiled.fields.forEach(({ path }, column) =>
            expect(valueAt(left.columns[column], row)).toBe(at(right.objects?.[row], path)),
          )
        }
        rows += left.rows
      }
      expect(rows).toBeGreaterThan(300)
    },
  )
})

describe('what falls back', () => {
  it.each([
    ['a refinement', z.object({ a: z.string().refine(() => true) }), "'a'"],
    ['a transform', z.object({ a: z.string().transform((text) => text.length) }), 'pipe'],
    ['a coercion', z.object({ a: z.coerce.number() }), 'coerced'],
    ['a trim', z.object({ a: z.string().trim() }), 'overwrite'],
    ['a default', z.object({ a: z.string().default('x') }), 'default'],
    ['a union', z.object({ a: z.union([z.string(), z.number()]) }), 'union'],
    ['a record', z.object({ a: z.record(z.string(), z.number()) }), 'record'],
    ['a catchall', z.looseObject({ a: z.string() }), 'unknown keys'],
    ['a refined object', z.object({ a: z.string() }).refine(() => true), 'check'],
    ['a multiple', z.object({ a: z.number().multipleOf(2) }), 'multiple_of'],
    ['a pattern of the user', z.object({ a: z.string().regex(/a/g) }), 'regex'],
  ])('%s falls back and says where', (_, own, where) => {
    const compiled = compileSchema(own, 'events')
    expect(compiled.mode).toBe('fallback')
    expect(compiled.reason).toContain(where)
  })

  it('is validated by the schema itself, with what it makes of the event', () => {
    const compiled = compileSchema(
      z.object({ a: z.string().transform((text) => text.length) }),
      'events',
    )
    const builder = new RecordsBuilder()
    builder.add(0, '', '{"a":"four"}')
    builder.add(0, '', '{"a":4}')
    builder.add(0, '', Buffer.from([0x7b, 0xff, 0x7d]))
    const batch = emptyBatch()
    compiled.decoder().decode(builder.records(), batch)
    expect(batch.objects).toEqual([{ a: 4 }])
    expect(batch.bad).toEqual([
      {
        record: 1,
        reason: "an event must fit the schema of 'events'; found what it refuses at 'a'",
      },
      { record: 2, reason: 'an event must be UTF-8; found bytes that are not' },
    ])
  })

  it('refuses a schema that answers with a promise', () => {
    const own = z.any().refine(async () => true)
    expect(() => compileSchema(own, 'events')).toThrow('must validate at once')
  })
})
