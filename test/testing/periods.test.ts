import { describe, expect, it } from 'vitest'
import { advance, events, simulate, type SimulatedRecord } from '../../src/testing/index.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { definitionOf } from '../../src/runner/load-definition.ts'
import { ModelMetrics } from '../../src/runner/model-metrics.ts'
import { calmRun, stormRun, type Subject } from '../../src/testing/calm-and-storm.ts'
import { givenOf } from '../../src/testing/given.ts'
import { directPeriods, payments, spendingPeriods } from './spending-periods.ts'

const NOON = Date.UTC(2026, 0, 5, 12)
const at = (minutes: number, seconds = 0): number => NOON + minutes * 60_000 + seconds * 1000

/** `card to/spent/revision` of each row, times in minutes after noon. */
const told = (rows: readonly SimulatedRecord[]): string[] =>
  rows.map(({ value }) => {
    const { card, to, spent3m, revision } = value as Record<string, number>
    return `${card} ${(to - NOON) / 60_000}/${spent3m}/${revision}`
  })

describe.each([
  ['every', spendingPeriods],
  ['every, of a source that the stage reads itself', directPeriods],
])('%s', (__, periods) => {
  it('tells of each key with an event in the period what its set holds at the end, which is included', async () => {
    const { topics } = await simulate(periods, [
      events(payments, [
        { card: 'a', at: at(0, 1), amount: 10 },
        { card: 'b', at: at(0, 30), amount: 5 },
        { card: 'a', at: at(1), amount: 1 },
        { card: 'a', at: at(1, 1), amount: 3 },
        { card: 'b', at: at(7), amount: 4 },
      ]),
    ])
    expect(topics.spend).toEqual([
      {
        key: 'a',
        time: at(1),
        value: { card: 'a', spent3m: 11, quiet: 0, from: at(0), to: at(1), revision: 0 },
      },
      {
        key: 'b',
        time: at(1),
        value: { card: 'b', spent3m: 5, quiet: 30_000, from: at(0), to: at(1), revision: 0 },
      },
      {
        key: 'a',
        time: at(2),
        value: { card: 'a', spent3m: 14, quiet: 59_000, from: at(1), to: at(2), revision: 0 },
      },
      {
        key: 'b',
        time: at(7),
        value: { card: 'b', spent3m: 4, quiet: 0, from: at(6), to: at(7), revision: 0 },
      },
    ])
  })

  it('tells of all keys together where the key of the set is one for all', async () => {
    const { topics } = await simulate(
      periods,
      [
        events(payments, [
          { card: 'a', at: at(1), amount: 10 },
          { card: 'b', at: at(5), amount: 5 },
          { card: 'c', at: at(9), amount: 1 },
        ]),
      ],
      { partitions: 3 },
    )
    expect(topics.totals).toEqual([
      { key: 'all', time: at(5), value: { key: 'all', spent: 15 } },
      { key: 'all', time: at(10), value: { key: 'all', spent: 1 } },
    ])
  })

  it('tells again, at the end of the period in which a late event comes, what it changes, and counts how often', async () => {
    const { topics } = await simulate(periods, [
      events(payments, [
        { card: 'a', at: at(0, 30), amount: 10 },
        { card: 'a', at: at(1, 30), amount: 1 },
        { card: 'b', at: at(2, 10), amount: 2 },
        // Both come in the third minute: they change the first two, once.
        { card: 'a', at: at(0, 40), amount: 100 },
        { card: 'a', at: at(0, 50), amount: 200 },
        { card: 'b', at: at(3, 10), amount: 3 },
        // The first row of its period, though late.
        { card: 'b', at: at(1, 20), amount: 4 },
        { card: 'b', at: at(4, 10), amount: 5 },
        // The third row of its period.
        { card: 'b', at: at(2, 20), amount: 6 },
      ]),
    ])
    expect(told(topics.spend)).toEqual([
      'a 1/10/0',
      'a 2/11/0',
      'a 1/310/1',
      'a 2/311/1',
      'b 3/2/0',
      'b 2/4/0',
      'b 3/6/1',
      'b 4/9/0',
      'b 3/12/2',
      'b 4/15/1',
      'b 5/16/0',
    ])
  })

  it('tells of a period though nothing more comes, by idle time, and of what comes late after that', async () => {
    const now = [
      events(payments, [
        { card: 'a', at: at(0, 30), amount: 10 },
        { card: 'b', at: at(0, 40), amount: 1 },
      ]),
      advance('10m'),
      events(payments, [{ card: 'a', at: at(0, 50), amount: 20 }]),
    ]
    const rows = async (until: '40s' | '2m' | '12m'): Promise<string[]> => {
      const { topics } = await simulate(periods, now.slice(0, until === '12m' ? 3 : 1), {
        start: NOON + 30_000,
        until,
      })
      return told(topics.spend)
    }
    expect(await rows('40s')).toEqual([])
    expect(await rows('2m')).toEqual(['a 1/10/0', 'b 1/1/0'])
    // The stream is not live any more: what changes the period waits for more data, or the end.
    expect(await rows('12m')).toEqual(['a 1/10/0', 'b 1/1/0'])
  })

  it('never tells of a period by idle time in a back-fill', async () => {
    const given = [events(payments, [{ card: 'a', at: at(0, 30), amount: 10 }])]
    const { topics } = await simulate(periods, given, { start: at(600), until: '1h' })
    expect(topics.spend).toEqual([])
  })

  it('sets a row aside on which its function fails: the letter holds the row', async () => {
    const { topics, deadLetters, counts } = await simulate(periods, [
      events(payments, [{ card: 'a', at: at(0, 30), amount: 666 }]),
    ])
    expect(topics.spend).toEqual([])
    expect(deadLetters).toEqual([
      {
        stream: 'payments',
        stage: 'by-card.card',
        origin: `every/spend/${at(1)}`,
        value: JSON.stringify({
          key: 'a',
          features: { spent3m: 666, quiet: 30_000 },
          from: at(0),
          to: at(1),
          revision: 0,
        }),
        reason: 'a function of the definition threw RangeError',
      },
    ])
    expect(counts['by-card.card.periodRowsSetAside']).toBe(1)
  })

  describe('over events of which some are late', () => {
    const given = [
      events(
        payments,
        Array.from({ length: 60 }, (_, i) => ({
          card: `card-${i % 7}`,
          at: at(0, i * 11 - (i % 5 === 0 ? 90 : 0)),
          amount: i,
        })),
      ),
    ]

    it('comes to the same with 1, 2 and 8 tasks a stage, and under faults', async () => {
      const { plan, schemas } = definitionOf(planOf(periods))
      const { inputs } = givenOf(given, { plan, partitions: 2, end: true })
      const rows = async (partitions: number, faults: number): Promise<string[]> => {
        const subject: Subject = {
          plan,
          schemas,
          inputs,
          partitions,
          models: new Map(),
          versions: [],
          metrics: (memory) => new ModelMetrics(memory),
        }
        const calm = await calmRun(subject, 1)
        for (let seed = 1; seed <= faults; seed++) await stormRun(subject, calm, { seed })
        return calm.observed.outputs.spend.flat().toSorted()
      }
      const one = await rows(1, 10)
      expect(one.length).toBeGreaterThan(40)
      expect(one.some((row) => row.includes('revision\\":1'))).toBe(true)
      expect(await rows(2, 10)).toEqual(one)
      expect(await rows(8, 3)).toEqual(one)
    })

    it('ends with the same row of each key and period, however the topic is partitioned', async () => {
      const last = async (partitions: number): Promise<string[]> => {
        const { topics } = await simulate(periods, given, { partitions })
        const rows = new Map<string, string>()
        for (const { key, time, value } of topics.spend) {
          const { spent3m, quiet } = value as Record<string, number>
          rows.set(`${key} ${time}`, `${spent3m} ${quiet}`)
        }
        return [...rows].map((row) => row.join(' ')).toSorted()
      }
      const one = await last(1)
      expect(await last(2)).toEqual(one)
      expect(await last(5)).toEqual(one)
    })
  })
})
