import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { judge } from '../../src/schema/fallback-decoder.ts'

const reasonOf = (schema: StandardSchemaV1, event: unknown): string => {
  const judged = judge(schema, 'events', Buffer.from(JSON.stringify(event)))
  if (!('reason' in judged)) throw new Error('the event is good')
  return judged.reason
}
/** Where an event is refused. */
const placeOf = (schema: StandardSchemaV1, event: unknown): string =>
  /at (the root|'.*')/.exec(reasonOf(schema, event))?.[1] ?? ''

const map = v.pipe(
  v.unknown(),
  v.transform((record) => new Map(Object.entries(Object(record)))),
  v.map(v.string(), v.number()),
)
const tree = z.object({
  get children() {
    return z.array(z.object({ leaf: z.number() }))
  },
  next: z.lazy(() => z.object({ deep: z.number() })).optional(),
})

describe('the reason why an event is refused', () => {
  it.each<[string, StandardSchemaV1, unknown, string]>([
    [
      'a Zod record',
      z.object({ m: z.record(z.string(), z.number()) }),
      { m: { secret: 'x' } },
      "'m.*'",
    ],
    [
      'the keys of a Zod record',
      z.object({ m: z.record(z.string().max(3), z.number()) }),
      { m: { secret: 1 } },
      "'m.*'",
    ],
    [
      'objects in a Zod record',
      z.object({ m: z.record(z.string(), z.object({ p: z.number() })) }),
      { m: { secret: { p: 'x' } } },
      "'m.*.p'",
    ],
    ['a Zod catchall', z.object({}).catchall(z.number()), { secret: 'x' }, "'*'"],
    ['a strict Zod object', z.strictObject({ a: z.number() }), { a: 1, secret: 'x' }, 'the root'],
    [
      'a Zod refinement that names what it found',
      z.object({ a: z.string() }).superRefine(({ a }, context) => {
        context.addIssue({ code: 'custom', path: ['a', a], message: a })
      }),
      { a: 'secret' },
      "'a.*'",
    ],
    ['fields behind a Zod getter', tree, { children: [{ leaf: 'secret' }] }, "'children.*.leaf'"],
    ['fields behind a lazy Zod schema', tree, { children: [], next: { deep: 'x' } }, "'next.deep'"],
    [
      'a Valibot record',
      v.object({ m: v.record(v.string(), v.object({ p: v.number() })) }),
      { m: { secret: { p: 'x' } } },
      "'m.*.p'",
    ],
    [
      'the keys of a Valibot record',
      v.object({ m: v.record(v.pipe(v.string(), v.maxLength(3)), v.number()) }),
      { m: { secret: 1 } },
      "'m.*'",
    ],
    ['a strict Valibot object', v.strictObject({ a: v.number() }), { a: 1, secret: 2 }, "'*'"],
    ['a Valibot map', v.object({ m: map }), { m: { secret: 'x' } }, "'m.*'"],
    [
      'fields behind a lazy Valibot schema',
      v.object({ a: v.lazy(() => v.object({ deep: v.number() })) }),
      { a: { deep: 'x' } },
      "'a.deep'",
    ],
    [
      'an ArkType index signature',
      type({ m: { '[string]': 'number' } }),
      { m: { secret: 'x' } },
      "'m.*'",
    ],
    [
      'objects in an ArkType record',
      type({ m: { '[string]': { p: 'number' } } }),
      { m: { secret: { p: 'x' } } },
      "'m.*.p'",
    ],
    ['a strict ArkType object', type({ a: 'number', '+': 'reject' }), { a: 1, secret: 2 }, "'*'"],
    ['an item of a list', z.object({ l: z.array(z.number()) }), { l: [1, 'secret'] }, "'l.*'"],
  ])("tells of %s no key that is the event's own", (_, schema, event, place) => {
    expect(placeOf(schema, event)).toBe(place)
    expect(reasonOf(schema, event)).not.toContain('secret')
  })

  it('tells names of another vendor only as far as its JSON Schema declares them', () => {
    const refuses = (jsonSchema: object): StandardSchemaV1 => ({
      '~standard': {
        version: 1,
        vendor: 'mine',
        validate: () => ({ issues: [{ message: 'secret', path: ['a', { key: 'secret' }] }] }),
        ...jsonSchema,
      },
    })
    expect(placeOf(refuses({}), {})).toBe("'*.*'")
    const input = (): object => ({ type: 'object', properties: { a: { type: 'string' } } })
    expect(placeOf(refuses({ jsonSchema: { input } }), {})).toBe("'a.*'")
  })
})
