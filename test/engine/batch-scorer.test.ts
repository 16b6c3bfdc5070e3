import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/contracts/columns.ts'
import { NO_RULES, UNWATCHED, type ModelCalls } from '../../src/contracts/model-calls.ts'
import {
  FAILED,
  FELL_BACK,
  SCORED,
  type LoadedModel,
  type Scored,
} from '../../src/contracts/runtime.ts'
import { BatchScorer } from '../../src/engine/operators/batch-scorer.ts'
import { columnPart, joinScored } from '../../src/engine/operators/scored-parts.ts'
import { functionRuntime } from '../../src/models/function/function-runtime.ts'
import { valueAt } from '../../src/schema/event-view.ts'
import { booleans, numbers, texts, vectors } from '../models/columns.ts'
import { installGuard, OPEN } from '../../src/schema/guard.ts'

const FEATURES = [
  { name: 'n', kind: 'number' as const },
  { name: 'b', kind: 'boolean' as const },
  { name: 't', kind: 'string' as const },
  { name: 'v', kind: 'vector' as const },
]
const OUTPUTS = { n: 'number', b: 'boolean', t: 'string', v: 'vector' }
const FALLBACK = { n: -1, b: true, t: 'none', v: [0, 0] }

/** Gives back what it sees, and fails where a feature is missing. */
function echo(options: object = {}): Promise<LoadedModel> {
  return functionRuntime().load(new Uint8Array(0), FEATURES, {
    kind: 'function',
    path: undefined,
    options: { outputs: OUTPUTS, ...options },
    call: (seen: Record<string, unknown>) => ({ ...seen }),
  })
}

const row = fc.record({
  n: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  b: fc.boolean(),
  t: fc.string(),
  v: fc.array(fc.integer(), { maxLength: 4 }),
})
type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never

function columnsOf(rows: readonly Row[]): Column[] {
  return [
    numbers(rows.map(({ n }) => n)),
    booleans(rows.map(({ b }) => b)),
    texts(rows.map(({ t }) => t)),
    vectors(rows.map(({ v }) => v)),
  ]
}

/** All that a result says, row by row. */
function said({ rows, outputs, outcome, reasons }: Scored): unknown[] {
  return Array.from({ length: rows }, (_, i) => [
    outcome[i],
    reasons.get(i),
    ...outputs.map((column) => valueAt(column, i)),
  ])
}

const ROWS: Row[] = Array.from({ length: 6 }, (_, i) => ({ n: i, b: false, t: `${i}`, v: [i] }))
const PLACES = {
  rows: ROWS.length,
  partitions: new Float64Array(ROWS.length),
  offsets: Float64Array.from(ROWS, (_, i) => i),
}

describe('a batch that is scored in parts', () => {
  it('comes out as it does in one call', async () => {
    const model = await echo()
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        async (rows, size) => {
          const columns = columnsOf(rows)
          const parts: Scored[] = []
          for (let from = 0; from < rows.length; from += size) {
            const to = Math.min(rows.length, from + size)
            const part = columns.map((column) => columnPart(column, from, to))
            parts.push(await model.score(part, to - from))
          }
          const whole = await model.score(columns, rows.length)
          expect(said(joinScored(parts, whole.outputs.length))).toEqual(said(whole))
        },
      ),
    )
  })
})

describe('rows that hang their model', () => {
  const called: number[] = []
  const calls: ModelCalls = {
    rules: () => ({ quarantined: false, hung: [[0, 2]], suspects: [] }),
    make: (call, score) => {
      called.push(...call.offsets)
      return score()
    },
  }
  const options = { task: 'task', model: 'm', index: 1, guard: OPEN }

  it('are in no call, fail by name, and are what the commit says of them', async () => {
    called.length = 0
    const scorer = new BatchScorer({ ...options, loaded: await echo(), calls })
    const rules = scorer.rules(undefined)
    const of = { places: PLACES, commit: 4, rules }
    const { scored, unscored } = await scorer.score(columnsOf(ROWS), of)
    expect(called).toEqual([0, 1, 3, 4, 5])
    expect([...scored.outcome]).toEqual([SCORED, SCORED, FAILED, SCORED, SCORED, SCORED])
    expect(scored.reasons.get(2)).toContain("model 'm' did not answer")
    expect(unscored).toEqual({ model: 1, rows: [[0, 2]] })
    const replaying = new BatchScorer({ ...options, loaded: await echo(), calls: UNWATCHED })
    const recorded = replaying.rules(unscored === undefined ? [] : [unscored])
    const again = await replaying.score(columnsOf(ROWS), { ...of, rules: recorded })
    expect(said(again.scored)).toEqual(said(scored))
  })

  it('take the fallback where one is stated', async () => {
    const scorer = new BatchScorer({
      ...options,
      loaded: await echo({ fallback: FALLBACK }),
      calls,
    })
    const of = { places: PLACES, commit: 4, rules: scorer.rules(undefined) }
    const { scored } = await scorer.score(columnsOf(ROWS), of)
    expect(scored.outcome[2]).toBe(FELL_BACK)
    expect(scored.outputs.map((column) => valueAt(column, 2))).toEqual([-1, true, 'none', [0, 0]])
  })

  it('of another model of the stage are scored by this one', async () => {
    const scorer = new BatchScorer({ ...options, loaded: await echo(), calls: UNWATCHED })
    expect(scorer.rules([{ model: 0, rows: 'all' }])).toEqual(NO_RULES)
  })
})

describe('a model that is quarantined', () => {
  const calls: ModelCalls = {
    rules: () => ({ ...NO_RULES, quarantined: true }),
    make: () => Promise.reject(new Error('it must not be called')),
  }
  const options = { task: 'task', model: 'm', index: 0, calls, guard: OPEN }

  it('is not called: every row falls back, and the commit says so of all', async () => {
    const scorer = new BatchScorer({ ...options, loaded: await echo({ fallback: FALLBACK }) })
    const of = { places: PLACES, commit: 1, rules: scorer.rules(undefined) }
    const { scored, unscored } = await scorer.score(columnsOf(ROWS), of)
    expect([...scored.outcome]).toEqual(ROWS.map(() => FELL_BACK))
    expect(unscored).toEqual({ model: 0, rows: 'all' })
    expect(scorer.stuck).toBe(false)
  })

  it('is stuck without a fallback', async () => {
    expect(new BatchScorer({ ...options, loaded: await echo() }).stuck).toBe(true)
  })
})

describe('a model function that reads the clock', () => {
  it('is told not to, row by row', async () => {
    const loaded = await functionRuntime().load(new Uint8Array(0), FEATURES, {
      kind: 'function',
      path: undefined,
      options: { outputs: { n: 'number' } },
      call: () => ({ n: Date.now() }),
    })
    const options = { task: 'task', model: 'm', index: 0, loaded, calls: UNWATCHED }
    const scorer = new BatchScorer({ ...options, guard: installGuard() })
    const of = { places: PLACES, commit: 1, rules: NO_RULES }
    const { scored } = await scorer.score(columnsOf(ROWS), of)
    expect([...scored.outcome]).toEqual(ROWS.map(() => FAILED))
    expect(scored.reasons.get(0)).toContain("Date.now(); use the event's own time")
    expect(Date.now()).toBeGreaterThan(0)
  })
})
