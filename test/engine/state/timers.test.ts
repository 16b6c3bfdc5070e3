import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Counts, countsIn } from '../../../src/engine/state/counts.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import { Timers } from '../../../src/engine/state/timers.ts'

describe('timers', () => {
  it('come in the order of their times, of equal times as they were set, over any number of recoveries', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.nat(20).map((time) => ({ time })) },
      { weight: 2, arbitrary: fc.constantFrom('pop' as const, 'recover' as const) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        let memory = new StateMemory()
        let timers = new Timers(memory, 'labels')
        const deltas: Uint8Array[] = []
        const waiting: { time: number; payload: number }[] = []
        steps.forEach((one, payload) => {
          if (typeof one === 'object') {
            timers.push(one.time, payload)
            waiting.push({ time: one.time, payload })
            // Sorting is stable: equal times stay in the order they were set.
            waiting.sort((a, b) => a.time - b.time)
          } else if (one === 'recover') {
            deltas.push(memory.takeDelta().slice())
            memory = new StateMemory()
            for (const delta of deltas) memory.apply(delta)
            timers = new Timers(memory, 'labels')
          } else if (waiting.length > 0) {
            expect(timers.pop()).toBe(waiting.shift()?.payload)
          }
          expect(timers.count).toBe(waiting.length)
          expect(timers.nextTime).toBe(waiting[0]?.time ?? Infinity)
        })
      }),
    )
  })
})

describe('counts', () => {
  it('go on after a recovery, also when there are new names', () => {
    const memory = new StateMemory()
    const counts = new Counts(memory, ['events', 'late'])
    counts.add('events', 3)
    counts.add('late', 1)
    counts.add('events', 4)
    const recovered = new StateMemory()
    recovered.apply(memory.takeDelta())
    const again = new Counts(recovered, ['events', 'late', 'new'])
    again.add('new', 2)
    expect(countsIn(recovered).slice(0, 3)).toEqual([7, 1, 2])
    expect(again.get('late')).toBe(1)
  })
})
