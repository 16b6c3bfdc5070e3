import { describe, expect, it } from 'vitest'
import { file, pipeline, stream, topic } from '../../src/index.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { describePlan, type PlanFacts } from '../../src/pipeline/describe.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { planText } from '../../src/pipeline/plan-text.ts'
import { stateSize } from '../../src/pipeline/state-size.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { watching } from '../testing/learning-sensors.ts'
import { Payment, payments, scoring, start } from './shop.ts'

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

  it('says of a model that learns from what, in which task, how often and whether rows wait', () => {
    const learns = describePlan(planOf(watching), { ...facts, schemas: new Map() })
    expect(learns.models[0].learning).toMatchObject({
      learner: 'standard-scaler|logistic-regression',
      stage: 'learning.wear',
      features: ['heat', 'load', 'readings1h'],
      periodMs: 600_000,
      waitMs: 'forever',
    })
    expect(planText(learns).replace(/\s+/g, ' ')).toContain(
      'learns from 3 features, heat, load, readings1h, in the one task of stage learning.wear; a snapshot each 10m, a row waits for that of its time; begins with',
    )
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

it('a plan names the files of its streams and outputs, and its digest does not depend on them', () => {
  const made = (path: string, out: string): Plan => {
    const rows = stream('rows', {
      source: file(path),
      schema: Payment,
      key: (row) => row.card,
      time: (row) => row.at,
    })
    const flow = pipeline('copies').from(rows)
    return planOf(flow.emit(file(out), ({ event }) => ({ id: event.id })))
  }
  const one = made('a.csv', 'out/ids.jsonl')
  const { streams, outputs } = describePlan(one, { ...facts, topics: [], schemas: new Map() })
  expect(streams[0]).toMatchObject({ topic: 'rows', files: ['a.csv'] })
  expect(outputs).toMatchObject([{ topic: 'ids', file: 'out/ids.jsonl' }])
  expect(planText(describePlan(one, facts))).toContain('ids -> out/ids.jsonl')
  expect(made('b.csv.gz', 'elsewhere/ids.jsonl').digest).toBe(one.digest)
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
        '                           232 B a key',
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

describe('a feature as a plan shows it', () => {
  const shown = planText(
    describePlan(
      planOf(
        pipeline('p')
          .from(payments)
          .features(
            payments.features('s', {
              define: (f) => ({
                shops: f.distinct((p) => p.shop, { over: '28d', hop: '1d' }),
                p95: f.quantile((p) => p.amount, { q: 0.95, over: '1d', hop: '1h', delay: '2h' }),
                exact: f.quantile((p) => p.amount, { q: 0.5, over: '1d' }),
                recent: f.ewma((p) => p.amount, { halfLife: '90m', over: '1d' }),
                where: f.oneHot((p) => p.shop, ['a', 'b']),
                bucket: f.hashed((p) => p.shop, { buckets: 64 }),
              }),
            }),
          )
          .emit(topic('out'), () => 1),
      ),
      facts,
    ),
  )

  it.each([
    'shops   distinct shop over 28d, in hops of 1d\n',
    '        15.1 KB a key; within 4.6 % (standard error; exact until 64)\n',
    'p95     quantile 0.95 amount over 1d, ending 2h ago, in hops of 1h\n',
    '        55.5 KB a key; within 2 % of the value\n',
    'exact   quantile 0.5 amount over 1d\n',
    'recent  ewma 1.5h amount over 1d\n',
    'where   oneHot shop, 2 categories and others\n',
    'bucket  hashed shop, 64 buckets\n',
  ])('says what it is, what it keeps and how exact it is: %s', (line) => {
    expect(shown).toContain(line)
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

  it('has hashes, places of vectors and wide tiles apart, and one state for aggregates that share it', () => {
    const sketches = size((f) => ({
      shops: f.distinct((p) => p.shop, { over: '1d', hop: '1h' }),
      std: f.std((p) => p.amount, { over: '1d', hop: '1h' }),
      variance: f.variance((p) => p.amount, { over: '1d', hop: '1h' }),
      exact: f.distinct((p) => p.shop, { over: '1h' }),
      pair: f.mean((p) => [p.amount, p.amount], { over: '1h', length: 2 }),
    }))
    expect(sketches).toMatchObject({
      bytesPerKey: 72 + 8 * (2 + 25 * (1 + 65)) + 8 * (2 + 25 * (1 + 3)),
      bytesPerEvent: 8 * (1 + 1 + 2),
    })
  })

  it('grows by what last and since keep', () => {
    expect(size((f) => ({ a: f.last((p) => p.shop), b: f.since() }))).toMatchObject({
      bytesPerKey: 96,
      bytesPerEvent: 16,
    })
  })
})
