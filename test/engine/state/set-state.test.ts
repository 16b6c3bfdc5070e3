import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count } from '../../../src/features/count.ts'
import { max } from '../../../src/features/max.ts'
import { mean } from '../../../src/features/mean.ts'
import { min } from '../../../src/features/min.ts'
import { std } from '../../../src/features/std.ts'
import { sum } from '../../../src/features/sum.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import type { FeaturePlan } from '../../../src/pipeline/plan.ts'
import {
  openSet,
  path,
  reckon,
  run,
  setPlan,
  windowFeature,
  type SetCase,
  type Step,
  type Value,
} from './set-fixture.ts'

const AGGREGATES = [count, sum, mean, min, max, std]
const WINDOWS = {
  exact: [{ overMs: 40 }, { overMs: 1_000 }, { overMs: 9_000 }],
  hop: [
    { overMs: 600, hopMs: 100 },
    { overMs: 95, hopMs: 10 },
  ],
  delay: [
    { overMs: 500, delayMs: 300 },
    { overMs: 64, delayMs: 1 },
  ],
  'hop and delay': [{ overMs: 400, delayMs: 150, hopMs: 100 }],
}
const KINDS = { amount: 'number', ok: 'boolean', country: 'string' } as const
const NAMES = ['amount', 'ok', 'country']

const features = (
  windows: readonly { overMs: number; delayMs?: number; hopMs?: number }[],
): FeaturePlan[] =>
  windows.flatMap((window) => [
    ...AGGREGATES.map((aggregate) =>
      windowFeature(aggregate, aggregate === count ? undefined : 'amount', window),
    ),
    windowFeature(mean, 'ok', window),
    windowFeature(count, 'country', window),
  ])
const OTHERS: FeaturePlan[] = [
  { kind: 'last', name: 'country', of: path('country'), gives: 'string', keepMs: 700 },
  { kind: 'last', name: 'amount', of: path('amount'), gives: 'number', keepMs: undefined },
  { kind: 'last', name: 'ok', of: path('ok'), gives: 'boolean', keepMs: 2_000 },
  { kind: 'since', name: 'since', otherwise: undefined },
]

/** How the times of a stream run. */
interface Course {
  readonly slackMs: number
  /** Milliseconds from one step to the next, at most. */
  readonly stepMs: number
  readonly keys: number
}

function stepsOf(course: Course): fc.Arbitrary<Step[]> {
  const one = fc.record({
    kind: fc.constantFrom<Step['kind']>('update', 'update', 'own', 'read'),
    key: fc
      .nat(course.keys - 1)
      .map((k) => (k === 0 ? 'a key that is longer than sixteen bytes' : `k${k}`)),
    ahead: fc.nat(course.stepMs),
    behind: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(course.slackMs)),
    values: fc.tuple(
      fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: undefined, freq: 6 }),
      fc.option(fc.boolean(), { nil: undefined, freq: 6 }),
      fc.option(
        fc.string({ maxLength: 40 }).map((s) => s.toWellFormed()),
        { nil: undefined, freq: 6 },
      ),
    ),
  })
  return fc.array(one, { minLength: 1, maxLength: 400, size: 'max' }).map((steps) => {
    let mergeTime = 1_000_000
    return steps.map(({ kind, key, ahead, behind, values }) => {
      mergeTime += ahead
      return { kind, key, time: mergeTime - behind, mergeTime, values }
    })
  })
}

const COURSES: Readonly<Record<string, Course>> = {
  'in order': { slackMs: 0, stepMs: 30, keys: 3 },
  'late within the slack': { slackMs: 200, stepMs: 20, keys: 2 },
  'at equal times': { slackMs: 3, stepMs: 1, keys: 2 },
  'of one busy key': { slackMs: 50, stepMs: 9, keys: 1 },
}

function closeTo(found: Value, expected: Value, scale: number): boolean {
  if (typeof found !== 'number' || typeof expected !== 'number') return found === expected
  return Math.abs(found - expected) <= 1e-9 * Math.max(1, scale, Math.abs(expected))
}

describe('values of a feature set', () => {
  for (const [kindOfWindow, windows] of Object.entries({
    ...WINDOWS,
    'mixed kinds of': Object.values(WINDOWS).flat(),
  })) {
    for (const [course, how] of Object.entries(COURSES)) {
      it(`over ${kindOfWindow} windows of events ${course} are those of the list of events`, () => {
        const of: SetCase = {
          plan: setPlan([...features(windows), ...OTHERS]),
          slackMs: how.slackMs,
          kinds: KINDS,
          names: NAMES,
        }
        fc.assert(
          fc.property(stepsOf(how), (steps) => {
            const lines = run(openSet(new StateMemory(), of), of, steps, 64)
            const { canonical, plain } = reckon(of, steps)
            expect(lines).toEqual(canonical)
            lines.forEach((line, row) => {
              line.forEach((value, i) => {
                expect(
                  closeTo(value, plain[row][i], 1e6),
                  `${of.plan.features[i].name}: ${value} against ${plain[row][i]}`,
                ).toBe(true)
              })
            })
          }),
          { numRuns: 12 },
        )
      })
    }
  }
})

describe('the state of a feature set', () => {
  const of: SetCase = {
    plan: setPlan([...features(Object.values(WINDOWS).flat()), ...OTHERS], {
      keepMs: 9_000,
      budget: { keys: 4, bytes: undefined, then: 'evict-oldest' },
    }),
    slackMs: 200,
    kinds: KINDS,
    names: NAMES,
  }
  const steps = stepsOf({ slackMs: 200, stepMs: 40, keys: 6 })

  it('is the same bytes, and gives the same values, whatever the batches were', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const runs = [1, 7, 1_000].map((batchRows) => {
          const memory = new StateMemory()
          const lines = run(openSet(memory, of), of, given, batchRows)
          return { lines, digest: memory.digest() }
        })
        expect(runs[1]).toEqual(runs[0])
        expect(runs[2]).toEqual(runs[0])
      }),
      { numRuns: 25 },
    )
  })

  it('goes on byte for byte from a snapshot taken while it ran and the deltas after it', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 50 }), fc.nat(399), (given, batchRows, cut) => {
        const memory = new StateMemory()
        const state = openSet(memory, of)
        const first = given.slice(0, cut)
        const rest = given.slice(cut)
        const deltas: Uint8Array[] = []
        const chunks: Uint8Array[] = []
        let cursor: ReturnType<StateMemory['startSnapshot']> | undefined
        let from = 0
        run(state, of, first, batchRows, () => {
          deltas.push(memory.takeDelta())
          if (cursor === undefined && deltas.length > 2) {
            cursor = memory.startSnapshot(4096)
            from = deltas.length
          }
          const chunk = cursor === undefined ? undefined : memory.readChunk(cursor)
          if (chunk !== undefined) chunks.push(chunk)
        })
        if (cursor !== undefined) {
          for (
            let chunk = memory.readChunk(cursor);
            chunk !== undefined;
            chunk = memory.readChunk(cursor)
          )
            chunks.push(chunk)
        }
        deltas.push(memory.takeDelta())
        const restored = new StateMemory()
        restored.restore(chunks)
        for (const delta of deltas.slice(from)) restored.apply(delta)
        expect(restored.digest()).toBe(memory.digest())
        const again = openSet(restored, of)
        expect(run(again, of, rest, batchRows)).toEqual(run(state, of, rest, batchRows))
        expect(restored.digest()).toBe(memory.digest())
      }),
      { numRuns: 40 },
    )
  })

  it('is not changed by rows that only read', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const memory = new StateMemory()
        const noExpiry = { ...of, plan: setPlan(of.plan.features) }
        const state = openSet(memory, noExpiry)
        run(state, noExpiry, given, 100)
        memory.takeDelta()
        const digest = memory.digest()
        const end = given[given.length - 1].mergeTime
        run(
          state,
          noExpiry,
          given.map((step) => ({ ...step, kind: 'read' as const, time: end, mergeTime: end })),
          100,
        )
        expect(memory.digest()).toBe(digest)
        expect(memory.takeDelta().length).toBe(1)
      }),
      { numRuns: 15 },
    )
  })

  it('expects the features it was written with', () => {
    const memory = new StateMemory()
    openSet(memory, of)
    expect(() => openSet(memory, { ...of, slackMs: 201 })).toThrow(
      /expects state of its own features/,
    )
  })
})

describe('keys of a feature set', () => {
  const one = (key: string, time: number, kind: Step['kind'] = 'own'): Step => ({
    kind,
    key,
    time,
    mergeTime: time,
    values: [1, true, 'x'],
  })
  const plan = (more: Parameters<typeof setPlan>[1]): SetCase => ({
    plan: setPlan([windowFeature(count, undefined, { overMs: 100 }), ...OTHERS], more),
    slackMs: 10,
    kinds: KINDS,
    names: NAMES,
  })

  it('are let go once the merge time has passed their last update by keep and slack, and their room is taken again', () => {
    const of = plan({ keepMs: 100 })
    const memory = new StateMemory()
    const state = openSet(memory, of)
    run(state, of, [one('a', 1_000), one('b', 1_050), one('c', 1_110)], 1)
    expect(state.keys).toBe(3)
    expect(run(state, of, [one('a', 1_111, 'read')], 1)[0]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(state.keys).toBe(2)
    const bytes = memory.bytes
    for (let i = 0; i < 1_000; i++)
      run(state, of, [one(`key ${i}, longer than sixteen bytes`, 2_000 + i * 200)], 1)
    expect(state.keys).toBe(1)
    expect(state.counts.expiredKeys).toBe(1_002)
    expect(memory.bytes - bytes).toBeLessThan(4_096)
  })

  it('beyond the budget push out the one updated longest ago', () => {
    const of = plan({ budget: { keys: 2, bytes: undefined, then: 'evict-oldest' } })
    const state = openSet(new StateMemory(), of)
    const lines = run(
      state,
      of,
      [
        one('a', 1),
        one('b', 2),
        one('a', 3),
        one('c', 4),
        one('b', 5, 'read'),
        one('a', 5, 'read'),
      ],
      1,
    )
    expect(lines.map((line) => line[0])).toEqual([1, 1, 2, 1, 0, 2])
    expect(state.counts.evictedKeys).toBe(1)
  })

  it('beyond the budget stop the task when the policy says so', () => {
    const of = plan({ budget: { keys: undefined, bytes: 400, then: 'stop' } })
    const state = openSet(new StateMemory(), of)
    expect(() =>
      run(
        state,
        of,
        Array.from({ length: 20 }, (_, i) => one(`k${i}`, i)),
        5,
      ),
    ).toThrow(/at most any number of keys and 400 bytes/)
  })

  it('count an event that is too late for every window, and take it nowhere', () => {
    const of = plan({})
    const state = openSet(new StateMemory(), of)
    const late: Step = { ...one('a', 800), mergeTime: 1_000 }
    expect(run(state, of, [one('a', 1_000), late, one('a', 1_001, 'read')], 1)[2][0]).toBe(1)
    expect(state.counts.lateEvents).toBe(1)
  })
})
