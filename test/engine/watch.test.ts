// Numbers of a model under watch, row by row, whatever the batches.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { Watch, type WatchedDrift } from '../../src/engine/operators/watch.ts'
import { StateMemory } from '../../src/engine/state/memory.ts'
import { adwin, ddm, fhddm } from '../../src/learning/index.ts'
import { drift } from '../../src/pipeline/drift.ts'
import type { DriftPlan } from '../../src/pipeline/plan.ts'

function planOf(of: ReturnType<typeof drift>, direction: DriftPlan['direction'] = 'up'): DriftPlan {
  const definition = of['~drift']
  if ('test' in definition) throw new RangeError('a detector is wanted')
  const { kind, make, settings, cooldown } = definition
  return {
    name: `error/${kind}`,
    of: 'error',
    feature: undefined,
    output: undefined,
    detector: kind,
    make,
    settings,
    cooldown,
    direction,
    rowsBetweenFalseAlarms: undefined,
  }
}

/** Error bits of one rate after the other, so many each. */
function bits(rates: readonly number[], each = 1500): number[] {
  const random = new Prng(3)
  return rates.flatMap((rate) => Array.from({ length: each }, () => (random.chance(rate) ? 1 : 0)))
}

interface Told extends WatchedDrift {
  readonly row: number
}

/** @param batch rows between two commits; after each the watch is made anew from all that was committed. */
function told(plan: DriftPlan, values: readonly number[], batch = Infinity): Told[] {
  const deltas: Uint8Array[] = []
  let memory = new StateMemory()
  let watch = new Watch(memory, 'w', plan)
  const all: Told[] = []
  values.forEach((value, row) => {
    const found = watch.take(value)
    if (found !== undefined) all.push({ row, ...found })
    if ((row + 1) % batch !== 0) return
    watch.keep()
    deltas.push(memory.takeDelta().slice())
    memory = new StateMemory()
    for (const delta of deltas) memory.apply(delta)
    watch = new Watch(memory, 'w', plan)
  })
  return all
}

describe('a number under watch', () => {
  it('tells a change for the worse, with the means before and after it', () => {
    const [first, ...others] = told(planOf(drift(adwin())), bits([0.1, 0.6]))
    expect(others).toEqual([])
    expect(first.row).toBeGreaterThan(1500)
    expect(first.row).toBeLessThan(1700)
    expect(first).toMatchObject({ direction: 1, seen: first.row + 1 })
    expect(first.before).toBeCloseTo(0.1, 1)
    expect(first.after).toBeGreaterThan(0.4)
  })

  it('does not tell that a model got better, unless it is asked for', () => {
    const better = bits([0.6, 0.1])
    expect(told(planOf(drift(adwin())), better)).toEqual([])
    expect(told(planOf(drift(adwin()), 'both'), better)).toMatchObject([{ direction: -1 }])
    expect(told(planOf(drift(adwin()), 'down'), better)).toHaveLength(1)
  })

  it('tells no further drift in its cool-down', () => {
    const steps = bits([0.05, 0.3, 0.6, 0.95], 400)
    expect(told(planOf(drift(adwin(), { cooldown: 0 })), steps).length).toBeGreaterThan(2)
    expect(told(planOf(drift(adwin(), { cooldown: 5000 })), steps)).toHaveLength(1)
  })

  it('tells which way the number went by detectors that see errors alone', () => {
    const [first] = told(planOf(drift(fhddm())), bits([0.1, 0.7]))
    expect(first.direction).toBe(1)
    expect(first.after).toBeGreaterThan(first.before ?? 1)
  })

  it.each([1, 7, 300])(
    'tells the same when it is made anew from its commits, each %i rows',
    (batch) => {
      for (const detector of [adwin(), ddm()]) {
        const plan = planOf(drift(detector, { cooldown: 100 }))
        const values = bits([0.1, 0.5], 300)
        expect(told(plan, values, batch)).toEqual(told(plan, values))
      }
    },
  )
})
