import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeaturePlan } from '../../../src/pipeline/plan.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import {
  COURSES,
  features,
  KINDS,
  NAMES,
  OTHERS,
  sketchFeatures,
  stepsOf,
  WINDOWS,
  type Course,
} from './set-cases.ts'
import { openSet, run, setPlan, type SetCase, type Step, type Value } from './set-fixture.ts'
import { reckon } from './set-reckoning.ts'

function closeTo(found: Value, expected: Value, scale: number): boolean {
  if (typeof found === 'string' && typeof expected === 'string' && found !== expected) {
    // Vectors, joined.
    const [a, b] = [found, expected].map((each) => each.split(',').map(Number))
    return a.length === b.length && a.every((item, i) => closeTo(item, b[i], scale))
  }
  if (typeof found !== 'number' || typeof expected !== 'number') return found === expected
  return Math.abs(found - expected) <= 1e-9 * Math.max(1, scale, Math.abs(expected))
}

type WindowPlan = Extract<FeaturePlan, { kind: 'window' }>

/** Only windows in hops are read from a sketch. */
function isSketched(feature: FeaturePlan): feature is WindowPlan {
  return (
    feature.kind === 'window' &&
    feature.aggregate.bound !== undefined &&
    feature.window.hopMs !== undefined
  )
}

/** Of a standard error: five times it. What topK misses is shown in test/features/sketches.test.ts. */
function withinBound(name: string, found: Value, exact: Value): boolean {
  if (typeof found !== 'number' || typeof exact !== 'number') return found === exact
  const bound = name === 'quantile' ? 0.02 * (1 + 1e-9) : 5 * 0.13
  // The least numbers of all have no digits to be near in.
  return Math.abs(found - exact) <= bound * Math.abs(exact) + 1e-300
}

describe('values of a feature set', () => {
  for (const [kindOfWindow, windows] of Object.entries({
    ...WINDOWS,
    'mixed kinds of': Object.values(WINDOWS).flat(),
  })) {
    for (const [course, how] of Object.entries(COURSES)) {
      it(`over ${kindOfWindow} windows of events ${course} are those of the list of events`, () =>
        holds([...features(windows), ...OTHERS], how, 8))
    }
  }

  for (const [kindOfWindow, windows] of Object.entries(WINDOWS)) {
    for (const course of ['late within the slack', 'of one busy key'])
      it(`of sketches over ${kindOfWindow} windows of events ${course} are within their bound, and exact where events are kept`, () =>
        holds([...sketchFeatures(windows), ...OTHERS], COURSES[course], 4))
  }
})

/** What of a line is not as plain arithmetic has it: as it is where events are kept, within its bound where it is of a sketch. */
function wrongIn({ plan }: SetCase, line: readonly Value[], plain: readonly Value[]): string[] {
  return line.flatMap((value, i) => {
    const feature = plan.features[i]
    const sketched = isSketched(feature)
    if (sketched && feature.aggregate.name === 'topK') return []
    const right = sketched
      ? withinBound(feature.aggregate.name, value, plain[i])
      : closeTo(value, plain[i], 1e6)
    return right ? [] : [`${feature.name}: ${value} against ${plain[i]}`]
  })
}

function holds(planned: readonly FeaturePlan[], how: Course, numRuns: number): void {
  const of: SetCase = {
    plan: setPlan(planned),
    slackMs: how.slackMs,
    kinds: KINDS,
    names: NAMES,
  }
  const check = (steps: Step[]): void => {
    const lines = run(openSet(new StateMemory(), of), of, steps, 64)
    const { canonical, plain } = reckon(of, steps)
    const other = lines.findIndex((line, row) => !isDeepStrictEqual(line, canonical[row]))
    expect(lines[other]).toEqual(canonical[other])
    expect(lines).toHaveLength(canonical.length)
    expect(lines.flatMap((line, row) => wrongIn(of, line, plain[row]))).toEqual([])
  }
  // Shrinking steps of this many features takes minutes: a failure is told as it was found.
  fc.assert(fc.property(stepsOf(how), check), { numRuns, endOnFailure: true })
}
