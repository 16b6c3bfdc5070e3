// The edges of windows, to the millisecond: the left one is outside, the right one inside.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pipeline, stream, topic } from '../../../src/index.ts'
import { events, simulate } from '../../../src/testing/index.ts'

const NOON = Date.UTC(2026, 0, 5, 12)

const visits = stream('visits', {
  source: topic('visits'),
  schema: z.object({ who: z.string(), at: z.int() }),
  key: (visit) => visit.who,
  time: (visit) => visit.at,
  lateness: '1m',
})

const visitor = visits.features('visitor', {
  define: (f) => ({
    minute: f.count({ over: '1m' }),
    delayed: f.count({ over: '1m', delay: '10s' }),
    hops: f.count({ over: '1m', hop: '10s' }),
    late: f.count({ over: '1m', hop: '10s', delay: '20s' }),
    // Read from the events themselves.
    middle: f.quantile((visit) => visit.at, { q: 0, over: '1m', otherwise: -1 }),
  }),
})

const counts = pipeline('counts')
  .from(visits)
  .features(visitor)
  .emit(topic('counts'), ({ features }) => features)

/** What the last of visits at these times sees, ms after noon; `middle` is the first visit of its window. */
async function seen(...times: readonly number[]): Promise<Record<string, number>> {
  const { topics } = await simulate(counts, [
    events(
      visits,
      times.map((time) => ({ who: 'a', at: NOON + time })),
    ),
  ])
  const last = topics.counts.at(-1)?.value as Record<string, number>
  return { ...last, middle: last.middle - NOON }
}

describe('a window', () => {
  it('ends with the event itself, and has none that is exactly as old as it is long', async () => {
    expect(await seen(0)).toMatchObject({ minute: 1, middle: 0 })
    expect(await seen(0, 59_999)).toMatchObject({ minute: 2, middle: 0 })
    expect(await seen(0, 60_000)).toMatchObject({ minute: 1, middle: 60_000 })
  })

  it('with a delay ends that long before the event, which is included, and begins as long before', async () => {
    expect(await seen(0, 9_999)).toMatchObject({ delayed: 0 })
    expect(await seen(0, 10_000)).toMatchObject({ delayed: 1 })
    expect(await seen(0, 69_999)).toMatchObject({ delayed: 1 })
    expect(await seen(0, 70_000)).toMatchObject({ delayed: 0 })
  })

  it('of hops begins with a hop, and ends with the event; with a delay it ends with a hop', async () => {
    expect(await seen(0, 69_999)).toMatchObject({ hops: 1, late: 1 })
    expect(await seen(1, 69_999)).toMatchObject({ hops: 2 })
    expect(await seen(1, 70_000)).toMatchObject({ hops: 1, late: 1 })
    expect(await seen(10_000, 30_000)).toMatchObject({ late: 1 })
    expect(await seen(10_001, 30_001)).toMatchObject({ late: 0 })
  })

  it('has an event that comes late where it belongs', async () => {
    expect(await seen(30_000, 0)).toMatchObject({ minute: 1, middle: 0 })
    expect(await seen(30_000, 0, 60_000)).toMatchObject({ minute: 2, middle: 30_000 })
    expect(await seen(30_000, 1, 60_000)).toMatchObject({ minute: 3, middle: 1 })
  })
})
