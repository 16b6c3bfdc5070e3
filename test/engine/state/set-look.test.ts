// A key asked for from outside: the same bits as a row that only reads, and nothing changes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import type { SetState } from '../../../src/engine/state/set-state.ts'
import { COURSES, features, KINDS, NAMES, OTHERS, stepsOf, WINDOWS } from './set-cases.ts'
import { openSet, run, setPlan, type SetCase, type Step } from './set-fixture.ts'

function caseOf(slackMs: number, keepMs: number | undefined): SetCase {
  const windows = Object.values(WINDOWS).flat()
  // By their own names: some of the windows are there twice.
  const named = [...features(windows), ...OTHERS].map((feature, i) => ({
    ...feature,
    name: `${i}-${feature.name}`,
  }))
  return { plan: setPlan(named, { keepMs }), slackMs, kinds: KINDS, names: NAMES }
}

function look(state: SetState, { key, time }: Step, reached: number): unknown[] | undefined {
  const seen = state.look({ set: 'card', key: Buffer.from(key), at: time }, reached)
  // A vector is its numbers joined, as the fixture has it.
  return seen && Object.values(seen.features).map((v) => (Array.isArray(v) ? v.join() : v))
}

describe('a key asked for from outside', () => {
  for (const [course, how] of Object.entries(COURSES)) {
    for (const keepMs of [undefined, 12_000]) {
      it(`has the values of a row that only reads, over events ${course}, kept ${keepMs ?? 'for ever'}`, () => {
        const of = caseOf(how.slackMs, keepMs)
        let found = 0
        fc.assert(
          fc.property(stepsOf(how), (steps) => {
            const memory = new StateMemory()
            const state = openSet(memory, of)
            for (const step of steps) {
              memory.takeDelta()
              const seen = step.kind === 'read' ? look(state, step, step.mergeTime) : undefined
              expect(memory.takeDelta()).toEqual(new StateMemory().takeDelta())
              const [line] = run(state, of, [step], 1)
              if (seen === undefined) continue
              expect(seen).toEqual(line)
              found++
            }
          }),
          { numRuns: 8 },
        )
        expect(found).toBeGreaterThan(50)
      })
    }
  }

  const of = caseOf(100, 12_000)
  const event: Step = {
    kind: 'update',
    key: 'k',
    time: 50_000,
    mergeTime: 50_100,
    values: [3, true, 'x'],
  }
  const kept = (): SetState => {
    const state = openSet(new StateMemory(), of)
    run(state, of, [event], 1)
    return state
  }

  it('is not known where no event of it came', () => {
    expect(kept().look({ set: 'card', key: Buffer.from('other'), at: undefined }, 60_000)).toBe(
      undefined,
    )
  })

  it('is not known once it is let go of, at the millisecond at which a row would find it gone', () => {
    const last = 50_100 + 12_000 + 100
    expect(look(kept(), { ...event, time: last }, last)).toBeDefined()
    expect(look(kept(), { ...event, time: last + 1 }, last)).toBe(undefined)
    expect(look(kept(), { ...event, time: last }, last + 1)).toBe(undefined)
  })

  it('is read as of how far its task has come, and as of its newest event at the end of all input', () => {
    const asked = { set: 'card', key: Buffer.from('k'), at: undefined }
    expect(kept().look(asked, 51_234)?.at).toBe(51_234)
    expect(kept().look(asked, Infinity)?.at).toBe(50_000)
  })

  it('cannot be read as of a time of which something may be gone', () => {
    expect(look(kept(), { ...event, time: 50_000 }, 51_000)).toBeDefined()
    expect(() => look(kept(), { ...event, time: 49_999 }, 51_000)).toThrow('at most the lateness')
  })
})
