// Rare classes are learnt as often as is stated, and probabilities stay those of the classes as they come.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { Learner } from '../../src/contracts/learner.ts'
import { Balanced } from '../../src/learning/imbalance/balanced.ts'
import { Calibrated } from '../../src/learning/imbalance/calibrated.ts'
import { ClassWeights } from '../../src/learning/imbalance/class-weights.ts'
import { GaussianNaiveBayes } from '../../src/learning/learners/gaussian-naive-bayes.ts'
import { LinearRegression } from '../../src/learning/learners/linear/linear-regression.ts'

const ROWS = 20_000

/** One row in fifty is of class 1, whose one feature lies a little higher. */
function rare(seed: number): { columns: Float64Array[]; labels: Float64Array } {
  const random = new Prng(seed)
  const labels = Float64Array.from({ length: ROWS }, () => (random.chance(0.02) ? 1 : 0))
  const normal = (): number => {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += random.next()
    return sum
  }
  return { labels, columns: [labels.map((label) => label + normal())] }
}

const data = rare(1)
const bayes = (): Learner => new GaussianNaiveBayes({ features: 1, classes: 2 })

/** Mean probability of class 1 over all rows, after learning them. */
function meanProbability(learner: Learner): number {
  learner.learn({ columns: data.columns, from: 0, to: ROWS }, data.labels)
  return probabilities(learner).reduce((sum, each) => sum + each, 0) / ROWS
}

function probabilities(learner: Learner): Float64Array {
  const out = new Float64Array(2 * ROWS)
  learner.predict({ columns: data.columns, from: 0, to: ROWS }, out)
  return out.filter((_, i) => i % 2 === 1)
}

const share = data.labels.reduce((sum, label) => sum + label, 0) / ROWS

describe('imbalance', () => {
  it.each([
    ['under sampling', { by: 'under' }, 0.5],
    ['over sampling', { by: 'over' }, 0.5],
    ['under sampling to one in five', { by: 'under', shares: [4, 1] }, 0.2],
  ] as const)('%s gives the classes their shares', (_name, how, wanted) => {
    const raw = new Balanced({ learner: bayes(), ...how, recalibrate: false })
    expect(meanProbability(raw)).toBeGreaterThan(share + 0.1)
    const learnt = bayes()
    const balanced = new Balanced({ learner: learnt, ...how })
    meanProbability(balanced)
    const there = new Float64Array(2)
    learnt.predict({ columns: [Float64Array.of(Number.NaN)], from: 0, to: 1 }, there)
    expect(there[1]).toBeCloseTo(wanted, 1)
  })

  it.each([
    ['under sampling', (): Learner => new Balanced({ learner: bayes(), by: 'under' })],
    ['over sampling', (): Learner => new Balanced({ learner: bayes(), by: 'over' })],
    ['weights', (): Learner => new ClassWeights({ learner: bayes(), weights: [0.5, 20] })],
  ])('%s leaves the mean probability that of the class as it comes', (_name, make) => {
    expect(meanProbability(make())).toBeCloseTo(share, 2)
  })

  it('by weights learns each row that many times', () => {
    const [learner, twice] = [bayes(), bayes()]
    const few = { columns: [data.columns[0].subarray(0, 100)], from: 0, to: 100 }
    const labels = data.labels.subarray(0, 100)
    const weighted = new ClassWeights({ learner, weights: [2, 2] })
    expect(weighted.learn(few, labels)).toBe(0)
    for (let row = 0; row < 100; row++) {
      for (let times = 0; times < 2; times++)
        twice.learn({ ...few, from: row, to: row + 1 }, labels)
    }
    expect(learner.encode()).toEqual(twice.encode())
  })

  it('is for classifiers, with a number for each class', () => {
    const refused = expect.objectContaining({ code: 'ML_DEFINITION' })
    const regression = new LinearRegression({ features: 1 })
    expect(() => new Balanced({ learner: regression, by: 'over' })).toThrow(refused)
    expect(() => new Calibrated({ learner: regression })).toThrow(refused)
    expect(() => new ClassWeights({ learner: bayes(), weights: [1] })).toThrow(refused)
    expect(() => new ClassWeights({ learner: bayes(), weights: [1, 0] })).toThrow(refused)
  })
})

describe('a calibrated learner', () => {
  it('says probabilities that come true, of a learner whose are far off', () => {
    const loss = (learner: Learner): number => {
      meanProbability(learner)
      return probabilities(learner).reduce(
        (sum, p, row) => sum - Math.log(Math.max(1e-15, data.labels[row] === 1 ? p : 1 - p)) / ROWS,
        0,
      )
    }
    const off = (): Learner => new Balanced({ learner: bayes(), by: 'under', recalibrate: false })
    const calibrated = new Calibrated({ learner: off() })
    expect(loss(calibrated)).toBeLessThan(loss(off()) / 3)
    expect(probabilities(calibrated).reduce((a, b) => a + b, 0) / ROWS).toBeCloseTo(share, 2)
  })
})
