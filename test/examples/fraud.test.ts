// The payments that the fraud example makes, and the measure it judges them by. Its README, which is run as a test, is the whole of it.
import { describe, expect, it } from 'vitest'
import { averagePrecision } from '../../examples/fraud/average-precision.ts'
import type { MadePayment } from '../../examples/fraud/made/payment.ts'
import { simulatePayments } from '../../examples/fraud/made/simulate.ts'
import { payments as paymentStream, reports } from '../../examples/fraud/fraud.ts'
import learning from '../../examples/fraud/learning.ts'
import { events, simulate } from '../../src/testing/index.ts'

const options = { seed: 4, customers: 200, days: 60 }
const payments = simulatePayments(options)

function meanOf(rows: readonly MadePayment[], of: (payment: MadePayment) => number): number {
  return rows.reduce((sum, each) => sum + of(each), 0) / rows.length
}

function field(value: unknown, name: string): number {
  const found: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : NaN
  return typeof found === 'number' ? found : NaN
}

describe('payments that are made', () => {
  it('are the same for a seed, and others for another', () => {
    expect(simulatePayments(options)).toEqual(payments)
    expect(simulatePayments({ ...options, seed: 5 }).slice(0, 5)).not.toEqual(payments.slice(0, 5))
  })

  it('come in the order of their times, about two a day and customer', () => {
    for (let i = 1; i < payments.length; i++)
      expect(payments[i].time).toBeGreaterThanOrEqual(payments[i - 1].time)
    expect(payments.map(({ id }) => id)).toEqual(payments.map((_, i) => i))
    // The Handbook makes 9,588 a day of 5,000 customers.
    const perDay = payments.length / options.customers / options.days
    expect(perDay).toBeGreaterThan(1.6)
    expect(perDay).toBeLessThan(2.3)
    expect(meanOf(payments, ({ amount }) => amount)).toBeGreaterThan(40)
  })

  it('are fraud in three ways: dear ones, all of a terminal, and much of a stolen card', () => {
    expect(payments.filter(({ amount, fraud }) => amount > 220 && !fraud)).toEqual([])
    const share = meanOf(payments, ({ fraud }) => Number(fraud))
    expect(share).toBeGreaterThan(0.003)
    expect(share).toBeLessThan(0.03)
    const day = ({ time }: MadePayment): number => Math.floor(time / 86_400_000)
    const first = payments.find(
      (each, i) =>
        each.fraud &&
        payments.slice(i).filter(({ terminal, fraud }) => terminal === each.terminal && fraud)
          .length > 5,
    )
    if (first === undefined) throw new Error('a terminal must be compromised')
    const month = payments.filter(
      (each) =>
        each.terminal === first.terminal && day(each) >= day(first) && day(each) < day(first) + 20,
    )
    expect(month.length).toBeGreaterThan(5)
    expect(meanOf(month, ({ fraud }) => Number(fraud))).toBeGreaterThan(0.9)
  })
})

describe('the model that learns in the stream', () => {
  it('has learnt from the reports that came what fraud is', async () => {
    const made = simulatePayments({ seed: 37, customers: 40, days: 40 })
    const iso = (time: number): string => new Date(time).toISOString()
    const run = await simulate(learning, [
      events(
        paymentStream,
        made.map(({ id, time, customer, terminal, amount }) => ({
          id,
          at: iso(time),
          customer,
          terminal,
          amount,
        })),
      ),
      events(
        reports,
        made.map(({ id, terminal, time, fraud }) => ({
          payment: id,
          terminal,
          at: iso(time + 7 * 86_400_000),
          fraud,
        })),
      ),
    ])
    const scores = new Map(
      run.topics['learnt-scores'].map(({ value }) => [
        field(value, 'payment'),
        field(value, 'score'),
      ]),
    )
    expect(scores.size).toBe(made.length)
    expect(scores.get(0)).toBe(0.01)
    const late = made
      .slice(made.length / 2)
      .map(({ id, fraud }) => ({ score: scores.get(id) ?? NaN, fraud }))
    const share = late.filter(({ fraud }) => fraud).length / late.length
    expect(share).toBeLessThan(0.03)
    expect(averagePrecision(late)).toBeGreaterThan(0.5)
  })
})

describe('average precision', () => {
  const judged = (...rows: readonly [score: number, fraud: boolean][]) =>
    rows.map(([score, fraud]) => ({ score, fraud }))

  it('weighs the precision at each threshold by the recall that is gained there', () => {
    const rows = judged([0.9, true], [0.8, false], [0.7, true], [0.1, false])
    expect(averagePrecision(rows)).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3), 12)
  })

  it('takes equal scores for one threshold, in whatever order they come', () => {
    const rows = judged([0.5, false], [0.5, true], [0.5, true], [0.2, true])
    const expected = (2 / 3) * (2 / 3) + (1 / 3) * (3 / 4)
    expect(averagePrecision(rows)).toBeCloseTo(expected, 12)
    expect(averagePrecision(rows.toReversed())).toBeCloseTo(expected, 12)
  })
})
