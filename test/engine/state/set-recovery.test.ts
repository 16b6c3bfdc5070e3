import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeaturePlan } from '../../../src/pipeline/plan.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import { features, KINDS, NAMES, OTHERS, sketchFeatures, stepsOf, WINDOWS } from './set-cases.ts'
import { openSet, run, setPlan, type SetCase } from './set-fixture.ts'

const SETS: Readonly<Record<string, readonly string[]>> = {
  'windows of every kind': Object.keys(WINDOWS),
  'windows of hops': ['hop', 'hop and delay'],
}

function featuresOf(kinds: readonly string[]): FeaturePlan[] {
  const windows = kinds.flatMap((kind) => WINDOWS[kind])
  return [...features(windows), ...sketchFeatures(windows.slice(-2))]
}

describe.each(Object.entries(SETS))('the state of a feature set with %s', (_, kinds) => {
  const of: SetCase = {
    plan: setPlan([...featuresOf(kinds), ...OTHERS], {
      keepMs: 9_000,
      budget: { keys: 4, bytes: undefined, then: 'evict-oldest' },
    }),
    slackMs: 200,
    kinds: KINDS,
    names: NAMES,
  }
  const steps = stepsOf({ slackMs: 200, stepMs: 40, keys: 6 })
  const busySteps = stepsOf({ slackMs: 200, stepMs: 6, keys: 1 })

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
      { numRuns: 10 },
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
          deltas.push(memory.takeDelta().slice())
          if (cursor === undefined && deltas.length > 2) {
            cursor = memory.startSnapshot(4096)
            from = deltas.length
          }
          const chunk = cursor === undefined ? undefined : memory.readChunk(cursor)
          if (chunk !== undefined) chunks.push(chunk.slice())
        })
        if (cursor !== undefined) {
          for (
            let chunk = memory.readChunk(cursor);
            chunk !== undefined;
            chunk = memory.readChunk(cursor)
          )
            chunks.push(chunk.slice())
        }
        deltas.push(memory.takeDelta().slice())
        const restored = new StateMemory()
        restored.restore(chunks)
        for (const delta of deltas.slice(from)) restored.apply(delta)
        expect(restored.digest()).toBe(memory.digest())
        const again = openSet(restored, of)
        expect(run(again, of, rest, batchRows)).toEqual(run(state, of, rest, batchRows))
        expect(restored.digest()).toBe(memory.digest())
      }),
      { numRuns: 16 },
    )
  })

  it('reads the same with and without what it keeps, also further back than the slack', () => {
    fc.assert(
      fc.property(busySteps, fc.array(fc.nat(3_000), { maxLength: 30 }), (given, backs) => {
        const memory = new StateMemory()
        const state = openSet(memory, of)
        run(state, of, given, 100)
        const restored = new StateMemory()
        restored.apply(memory.takeDelta())
        const { key, mergeTime } = given[given.length - 1]
        const reads = backs.map((back) => ({
          kind: 'read' as const,
          key,
          mergeTime,
          time: mergeTime - back,
          values: [],
        }))
        const fresh = openSet(restored, of)
        expect(run(state, of, reads, 100)).toEqual(run(fresh, of, reads, 100))
      }),
      { numRuns: 15 },
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
