// In what order events come, and which numbers are in them: what must not depend on either, and what of it is told.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Prng } from '../../src/base/prng.ts'
import { learner, model, pipeline, stream, topic } from '../../src/index.ts'
import { logisticRegression } from '../../src/learning/index.ts'
import { events, simulate } from '../../src/testing/index.ts'

const START = Date.UTC(2026, 0, 5)
const LATENESS_MS = 60_000
const GAP_MS = 15_000
const KEYS = ['a', 'b', 'c']
const TIMEOUT = 120_000

interface Row {
  readonly id: string
  readonly key: string
  readonly up: number
  readonly down: number
  readonly at: number
}

const rows = stream('rows', {
  source: topic('rows'),
  schema: z.object({
    id: z.string(),
    key: z.string(),
    up: z.number(),
    down: z.number(),
    at: z.int(),
  }),
  key: (r) => r.key,
  time: (r) => r.at,
  lateness: '60s',
  idle: 'never',
})
const labels = stream('labels', {
  source: topic('labels'),
  schema: z.object({ row: z.string(), bad: z.boolean(), at: z.int() }),
  key: (label) => label.row,
  time: (label) => label.at,
  idle: 'never',
})

const ratio = (r: Row): number => r.up / r.down
const ratios = rows.features('ratios', {
  keep: '2h',
  define: (f) => ({
    ratio: f.value(ratio, { kind: 'number' }),
    count: f.count({ over: '10m' }),
    sum: f.sum(ratio, { over: '10m' }),
    sumByHop: f.sum(ratio, { over: '10m', hop: '1m' }),
    mean: f.mean(ratio, { over: '10m' }),
    std: f.std(ratio, { over: '10m', hop: '1m' }),
    least: f.min(ratio, { over: '10m' }),
    most: f.max(ratio, { over: '10m', hop: '1m' }),
    fading: f.ewma(ratio, { over: '10m', halfLife: '1m' }),
    last: f.last(ratio, { kind: 'number' }),
  }),
})
const risk = model('risk', {
  of: rows,
  input: [ratios],
  runtime: learner(logisticRegression(), {
    output: z.object({ risk: z.number() }),
    inputs: ['ratio', 'sum', 'std', 'fading'],
    snapshot: '1m',
  }),
  labels: {
    from: labels,
    by: (label) => label.row,
    of: (row) => row.id,
    within: '5m',
    label: (label) => (label.bad ? 1 : 0),
    otherwise: 0,
  },
})
const built = pipeline('ratios')
  .from(rows)
  .features(ratios)
  .predict(risk)
  .emit(topic('risks'), ({ event, features, prediction }) => ({
    id: event.id,
    features,
    ...prediction,
  }))

/** Whole numbers: sums have the same bits in every order. */
const calm = Array.from({ length: 120 }, (_, i): Row => ({
  id: `r${i}`,
  key: KEYS[i % 3],
  up: i % 7,
  down: 1,
  at: START + i * GAP_MS,
}))

function shuffled(seed: number, withinMs: number): Row[] {
  const prng = new Prng(seed)
  return calm
    .map((row) => ({ row, at: row.at + prng.next() * withinMs }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
}

/** Those that come when an event of their partition was already more than the lateness ahead of them. */
function lateOnes(given: readonly Row[]): string[] {
  let newest = -Infinity
  return given.flatMap(({ id, at }) => {
    newest = Math.max(newest, at)
    return at < newest - LATENESS_MS ? [id] : []
  })
}

async function run(given: readonly Row[]) {
  const marks = calm
    .filter((_, i) => i % 3 === 0)
    .map(({ id, at }) => ({ row: id, bad: true, at: at + 60_000 }))
  const found = await simulate(built, [events(rows, given), events(labels, marks)])
  return {
    found,
    predicted: found.predictions.risk,
    outputs: new Map(
      found.topics.risks.map(({ value }) => {
        const { id, ...rest } = value as { id: string; features: object; risk: number }
        return [id, rest] as const
      }),
    ),
    kept: KEYS.map((key) => found.features(ratios, key)),
  }
}

describe('the order of events', () => {
  it(
    'within the lateness loses none, and leaves every key with the same features',
    { timeout: TIMEOUT },
    async () => {
      const inOrder = await run(calm)
      for (const seed of [1, 2]) {
        const given = shuffled(seed, LATENESS_MS)
        expect(given).not.toEqual(calm)
        const { found, outputs, kept } = await run(given)
        expect(found.counts).toMatchObject({ 'source.rows.records': 120, 'source.rows.late': 0 })
        expect([...outputs.keys()].sort()).toEqual([...inOrder.outputs.keys()].sort())
        expect(kept.map((each) => ({ ...each, last: 0, fading: 0 }))).toEqual(
          inOrder.kept.map((each) => ({ ...each, last: 0, fading: 0 })),
        )
      }
    },
  )

  it(
    'beyond the lateness sets aside exactly those that come too late, and tells of each',
    { timeout: TIMEOUT },
    async () => {
      for (const seed of [3, 4]) {
        const given = shuffled(seed, 4 * LATENESS_MS)
        const late = lateOnes(given)
        expect(late.length).toBeGreaterThan(10)
        const { found, outputs } = await run(given)
        expect(found.counts['source.rows.late']).toBe(late.length)
        expect(found.topics['rows.late'].map(({ value }) => (value as Row).id)).toEqual(late)
        expect([...outputs.keys()].sort()).toEqual(
          calm
            .map(({ id }) => id)
            .filter((id) => !late.includes(id))
            .sort(),
        )
      }
    },
  )
})

describe('numbers that are none', () => {
  it(
    'are gone with their windows, and never reach what a model has learnt',
    { timeout: TIMEOUT },
    async () => {
      const odd: readonly (readonly [up: number, down: number])[] = [
        [1, 0],
        [0, 0],
        [-1, 0],
        [-0, 1],
        [5e-324, 1],
        [1e308, 1e-308],
      ]
      const given = calm.map((row, i) => {
        if (i < 20 || i >= 20 + odd.length) return row
        const [up, down] = odd[i - 20]
        return { ...row, up, down }
      })
      const [usual, found] = [await run(calm), await run(given)]
      expect(found.found.deadLetters).toEqual([])
      expect(found.predicted).toHaveLength(calm.length)
      // In their windows they are seen: an infinite sum is no error of ours.
      const during = found.outputs.get('r23')
      expect(JSON.stringify(during)).toContain('null')
      for (const [id, { risk: score }] of found.outputs as Map<string, { risk: number }>)
        expect({ id, finite: Number.isFinite(score) }).toEqual({ id, finite: true })
      const behind = 20 + odd.length + 600_000 / GAP_MS + 4
      for (const { id } of calm.slice(behind)) {
        const [one, other] = [usual.outputs.get(id), found.outputs.get(id)]
        expect({ id, ...other?.features }).toEqual({ id, ...one?.features })
      }
      expect(found.kept).toEqual(usual.kept)
    },
  )
})
