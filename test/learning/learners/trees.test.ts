// Trees grow and predict as their references, row by row.
import { describe, expect, it } from 'vitest'
import { ExtremelyFastDecisionTree } from '../../../src/learning/learners/tree/extremely-fast-decision-tree.ts'
import { HoeffdingAdaptiveTree } from '../../../src/learning/learners/tree/hoeffding-adaptive-tree.ts'
import { HoeffdingTree } from '../../../src/learning/learners/tree/hoeffding-tree.ts'
import type { TreeOptions } from '../../../src/learning/learners/tree/tree-rules.ts'
import { erf } from '../../../src/learning/learners/tree/erf.ts'
import { Prng } from '../../../src/base/prng.ts'
import type { Learner } from '../../../src/contracts/learner.ts'
import { sample } from '../../contracts/learner-contract.ts'
import { classificationData, goldenTable, missing, note } from '../golden.ts'
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

  describe.each(['elec2', 'electricity-tiny', 'phishing'])('that change, on %s', (data) => {
    const options = (): { features: number; classes: number } => ({
      features: classificationData(data).columns.length,
      classes: 2,
    })

    it('hat-noboot gives its probabilities, row by row', () => {
      const tree = new HoeffdingAdaptiveTree({ ...options(), bootstrap: false })
      expect(classesApart(tree, data, 'hat-noboot')).toMatchObject({ first: undefined })
    })

    it('efdt gives its probabilities, row by row, where it looks at its splits at every row', () => {
      const tree = new ExtremelyFastDecisionTree({ ...options(), reevaluateEvery: 1 })
      expect(classesApart(tree, data, 'efdt')).toMatchObject({ first: undefined })
    })
  })

  it('an adaptive tree with a bootstrap is within the spread of its seeds', () => {
    const data = classificationData('electricity-tiny')
    const options = { features: data.columns.length, classes: 2 }
    const found = [1, 2, 3, 4, 5].map((seed) =>
      accuracy(prequential(new HoeffdingAdaptiveTree({ ...options, seed }), data), data),
    )
    const seeds = goldenTable('seeds.csv').filter(
      (row) => row['data'] === 'electricity-tiny' && row['learner'] === 'hat',
    )
    const lowest = Math.min(...seeds.map((row) => Number(row['accuracy_or_mae'])))
    expect(found.reduce((sum, each) => sum + each, 0) / 5).toBeGreaterThanOrEqual(lowest)
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

/** One feature says the class; after `change` rows another one does. */
function changing(rows: number, change: number): { columns: Float64Array[]; labels: Float64Array } {
  const random = new Prng(8)
  const columns = [0, 1].map(() => Float64Array.from({ length: rows }, () => random.next()))
  const labels = Float64Array.from({ length: rows }, (_, row) =>
    columns[row < change ? 0 : 1][row] > 0.5 ? 1 : 0,
  )
  return { columns, labels }
}

describe('a tree that changes', () => {
  const data = changing(12_000, 4000)
  const options = { features: 2, classes: 2, leaf: 'majority' } as const
  const afterwards = (tree: Learner): number => {
    tree.learn({ columns: data.columns, from: 0, to: 9000 }, data.labels)
    const out = new Float64Array(6000)
    tree.predict({ columns: data.columns, from: 9000, to: 12_000 }, out)
    const right = data.labels
      .subarray(9000)
      .filter((label, i) => (out[2 * i + 1] > 0.5 ? 1 : 0) === label)
    return right.length / 3000
  }

  it.each([false, true])('replaces a branch that got worse, with bootstrap %s', (bootstrap) => {
    const tree = new HoeffdingAdaptiveTree({ ...options, bootstrap })
    expect(afterwards(tree)).toBeGreaterThan(0.95)
    expect(tree.nodes).toBeLessThan(20)
  })

  it('takes another split at the root when that is the better one', () => {
    const tree = new ExtremelyFastDecisionTree({ ...options, maxDepth: 1 })
    expect(afterwards(tree)).toBeGreaterThan(0.95)
    expect(tree.nodes).toBe(3)
    expect(afterwards(new HoeffdingTree({ ...options, maxDepth: 1 }))).toBeLessThan(0.7)
  })

  it('stays below its bytes', () => {
    const bounds = { ...options, grace: 20, tau: 1, leaf: 'adaptive', maxBytes: 60_000 } as const
    for (const tree of [new HoeffdingAdaptiveTree(bounds), new ExtremelyFastDecisionTree(bounds)]) {
      const random = new Prng(1)
      const columns = [0, 1].map(() => Float64Array.from({ length: 20_000 }, () => random.next()))
      const labels = columns[0].map((value) => Math.round(value * 17) % 2)
      tree.learn({ columns, from: 0, to: 20_000 }, labels)
      expect(tree.nodes).toBeGreaterThan(8)
      expect(tree.memoryBytes).toBeLessThanOrEqual(60_000)
    }
  })

  it('refuses settings that make no sense', () => {
    for (const wrong of [{ seed: 0.5 }, { driftDelta: 0 }, { switchRows: 0 }, { switchDelta: 1 }]) {
      expect(() => new HoeffdingAdaptiveTree({ ...options, ...wrong })).toThrow(/expected '\w+'/)
    }
    for (const wrong of [{ reevaluateEvery: 0 }, { reevaluateAfter: 0 }]) {
      const make = (): Learner => new ExtremelyFastDecisionTree({ ...options, ...wrong })
      expect(make).toThrow(/expected 'reevaluate/)
    }
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
