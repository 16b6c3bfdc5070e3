import { describe, expect, it } from 'vitest'
import { events, simulate } from '../../src/testing/index.ts'
import { desk, spending, web } from './streams.ts'

const NOON = Date.UTC(2026, 0, 5, 12)

const GIVEN = [
  events(web, [
    { id: 'w1', at: NOON, user: 'ann', cents: 1000 },
    { id: 'w2', at: NOON + 1000, user: 'ann', cents: 0 },
    { id: 'w3', at: NOON + 3000, user: 'ann', cents: 500 },
    { id: 'w4', at: NOON + 4000, user: 'bob', cents: 1300 },
    { id: 'w5', at: NOON + 5000, user: 'bob', cents: -1 },
    { id: 'w6', at: NOON + 9000, user: 'bob', cents: 200_000 },
  ]),
  events(desk, [
    { id: 'd1', at: NOON + 2000, card: 'ann', euros: 7 },
    { id: 'd2', at: NOON + 2000, euros: 9 },
    { id: 'd3', at: NOON + 3000, card: 'ann', euros: 8 },
  ]),
]

describe('a stream made of streams', () => {
  it('has the events that pass the test, as the function makes them, in the order of their times', async () => {
    const { topics } = await simulate(spending, GIVEN)
    expect(topics.spent).toEqual([
      { key: 'ann', time: NOON, value: { id: 'w1', spent: 10, free: 0 } },
      { key: 'ann', time: NOON + 2000, value: { id: 'd1', spent: 17, free: 1 } },
      { key: 'ann', time: NOON + 3000, value: { id: 'w3', spent: 22, free: 1 } },
      { key: 'ann', time: NOON + 3000, value: { id: 'd3', spent: 30, free: 1 } },
    ])
  })

  it('gives a dead letter with the record of its source where a function fails, or gives what does not fit', async () => {
    const { deadLetters } = await simulate(spending, GIVEN)
    expect(deadLetters).toEqual([
      {
        stream: 'web',
        stage: '',
        origin: 'web/0/3',
        value: JSON.stringify({ id: 'w4', at: NOON + 4000, user: 'bob', cents: 1300 }),
        reason: expect.stringContaining('threw RangeError'),
      },
      {
        stream: 'web',
        stage: '',
        origin: 'web/0/5',
        value: JSON.stringify({ id: 'w6', at: NOON + 9000, user: 'bob', cents: 200_000 }),
        reason: expect.stringContaining("at 'euros'"),
      },
    ])
  })

  it('counts every record once: taken, bad, or filtered out, and the events of each stream', async () => {
    const { counts } = await simulate(spending, GIVEN)
    expect(counts).toMatchObject({
      'source.web.records': 6,
      'source.web.events': 3,
      'source.web.bad': 2,
      'source.web.filtered': 1,
      'source.web.events.paid': 2,
      'source.web.events.free': 1,
      'source.web.events.orders': 2,
      'source.desk.records': 3,
      'source.desk.events': 2,
      'source.desk.filtered': 1,
      'source.desk.events.orders': 2,
    })
  })

  it('comes to the same on 1, 2 and 8 partitions, and under faults', async () => {
    const byUser = async (partitions: number, faults: number): Promise<string[]> => {
      const { topics } = await simulate(spending, GIVEN, { partitions, faults })
      return topics.spent.map((each) => JSON.stringify(each)).sort()
    }
    const one = await byUser(1, 10)
    expect(one).toHaveLength(4)
    // On several partitions w3 and d3, of one time, still come in the order of the union.
    expect(await byUser(2, 10)).toEqual(one)
    expect(await byUser(8, 3)).toEqual(one)
  })

  it('is given the events of the streams it is made of', () => {
    const paid = web.filter('paid', (order) => order.cents > 0)
    expect(() => events(paid, [{ id: 'w1', at: NOON, user: 'ann', cents: 1 }])).toThrow(
      "events must be given to a stream that is read from a topic; found 'paid'",
    )
  })
})
