import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Prng } from '../../src/base/prng.ts'
import { functionModel, model, pipeline, stream, topic, type Pipeline } from '../../src/index.ts'
import { events, simulate } from '../../src/testing/index.ts'
import { END, type Inputs } from '../../src/testing/inputs.ts'
import type { Outcome } from '../../src/testing/outcome.ts'
import { againstOracle } from './against-oracle.ts'

const START = Date.UTC(2026, 0, 5)
const LATENESS_MS = 60_000
const HOUR = 3_600_000
const TIMEOUT = 120_000

const Payment = z.object({
  id: z.string(),
  card: z.string(),
  amount: z.int(),
  at: z.int(),
  note: z.string().optional(),
})

/** All numbers are whole, so that every order of adding gives the same bits. */
function scoring(ahead: { ahead?: '1h' } = {}) {
  const payments = stream('payments', {
    source: topic('payments'),
    schema: Payment,
    key: (p) => p.card,
    time: (p) => p.at,
    lateness: '60s',
    idle: 'never',
    ...ahead,
  })
  const chargebacks = stream('chargebacks', {
    source: topic('chargebacks'),
    schema: z.object({ payment: z.string(), at: z.int() }),
    key: (c) => c.payment,
    time: (c) => c.at,
    idle: 'never',
  })
  const card = payments.features('card', {
    keep: '2h',
    define: (f) => ({
      amount: f.value((p) => p.amount),
      count10m: f.count({ over: '10m' }),
      sum1h: f.sum((p) => p.amount, { over: '1h', hop: '5m' }),
      most1h: f.max((p) => p.amount, { over: '1h', otherwise: 0 }),
      gap: f.since({ otherwise: -1 }),
      note: f.last((p) => p.note ?? '', { kind: 'string' }),
    }),
  })
  const fraud = model('fraud', {
    of: payments,
    input: [card],
    runtime: functionModel(
      (x: { amount: number; count10m: number; sum1h: number }) => ({
        score: ((x.amount + x.count10m * 31 + x.sum1h) % 97) / 96,
      }),
      { output: z.object({ score: z.number() }) },
    ),
    labels: {
      from: chargebacks,
      by: (c) => c.payment,
      of: (p) => p.id,
      within: '10m',
      label: () => true,
      otherwise: false,
    },
  })
  const built: Pipeline = pipeline('odd')
    .from(payments)
    .features(card)
    .predict(fraud)
    .emit(topic('scores'), ({ event, features, prediction }) => ({
      id: event.id,
      score: prediction.score,
      note: features.note?.length ?? null,
    }))
  return { built, payments, chargebacks }
}

interface Event {
  readonly at: number
  readonly note?: string
}

/** Payments with these times, in this order, turn by turn over the partitions; every third is charged back a minute later. */
function inputsOf(of: readonly Event[], partitions: number): Inputs {
  const parts = Array.from({ length: partitions }, (_, partition) =>
    of.flatMap(({ at, note }, i) => {
      if (i % partitions !== partition) return []
      const payment = { id: `p${i}`, card: `card-${i % 5}`, amount: i % 50, at, note }
      return [{ value: JSON.stringify(payment), key: payment.card }]
    }),
  )
  const labels = of
    .flatMap(({ at }, i) => (i % 3 === 0 ? [{ payment: `p${i}`, at: at + 60_000 }] : []))
    .sort((a, b) => a.at - b.at)
    .map((label) => ({ value: JSON.stringify(label), key: label.payment }))
  return new Map([
    ['payments', parts.map((part) => [...part, END])],
    ['chargebacks', [[...labels, END]]],
  ])
}

/** Every record is an event, bad or late; every event is predicted; every prediction has an outcome. */
function balance({ counts, outputs, examples }: Outcome): Record<string, number> {
  const { records, events: good, bad, late, ahead } = countsOf(counts, 'source.payments')
  expect(good + bad + late + ahead).toBe(records)
  const stage = Object.keys(counts).find(
    (name) => name.endsWith('.predictions') && !name.startsWith('labels.'),
  )
  expect(counts[stage ?? '']).toBe(good)
  expect(outputs.scores.flat()).toHaveLength(good)
  expect(outputs['payments.late'].flat()).toHaveLength(late)
  const { predictions, joined, expired, repeated } = countsOf(counts, 'labels.fraud')
  expect(predictions).toBe(good)
  expect(joined + expired + repeated).toBe(predictions)
  const { labels, orphaned, duplicate, revised } = countsOf(counts, 'labels.fraud')
  expect(joined + orphaned + duplicate + revised).toBe(labels)
  expect(examples.fraud.flat()).toHaveLength(joined + expired + orphaned + duplicate + revised)
  return { records, late }
}

function countsOf(counts: Outcome['counts'], stage: string): Record<string, number> {
  const own = Object.entries(counts).filter(([name]) => name.startsWith(`${stage}.`))
  return Object.fromEntries(own.map(([name, count]) => [name.slice(stage.length + 1), count]))
}

const COUNT = 300
const sorted = Array.from({ length: COUNT }, (_, i): Event => ({ at: START + i * 20_000 }))

/** Clocks of producers that are an hour off, now and then, forward and back. */
function skewed(): Event[] {
  const prng = new Prng(5)
  return sorted.map(({ at }) => {
    const off = prng.chance(0.1) ? HOUR : prng.chance(0.1) ? -HOUR : prng.below(LATENESS_MS)
    return { at: at + off }
  })
}

describe('inputs that nobody would think of', () => {
  const cases = [
    { title: 'sorted', of: sorted, late: 0 },
    // Three of a partition are within the lateness of its first.
    { title: 'reversed', of: [...sorted].toReversed(), late: COUNT - 4 },
    { title: 'all at one time', of: sorted.map(() => ({ at: START })), late: 0 },
    { title: 'by clocks that jump an hour forward and back', of: skewed(), late: undefined },
    {
      title: 'on both sides of a gap of a year',
      of: sorted.map(({ at }, i) => ({ at: at + (i < COUNT / 2 ? 0 : 365 * 24 * HOUR) })),
      late: 0,
    },
  ]

  it.each(cases)(
    'give what the oracle says, and balance: $title',
    { timeout: TIMEOUT },
    async ({ of, late }) => {
      for (const partitions of [1, 2]) {
        const outcome = await againstOracle(scoring().built, inputsOf(of, partitions), {
          partitions,
          seeds: [1, 2],
        })
        const found = balance(outcome)
        expect(found.records).toBe(COUNT)
        if (late !== undefined && partitions === 1) expect(found.late).toBe(late)
        if (late === undefined) expect(found.late).toBeGreaterThan(0)
      }
    },
  )

  it(
    'give what the oracle says where events have a megabyte each',
    { timeout: TIMEOUT },
    async () => {
      const note = 'é'.repeat(1 << 19)
      const large = sorted
        .slice(0, 8)
        .map(({ at }, i) => ({ at, note: i % 2 === 0 ? note : 'short' }))
      const outcome = await againstOracle(scoring().built, inputsOf(large, 1), {
        partitions: 1,
        seeds: [3],
      })
      expect(balance(outcome)).toEqual({ records: 8, late: 0 })
      expect(outcome.outputs.scores.flat().join()).toContain(`\\"note\\":${1 << 19}`)
    },
  )

  it(
    'are not taken from the year 2099, which makes nothing late',
    { timeout: TIMEOUT },
    async () => {
      const { built, payments, chargebacks } = scoring({ ahead: '1h' })
      const now = START + HOUR
      const payment = (i: number, at: number) => ({ id: `p${i}`, card: 'a', amount: i, at })
      const given = [
        payment(0, now - 2000),
        payment(1, Date.UTC(2099, 0, 1)),
        payment(2, now - 1000),
        payment(3, now + HOUR - 60_000),
        payment(4, now),
      ]
      const { counts, topics, deadLetters } = await simulate(
        built,
        [events(payments, given), events(chargebacks, [])],
        { start: now },
      )
      expect(countsOf(counts, 'source.payments')).toMatchObject({
        records: 5,
        events: 3,
        ahead: 1,
        late: 1,
      })
      expect(topics.scores.map(({ value }) => (value as { id: string }).id)).toEqual([
        'p0',
        'p2',
        'p3',
      ])
      expect(deadLetters).toMatchObject([{ origin: 'payments/0/1' }])
    },
  )
})
