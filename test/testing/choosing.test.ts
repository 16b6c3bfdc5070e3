import { beforeAll, describe, expect, it } from 'vitest'
import { placeDraw } from '../../src/base/place-draw.ts'
import { linUcb, minMaxScaler, pipe } from '../../src/learning/index.ts'
import { simulate, type SimulatedRun } from '../../src/testing/index.ts'
import {
  ACTIONS,
  earned,
  EPSILON,
  offering,
  PERIOD_MS,
  salesOf,
  season,
  SEED,
  VISIT_MS,
  visitsOf,
  type Offer,
  type Visit,
} from './choosing-offers.ts'

const VISITS = 240
const PERIODS = (VISITS * VISIT_MS) / PERIOD_MS

/** What a choice earns, give or take what no feature says. */
function earns(action: string, visit: Visit, i: number): number {
  return earned(action, visit) + ((i * 7) % 5) / 50
}

/** Chooses for each visit by what was earned before its period: written for this test alone, over what came out of the run. */
function expected({ predictions, examples }: SimulatedRun): Offer[] {
  const bandit = pipe(minMaxScaler(), linUcb({ epsilon: EPSILON })).make({
    features: 1,
    classes: ACTIONS.length,
  })
  const seen = new Map(
    predictions.offer.map(({ id, features, output }) => [
      id,
      { column: Float64Array.of(Number(features.spent)), action: String(output?.action) },
    ]),
  )
  const known = examples.offer.toSorted((a, b) => Number(a.labelTime) - Number(b.labelTime))
  let next = 0
  return predictions.offer.map(({ id, time, origin }) => {
    const until = Math.floor(time / PERIOD_MS) * PERIOD_MS
    for (; next < known.length && Number(known[next].labelTime) < until; next++) {
      const of = seen.get(known[next].id)
      if (of === undefined) throw new RangeError('a reward is of a choice')
      const arms = Int32Array.of(ACTIONS.findIndex((action) => action === of.action))
      const rows = { columns: [of.column], from: 0, to: 1, arms }
      bandit.learn(rows, Float64Array.of(Number(known[next].label)))
    }
    const [, partition, offset] = origin.split('/').map(Number)
    const draws = Float64Array.of(placeDraw(SEED, partition, offset))
    const out = new Float64Array(2)
    const column = seen.get(id)?.column ?? new Float64Array(1)
    bandit.predict({ columns: [column], from: 0, to: 1, draws }, out)
    return { action: ACTIONS[out[0]], propensity: out[1] }
  })
}

/** What was chosen of each visit, over the run. */
function choicesOf(run: SimulatedRun): Offer[] {
  return run.predictions.offer.map(({ output }) => {
    const action = ACTIONS.find((each) => each === output?.action)
    if (action === undefined) throw new RangeError('every visit has an offer')
    return { action, propensity: Number(output?.propensity) }
  })
}

describe('a bandit in a simulated pipeline, whose rewards follow from what it chose', () => {
  const visits = visitsOf(VISITS)
  let run: SimulatedRun
  let choices: Offer[]

  beforeAll(async () => {
    // What is chosen in a period depends on rewards before it alone: so each run tells the rewards of one period more.
    let sold = salesOf(visits, () => 0)
    for (let period = 0; period <= PERIODS; period++) {
      run = await simulate(offering, season(visits, sold))
      choices = choicesOf(run)
      sold = salesOf(visits, (visit, i) => earns(choices[i].action, visit, i))
    }
  }, 120_000)

  it('chooses by the rewards whose time is before the period of the visit, to the bit', () => {
    expect(choices).toHaveLength(VISITS)
    expect(choices).toEqual(expected(run))
  })

  it('learns each reward for what was chosen, with the features as they were', () => {
    expect(run.counts).toMatchObject({
      'learning.offer.learnt': VISITS,
      'learning.offer.badLabel': 0,
      'learning.offer.unknownFeatures': 0,
    })
    run.examples.offer.forEach(({ label, id }) => {
      const i = Number(id.slice(1))
      expect(label).toBe(earns(choices[i].action, visits[i], i))
    })
  })

  it('states propensities that say how often each action is chosen', () => {
    const likely = choices.filter(({ propensity }) => propensity > 0.5)
    expect(new Set(choices.map(({ propensity }) => propensity)).size).toBe(2)
    expect(likely[0].propensity).toBeCloseTo(1 - EPSILON + EPSILON / ACTIONS.length, 12)
    // 240 draws of 0.867: within four deviations.
    expect(Math.abs(likely.length / VISITS - likely[0].propensity)).toBeLessThan(0.09)
  })

  it('comes to choose what earns most where much is spent, and where little is', () => {
    const late = choices.map((choice, i) => ({ ...choice, ...visits[i] })).slice(VISITS / 2)
    const best = late.filter(({ spent, action }) => action === (spent === 1 ? 'mail' : 'call'))
    expect(best.length / late.length).toBeGreaterThan(0.8)
    const mean = (of: readonly Visit[]): number =>
      of.reduce((sum, visit) => sum + earned(choices[visits.indexOf(visit)].action, visit), 0) /
      of.length
    expect(mean(visits.slice(VISITS / 2))).toBeGreaterThan(mean(visits.slice(0, 30)) + 0.2)
  })

  it('has the propensity of every choice as the score of its example', () => {
    for (const { id, score } of run.examples.offer)
      expect(score).toBe(choices[Number(id.slice(1))].propensity)
  })

  it(
    'chooses the same under faults, other batches and other workers',
    { timeout: 120_000 },
    async () => {
      const few = visits.slice(0, 90)
      const sold = salesOf(few, (visit, i) => earns(choices[i].action, visit, i))
      const stormy = await simulate(offering, season(few, sold), { partitions: 2, faults: 8 })
      expect(stormy.predictions.offer).toHaveLength(few.length)
    },
  )
})
