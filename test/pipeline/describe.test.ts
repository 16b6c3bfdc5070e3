import { describe, expect, it } from 'vitest'
import { topic } from '../../src/index.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { describePlan, type PlanFacts } from '../../src/pipeline/describe.ts'
import { planText } from '../../src/pipeline/plan-text.ts'
import { stateSize } from '../../src/pipeline/state-size.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { payments, scoring, start } from './shop.ts'

const plan = planOf(scoring)
const facts: PlanFacts = {
  partitions: 4,
  schemas: new Map(plan.streams.map(({ name, schema }) => [name, compileSchema(schema, name)])),
  paths: new Map([['fraud', 'onnxruntime 1.30.0, cpu, bucket 64, 1 thread']]),
  topics: [
    { name: 'payments', partitions: 2 },
    { name: '_scoring.set.shop', partitions: 8 },
    { name: '_scoring.by-shop.shop.rows', partitions: 1 },
    { name: '_scoring.receipts', partitions: 4, retentionMs: 30 * 86_400_000 },
  ],
  carries: new Map([
    [
      'by-shop.shop',
      {
        columns: ['event.id', 'event.at', 'amount', 'count1h'],
        openEnded: ['the body of .emit to out'],
      },
    ],
  ]),
  rates: new Map([['payments', 200]]),
}
const text = planText(describePlan(plan, facts))

describe('the description of a plan', () => {
  it('names streams with what they are used for, and how their events are read', () => {
    const [own, other] = describePlan(plan, facts).streams
    expect(own).toMatchObject({
      name: 'payments',
      roles: ['predicted'],
      key: 'card',
      time: 'at',
      late: 'payments.late',
      decoded: 'native',
    })
    expect(own.fields.length).toBeGreaterThan(0)
    expect(other.roles).toEqual(['looked up', 'labels'])
  })

  it('names hops: every stage but a first one whose source is partitioned by its key', () => {
    expect(describePlan(plan, facts).stages.map(({ hop }) => hop)).toEqual([true, true, true])
    const [own, ...rest] = plan.streams
    const partitioned = { ...plan, streams: [{ ...own, partitionedByKey: true }, ...rest] }
    expect(describePlan(partitioned, facts).stages.map(({ hop }) => hop)).toEqual([
      false,
      true,
      true,
    ])
  })

  it('says how many predictions wait for their label: rate x within', () => {
    const [fraud] = describePlan(plan, facts).models
    expect(fraud.labels?.waiting).toEqual({
      rows: 200 * 604_800,
      bytes: 200 * 604_800 * 40,
      memoryBytes: 200 * 604_800 * 3,
    })
    expect(describePlan(plan, { ...facts, rates: new Map() }).models[0].labels?.waiting).toBe(
      undefined,
    )
  })

  it('tells the keys of outputs', () => {
    const flow = start
      .emit(topic('a'), ({ event }) => event.id)
      .emit(topic('b'), ({ event }) => event.id, { key: (row) => row.event.shop })
    expect(describePlan(planOf(flow), facts).outputs.map(({ key }) => key)).toEqual([
      'card',
      'event.shop',
    ])
  })
})

describe('the text of a plan', () => {
  it('is at most 100 columns wide and has no blanks at the ends of lines', () => {
    for (const line of text.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100)
      expect(line).toBe(line.trimEnd())
    }
  })

  it('shows the way of a row first', () => {
    expect(text.split('\n').slice(0, 4).join('\n')).toBe(
      [
        `scoring${' '.repeat(72)}plan ${plan.digest.slice(0, 16)}`,
        '',
        '  payments -> by-card.card -> by-shop.shop -> by-place_country.country -> scores, blocked',
        '',
      ].join('\n'),
    )
  })

  it('shows each stage with its key, its tasks and what its sets keep', () => {
    expect(text).toContain(
      [
        '  2. by-shop.shop',
        '    key       shop; 4 tasks; rows come through a topic',
        '    rows      event.id, event.at, amount, count1h',
        '              all that may be read by the body of .emit to out',
        '    shop      of chargebacks, waits up to 1s; 2 features',
        '              about 552 B a key + 16 B an event of 7d; a key is kept 28d after its last event',
        '                frauds28d  count over 28d, in hops of 1d',
        '                cents7d    mean cents over 7d',
      ].join('\n'),
    )
  })

  it('shows each model with how it runs and what waits for its labels', () => {
    expect(text).toContain(
      [
        '  fraud',
        '    gives     prediction',
        '    runs      fraud.onnx, onnxruntime 1.30.0, cpu, bucket 64, 1 thread',
        '    takes     4 features: amount, count1h, frauds28d, cents7d',
        '    labels    from chargebacks, within 7d, then 0; early ones wait 2h; judges score; at most',
        '              120,960,000 that wait take 4.8 GB of log and 362.9 MB of memory',
      ].join('\n'),
    )
  })

  it('shows only the topics between tasks in their own section', () => {
    expect(text).toContain(
      [
        'TOPICS BETWEEN TASKS',
        '    _scoring.set.shop           8 partitions  kept 7d for replays',
        '    _scoring.by-shop.shop.rows  1 partition   kept 7d for replays',
        '    _scoring.receipts           4 partitions  kept 30d',
        '',
      ].join('\n'),
    )
  })
})

describe("the size of a set's state", () => {
  const size = (define: Parameters<typeof payments.features>[1]['define']) =>
    stateSize(payments.features('s', { keep: '60d', define })['~set'].set)

  it('is nothing for values of the event', () => {
    expect(size((f) => ({ a: f.value((p) => p.amount) }))).toBe(undefined)
  })

  it("is a record a key, and an event's time with each value once", () => {
    const windows = size((f) => ({
      n: f.count({ over: '1h' }),
      sum: f.sum((p) => p.amount, { over: '1d', delay: '1h' }),
      mean: f.mean((p) => p.amount, { over: '1h' }),
    }))
    expect(windows).toEqual({
      bytesPerKey: 72,
      bytesPerEvent: 16,
      keptMs: 90_000_000,
      keyKeptMs: 5_184_000_000,
    })
  })

  it('is tiles instead of events where windows have hops', () => {
    expect(size((f) => ({ n: f.count({ over: '1d', hop: '1h' }) }))).toEqual({
      bytesPerKey: 72 + 8 * (2 + 25 * 2),
      bytesPerEvent: 0,
      keptMs: 0,
      keyKeptMs: 5_184_000_000,
    })
  })

  it('grows by what last and since keep', () => {
    expect(size((f) => ({ a: f.last((p) => p.shop), b: f.since() }))).toMatchObject({
      bytesPerKey: 96,
      bytesPerEvent: 16,
    })
  })
})
