// Trees grow and predict as their references, row by row.
import { describe, expect, it } from 'vitest'
import {
  HoeffdingTree,
  type TreeOptions,
} from '../../../src/learning/learners/tree/hoeffding-tree.ts'
import { erf } from '../../../src/learning/learners/tree/erf.ts'
import { sample } from '../../contracts/learner-contract.ts'
import { classificationData, missing, note } from '../golden.ts'
import { accuracy, classesApart, prequential } from '../prequential.ts'

const trees: Readonly<Record<string, TreeOptions>> = {
  ht: {},
  'ht-mc': { leaf: 'majority' },
  'ht-nb': { leaf: 'bayes' },
  'ht-g50': { grace: 50, delta: 0.01 },
  'ht-gini': { criterion: 'gini' },
}

describe.skipIf(missing)(`Hoeffding trees against their reference${note}`, () => {
  describe.each(['elec2', 'electricity-tiny', 'phishing'])('on %s', (data) => {
    it.each(Object.keys(trees))('%s gives its probabilities, row by row', (name) => {
      const features = classificationData(data).columns.length
      const found = classesApart(
        new HoeffdingTree({ features, classes: 2, ...trees[name] }),
        data,
        name,
      )
      expect(found).toMatchObject({ first: undefined })
    })
  })

  it.each([
    ['ht', 0.798486052, 24],
    ['ht-g50', 0.82589601, 151],
  ])('%s has its accuracy and its splits over all of elec2', (name, wanted, splits) => {
    const data = classificationData('elec2')
    const tree = new HoeffdingTree({ features: 8, classes: 2, ...trees[name] })
    expect(accuracy(prequential(tree, data), data)).toBeCloseTo(wanted, 3)
    expect(tree.nodes).toBe(2 * splits + 1)
  })
})

describe('a Hoeffding tree', () => {
  it('stays below its bytes, and goes on learning', () => {
    const maxBytes = 20_000
    const options = { features: 4, classes: 2, grace: 20, delta: 0.2, tau: 0.5 }
    const bounded = new HoeffdingTree({ ...options, maxBytes })
    const free = new HoeffdingTree(options)
    for (const tree of [bounded, free]) {
      for (let round = 0; round < 20; round++) {
        const { columns, labels, rows } = sample(tree, 1000, round)
        tree.learn({ columns, from: 0, to: rows }, labels)
        if (tree === bounded) expect(tree.memoryBytes).toBeLessThanOrEqual(maxBytes)
      }
    }
    expect(free.memoryBytes).toBeGreaterThan(2 * maxBytes)
    expect(bounded.nodes).toBeGreaterThan(10)
  })

  it('does not grow deeper than it may', () => {
    const tree = new HoeffdingTree({ features: 4, classes: 2, grace: 20, tau: 1, maxDepth: 2 })
    const { columns, labels, rows } = sample(tree, 5000)
    tree.learn({ columns, from: 0, to: rows }, labels)
    expect(tree.nodes).toBe(7)
  })

  it('sends a missing value the way of most rows', () => {
    const tree = new HoeffdingTree({ features: 1, classes: 2, grace: 50, leaf: 'majority', tau: 1 })
    const values = Float64Array.from({ length: 400 }, (_, i) =>
      i % 4 === 0 ? 1 + i / 1e4 : i / 1e4,
    )
    tree.learn(
      { columns: [values], from: 0, to: 400 },
      values.map((value) => (value > 0.5 ? 1 : 0)),
    )
    expect(tree.nodes).toBeGreaterThan(1)
    const out = new Float64Array(2)
    tree.predict({ columns: [Float64Array.of(Number.NaN)], from: 0, to: 1 }, out)
    expect(out[0]).toBeGreaterThan(0.9)
  })

  it('refuses settings that make no sense', () => {
    for (const wrong of [
      { grace: 0 },
      { delta: 1 },
      { tau: -1 },
      { maxDepth: 0.5 },
      { maxBytes: 0 },
    ]) {
      expect(() => new HoeffdingTree({ features: 1, classes: 2, ...wrong })).toThrow(
        /expected '\w+' to be .*, found/,
      )
    }
    expect(() => new HoeffdingTree({ features: 1, classes: 1 })).toThrow("expected 'classes'")
  })
})

describe('the error function', () => {
  it('is that of the GNU C library 2.36', () => {
    const values = [
      [0, 0],
      [0.3, 0.3286267594591274],
      [-1, -0.8427007929497149],
      [2.2, 0.9981371537020182],
      [3.5, 0.9999992569016276],
      [5.9, 0.9999999999999999],
      [-7, -1],
    ]
    for (const [x, wanted] of values) expect(Math.abs(erf(x) - wanted)).toBeLessThan(2e-16)
    expect(erf(Infinity)).toBe(1)
  })
})
