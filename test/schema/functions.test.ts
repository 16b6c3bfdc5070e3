import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RecordsBuilder } from '../../src/base/records.ts'
import type { Column, Field } from '../../src/contracts/columns.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { Evaluator, type Events, type Failure } from '../../src/schema/evaluate.ts'
import { KeyColumn, keyText } from '../../src/schema/event-keys.ts'
import { timeAt, toTime } from '../../src/schema/event-time.ts'
import { emptyBatch } from '../../src/schema/event-schema.ts'
import { EventView } from '../../src/schema/event-view.ts'
import { installGuard } from '../../src/schema/guard.ts'
import { keySelector, selector } from '../../src/schema/selector.ts'

function texts(values: readonly string[]): Column {
  const parts = values.map((value) => Buffer.from(value))
  const ends = new Uint32Array(parts.length + 1)
  parts.forEach((part, i) => (ends[i + 1] = ends[i] + part.length))
  return { kind: 'string', bytes: Buffer.concat(parts), ends, marks: undefined }
}

const FIELDS: readonly Field[] = [
  { name: 'id', path: ['id'], kind: 'string', role: 'value', optional: false, nullable: false },
  {
    name: 'card.amount',
    path: ['card', 'amount'],
    kind: 'number',
    role: 'value',
    optional: true,
    nullable: false,
  },
]
const EVENTS: Events = {
  rows: 2,
  columns: [
    texts(['a"b', 'é']),
    { kind: 'number', values: Float64Array.of(7, 0), marks: Uint8Array.of(0, 1) },
  ],
  objects: undefined,
}

interface Payment {
  id: string
  card: { amount?: number }
}

describe('selectors', () => {
  it('know a plain path by the exact text of the function', () => {
    expect(selector((p: Payment) => p.card.amount).path).toEqual(['card', 'amount'])
    expect(keySelector((p: Payment) => [p.id, p.card.amount]).parts).toEqual([
      ['id'],
      ['card', 'amount'],
    ])
  })

  it('do not take a path for what only looks like one', () => {
    expect(selector((p: Payment) => p.card.amount ?? 3).path).toBeUndefined()
    expect(selector(({ id }: Payment) => id).path).toBeUndefined()
    expect(selector((p: Payment) => p.id.length + 1).path).toBeUndefined()
    expect(keySelector((p: Payment) => [p.id, 'x']).parts).toBeUndefined()
  })
})

describe('an object that may be missing', () => {
  interface Order {
    o?: { p: number; q?: { r: string } | null } | null
  }
  const schema = compileSchema(
    z.object({
      o: z.object({ p: z.number(), q: z.object({ r: z.string() }).nullish() }).nullish(),
    }),
    'orders',
  )
  const builder = new RecordsBuilder()
  for (const event of ['{"o":{"p":1,"q":{"r":"x"}}}', '{"o":{"p":2,"q":null}}', '{"o":null}', '{}'])
    builder.add(0, '', event)
  const batch = emptyBatch()
  schema.decoder().decode(builder.records(), batch)
  const events: Events = { rows: batch.rows, columns: batch.columns, objects: undefined }
  const evaluator = new Evaluator(schema.fields, installGuard())
  const values = (call: (order: Order) => unknown, kind: 'number' | 'string' = 'number') => {
    const failures: Failure[] = []
    const column = evaluator.column(selector(call), kind, events, failures)
    return { column, failed: failures.map(({ row }) => row) }
  }

  it('is undefined or null in the row, and its fields are read through it', () => {
    const view = new EventView(schema.fields)
    const rows = [0, 1, 2, 3].map((row) => JSON.stringify(view.point(events.columns, row)))
    expect(rows).toEqual([
      '{"o":{"p":1,"q":{"r":"x"}}}',
      '{"o":{"p":2,"q":null}}',
      '{"o":null}',
      '{}',
    ])
    const order: unknown = view.point(events.columns, 3)
    expect(order).toHaveProperty('o', undefined)
  })

  it('gives the very column for a path that asks by ?.', () => {
    expect(selector((x: Order) => x.o?.q?.r)).toMatchObject({
      path: ['o', 'q', 'r'],
      chained: [1, 2],
    })
    const { column, failed } = values((x) => x.o?.p)
    expect(events.columns).toContain(column)
    expect(column.marks?.subarray(0, 4)).toEqual(Uint8Array.of(0, 0, 1, 1))
    expect(failed).toEqual([])
    expect(events.columns).toContain(values((x) => x.o?.q?.r, 'string').column)
  })

  it('fails where a path does not ask, as JavaScript does', () => {
    // @ts-expect-error -- a user without strict types
    expect(values((x) => x.o.p).failed).toEqual([2, 3])
    // @ts-expect-error -- the outer one is asked for, the inner one is not
    expect(values((x) => x.o?.q.r, 'string').failed).toEqual([1])
  })
})

describe('a row', () => {
  const view = new EventView(FIELDS)

  it('can be spread and written as JSON, nested objects included', () => {
    expect(JSON.stringify(view.point(EVENTS.columns, 0))).toBe('{"id":"a\\"b","card":{"amount":7}}')
    expect({ ...view.point(EVENTS.columns, 1) }).toMatchObject({ id: 'é' })
  })

  it('refuses to be written to', () => {
    const row = view.point(EVENTS.columns, 0)
    expect(() => Reflect.set(row, 'id', 'x')).toThrow('must not be written to')
  })

  it('refuses to be read after the call', () => {
    const row = view.point(EVENTS.columns, 0)
    view.close()
    expect(() => Reflect.get(row, 'id')).toThrow(
      expect.objectContaining({
        code: 'ML_USER_FUNCTION',
        message: expect.stringContaining('during the call'),
      }),
    )
  })
})

describe('functions over a batch', () => {
  const evaluator = new Evaluator(FIELDS, installGuard())

  it('give the very column for a plain path', () => {
    expect(
      evaluator.column(
        selector((p: Payment) => p.card.amount),
        'number',
        EVENTS,
        [],
      ),
    ).toBe(EVENTS.columns[1])
  })

  it('say what failed, by row, and mark the value as absent', () => {
    const failures: Failure[] = []
    const column = evaluator.column(
      selector((p: Payment) => (p.card.amount === undefined ? 'none' : 2)),
      'number',
      EVENTS,
      failures,
    )
    expect(failures).toEqual([{ row: 1, reason: 'a function must give a number; found string' }])
    expect(column.marks).toEqual(Uint8Array.of(0, 1))
  })

  it('may not be asynchronous, read the clock, or be random', () => {
    const failures: Failure[] = []
    evaluator.column(
      selector(() => Promise.resolve(1)),
      'number',
      { ...EVENTS, rows: 1 },
      failures,
    )
    evaluator.column(
      selector(() => Date.now()),
      'number',
      { ...EVENTS, rows: 1 },
      failures,
    )
    evaluator.column(
      selector(() => Math.random()),
      'number',
      { ...EVENTS, rows: 1 },
      failures,
    )
    evaluator.column(
      selector(() => new Date().getTime()),
      'number',
      { ...EVENTS, rows: 1 },
      failures,
    )
    evaluator.column(
      selector(() => new Date('2001-01-01T00:00').getTime()),
      'number',
      { ...EVENTS, rows: 1 },
      failures,
    )
    expect(
      failures.map(
        ({ reason }) =>
          /promise|Date\.now|Math\.random|new Date\(\)|without a zone/.exec(reason)?.[0],
      ),
    ).toEqual(['promise', 'Date.now', 'Math.random', 'new Date()', 'without a zone'])
  })

  it('leave the clock and randomness as they were outside', () => {
    expect(Date.now()).toBeGreaterThan(0)
    expect(Math.random()).toBeLessThan(1)
    expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z')
  })

  it('encode keys the same way by path and by call', () => {
    const byPath = new KeyColumn()
    const byCall = new KeyColumn()
    evaluator.keys(
      keySelector((p: Payment) => [p.id]),
      EVENTS,
      byPath,
      [],
    )
    evaluator.keys(
      keySelector((p: Payment) => [p.id.concat('')]),
      EVENTS,
      byCall,
      [],
    )
    const read = ({ bytes, ends }: KeyColumn): string[] =>
      [0, 1].map((row) => bytes.toString('utf8', ends[row], ends[row + 1]))
    expect(read(byPath)).toEqual(['["a\\"b"]', '["é"]'])
    expect(read(byCall)).toEqual(read(byPath))
    expect([...byCall.hashes.subarray(0, 2)]).toEqual([...byPath.hashes.subarray(0, 2)])
  })
})

describe('keys', () => {
  it.each([
    ['a', 'a'],
    [7, '7'],
    [-7n, '-7'],
    [['a', 7], '["a",7]'],
  ])('of %s are %s', (key, text) => expect(keyText(key)).toEqual({ text }))

  it.each([[''], [1.5], [2 ** 53], [null], [undefined], [{}], [[]], [[[]]], [new Date(0)]])(
    'refuse %j',
    (key) => {
      expect(keyText(key)).toHaveProperty('reason')
    },
  )
})

describe('times', () => {
  it.each([
    '1970-01-01T00:00Z',
    '2000-02-29T23:59:59Z',
    '2001-12-31T12:30:45.678Z',
    '1969-07-20T20:17:40Z',
    '9999-12-28T00:00:00Z',
    '2001-01-31T00:00:00.123Z',
    '2001-01-01T01:00:00+01:00',
  ])('%s is what Date says', (text) => {
    expect(timeAt(texts([text]), 0)).toBe(Date.parse(text))
  })

  it.each(['2001-01-01T00:00', '2001-01-01', '2001-13-01T00:00Z', 'now', ''])(
    '%j is no time',
    (text) => {
      expect(timeAt(texts([text]), 0)).toBeNaN()
    },
  )

  it('takes numbers and dates', () => {
    expect(toTime(5)).toBe(5)
    expect(toTime(new Date(5))).toBe(5)
    expect(toTime(Number.NaN)).toBeNaN()
    expect(toTime(8.65e15)).toBeNaN()
  })
})
