import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import { COURSES, features, KINDS, NAMES, OTHERS, stepsOf, WINDOWS } from './set-cases.ts'
import { openSet, reckon, run, setPlan, type SetCase, type Value } from './set-fixture.ts'

function closeTo(found: Value, expected: Value, scale: number): boolean {
  if (typeof found === 'string' && typeof expected === 'string' && found !== expected) {
    // Vectors, joined.
    const [a, b] = [found, expected].map((each) => each.split(',').map(Number))
    return a.length === b.length && a.every((item, i) => closeTo(item, b[i], scale))
  }
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
