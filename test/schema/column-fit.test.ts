import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Column } from '../../src/contracts/columns.ts'
import { columnFit } from '../../src/schema/column-fit.ts'

interface Output {
  readonly score: number
  readonly high: boolean
  readonly word: string
  readonly parts: number[]
}

const COLUMNS = [
  { name: 'high', kind: 'boolean' },
  { name: 'parts', kind: 'vector' },
  { name: 'score', kind: 'number' },
  { name: 'word', kind: 'string' },
] as const

const WORDS = ['a', 'bc', '', '😀', 'ok']

const schemas: Readonly<Record<string, StandardSchemaV1>> = {
  'Zod, bounds': z.object({
    score: z.number().min(0).max(1),
    high: z.boolean(),
    word: z.string().min(1).max(2),
    parts: z.array(z.number()).max(2),
  }),
  'Zod, values': z.strictObject({
    word: z.enum(['a', 'ok']),
    parts: z.array(z.number().int()),
    score: z.number().positive(),
    high: z.literal(true),
  }),
  Valibot: v.object({
    score: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    high: v.boolean(),
    word: v.picklist(['a', 'bc']),
    parts: v.array(v.number()),
  }),
  ArkType: type({
    '+': 'delete',
    score: '0 <= number <= 1',
    high: 'boolean',
    word: 'string',
    parts: 'number[]',
  }),
}

const outputs: fc.Arbitrary<Output> = fc.record({
  score: fc.oneof(fc.double(), fc.constantFrom(0, 1, 0.5, -0, NaN, Infinity)),
  high: fc.boolean(),
  word: fc.constantFrom(...WORDS),
  parts: fc.array(fc.constantFrom(1, 2.5, NaN, -Infinity), { maxLength: 3 }),
})

function columnsOf(rows: readonly Output[], absent: readonly boolean[]): Column[] {
  const marks = Uint8Array.from(absent, Number)
  const words = rows.map(({ word }) => Buffer.from(word))
  return [
    {
      kind: 'boolean',
      values: Uint8Array.from(rows, ({ high }) => Number(high)),
      marks: undefined,
    },
    {
      kind: 'vector',
      values: Float64Array.from(rows.flatMap(({ parts }) => parts)),
      ends: endsOf(rows.map(({ parts }) => parts.length)),
      marks: undefined,
    },
    { kind: 'number', values: Float64Array.from(rows, ({ score }) => score), marks },
    {
      kind: 'string',
      bytes: Buffer.concat(words),
      ends: endsOf(words.map(({ length }) => length)),
      marks: undefined,
    },
  ]
}

function endsOf(lengths: readonly number[]): Uint32Array {
  const ends = new Uint32Array(lengths.length + 1)
  lengths.forEach((length, i) => (ends[i + 1] = ends[i] + length))
  return ends
}

describe('columns that are checked against a schema', () => {
  it.each(Object.keys(schemas))(
    'are never sure of what validate refuses or changes: %s',
    (name) => {
      const schema = schemas[name]
      const fit = columnFit(schema, COLUMNS)
      expect(fit).toBeDefined()
      const cases = fc.array(fc.tuple(outputs, fc.boolean()), { minLength: 1, maxLength: 8 })
      fc.assert(
        fc.property(cases, (list) => {
          const rows = list.map(([output]) => output)
          const sure = new Uint8Array(rows.length).fill(1)
          const absent = list.map(([, each]) => each)
          fit?.check(columnsOf(rows, absent), rows.length, sure)
          rows.forEach((row, i) => {
            if (sure[i] === 0) return
            expect(absent[i]).toBe(false)
            const result = schema['~standard'].validate(row)
            if (result instanceof Promise || result.issues !== undefined)
              expect.fail(`validate refuses ${JSON.stringify(row)}`)
            expect(result.value).toEqual(row)
          })
        }),
      )
    },
  )

  it.each(Object.keys(schemas))('are sure of plain rows that fit: %s', (name) => {
    const fit = columnFit(schemas[name], COLUMNS)
    expect(fit).toBeDefined()
    const sure = new Uint8Array(1).fill(1)
    fit?.check(columnsOf([{ score: 0.5, high: true, word: 'a', parts: [1] }], [false]), 1, sure)
    expect([...sure]).toEqual([1])
  })

  it('are left to validate where the schema has another field, another kind, or a rule of its own', () => {
    const score = [{ name: 'score', kind: 'number' as const }]
    expect(columnFit(z.object({ score: z.number() }), score)?.places).toEqual([0])
    expect(columnFit(z.object({ score: z.number(), more: z.string() }), score)).toBeUndefined()
    expect(columnFit(z.object({ score: z.string() }), score)).toBeUndefined()
    expect(
      columnFit(z.object({ score: z.number().transform((x) => x * 2) }), score),
    ).toBeUndefined()
    expect(columnFit(z.object({ score: z.number() }), COLUMNS)).toBeUndefined()
    expect(columnFit(z.object({ score: z.object({ x: z.number() }) }), score)).toBeUndefined()
  })
})
