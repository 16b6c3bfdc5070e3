// Trees for numbers grow and predict as their reference, row by row.
import { describe, expect, it } from 'vitest'
import { HoeffdingAdaptiveTreeRegressor } from '../../../src/learning/learners/tree/hoeffding-adaptive-tree-regressor.ts'
import {
  HoeffdingTreeRegressor,
  type RegressionTreeOptions,
} from '../../../src/learning/learners/tree/hoeffding-tree-regressor.ts'
import { roundToTenth } from '../../../src/learning/learners/tree/round-to-tenth.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { sample } from '../../contracts/learner-contract.ts'
import { missing, note, regressionData } from '../golden.ts'
import { numbersApart } from '../prequential.ts'

const trees: Readonly<Record<string, RegressionTreeOptions>> = {
  'ht-mean': { leaf: 'mean' },
  'ht-model': { leaf: 'model' },
  ht: {},
}

describe.skipIf(missing)(`Hoeffding trees for numbers against their reference${note}`, () => {
  describe.each(['cmapss', 'taxi'] as const)('on %s', (data) => {
    it.each(Object.keys(trees))('%s gives its predictions, row by row', (name) => {
      const features = regressionData(data).columns.length
      const tree = new HoeffdingTreeRegressor({ features, ...trees[name] })
      const found = numbersApart(pipe(new StandardScaler({ features }), tree), data, name)
      expect(found.rows).toBe(5000)
      expect(found).toMatchObject({ first: undefined })
      expect(tree.nodes).toBeGreaterThan(1)
    })

    it('hat-noboot gives its predictions, row by row', () => {
      const features = regressionData(data).columns.length
      const tree = new HoeffdingAdaptiveTreeRegressor({ features, bootstrap: false })
      const found = numbersApart(pipe(new StandardScaler({ features }), tree), data, 'hat-noboot')
      expect(found).toMatchObject({ first: undefined })
    })
  })
})

describe('a Hoeffding tree for numbers', () => {
  const options = { features: 4, grace: 40, tau: 0.5 }

  it('stays below its bytes, and goes on learning', () => {
    const maxBytes = 8000
    const bounded = new HoeffdingTreeRegressor({ ...options, maxBytes })
    const free = new HoeffdingTreeRegressor(options)
    for (const tree of [bounded, free]) {
      for (let round = 0; round < 10; round++) {
        const { columns, labels, rows } = sample(tree, 500, round)
        tree.learn({ columns, from: 0, to: rows }, labels)
        if (tree === bounded) expect(tree.memoryBytes).toBeLessThanOrEqual(maxBytes)
      }
    }
    expect(free.memoryBytes).toBeGreaterThan(2 * maxBytes)
    expect(bounded.nodes).toBeGreaterThan(4)
  })

  it('keeps its cost where the values of a feature come sorted, and splits on it all the same', () => {
    const tree = new HoeffdingTreeRegressor({ features: 1, grace: 1500, leaf: 'mean' })
    const rows = 3000
    const columns = [Float64Array.from({ length: rows }, (_, i) => i)]
    tree.learn(
      { columns, from: 0, to: rows },
      columns[0].map((value) => (value < 100 ? 0 : 1)),
    )
    expect(tree.nodes).toBe(3)
    const out = new Float64Array(2)
    tree.predict({ columns: [Float64Array.of(5, 2000)], from: 0, to: 2 }, out)
    expect([...out]).toEqual([0, 1])
  })

  it('sends a missing value the way of most rows', () => {
    const tree = new HoeffdingTreeRegressor({ features: 1, grace: 50, leaf: 'mean', tau: 1 })
    const values = Float64Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 1 : 0))
    tree.learn(
      { columns: [values], from: 0, to: 400 },
      values.map((value) => (value > 0.5 ? 7 : 3)),
    )
    const out = new Float64Array(1)
    tree.predict({ columns: [Float64Array.of(Number.NaN)], from: 0, to: 1 }, out)
    expect(out[0]).toBeCloseTo(3, 5)
  })

  it('refuses settings that make no sense', () => {
    for (const wrong of [{ decay: 2 }, { leastRows: 0 }, { rate: 0 }, { tau: -1 }, { grace: 0 }]) {
      expect(() => new HoeffdingTreeRegressor({ features: 1, ...wrong })).toThrow(
        /expected '\w+' to be .*, found/,
      )
    }
  })
})

describe('rounding to a tenth', () => {
  it('takes the nearest by the exact value, and of two equally near the even one', () => {
    const values = [
      [0.25, 0.2],
      [0.75, 0.8],
      [-0.25, -0.2],
      [0.35, 0.3],
      [0.15, 0.1],
      [-2.345, -2.3],
      [1e20, 1e20],
      [0, 0],
    ]
    for (const [value, wanted] of values) expect(roundToTenth(value)).toBe(wanted)
  })
})
