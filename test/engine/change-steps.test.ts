import { describe, expect, it } from 'vitest'
import { CHANGE_STEPS, type Step } from '../../src/contracts/steps.ts'
import { CARD, outputsOf, SHOP, story } from './rescaled-shop.ts'

/** Keys go to more tasks, and to fewer; tasks are no more, and others begin with new lanes. */
const RESCALES = [
  { stage: CARD, tasks: 3 },
  { stage: SHOP, tasks: 1 },
]
const SEED = 1

/** Dies at the n-th time that a step is reached, and notes how often each is. */
function killer(at: Step, nth: number) {
  const reached = new Map<Step, number>()
  return {
    reached,
    dies: (step: Step): boolean => {
      const times = (reached.get(step) ?? 0) + 1
      reached.set(step, times)
      return step === at && times === nth
    },
  }
}

describe('a change of a pipeline', () => {
  it(
    'comes to the same when whoever makes it dies at any of its steps',
    { timeout: 300_000 },
    async () => {
      const expected = await outputsOf(await story(SEED, []))
      const calm = killer('open:fence', Infinity)
      expect(await outputsOf(await story(SEED, RESCALES, calm))).toEqual(expected)
      for (const step of CHANGE_STEPS) {
        const times = calm.reached.get(step) ?? 0
        expect(times, `${step} is reached`).toBeGreaterThan(0)
        for (const nth of new Set([1, times])) {
          const { dies, reached } = killer(step, nth)
          const on = await story(SEED, RESCALES, { dies })
          expect(reached.get(step), `${step} is died at`).toBeGreaterThanOrEqual(nth)
          expect(await outputsOf(on), `a death at ${step}, the ${nth}. time`).toEqual(expected)
        }
      }
    },
  )
})
