// Trees with features that are one of a few values.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { HoeffdingTree } from '../../../src/learning/learners/tree/hoeffding-tree.ts'

/** The class is that of two colours out of five, or of a number where the colour says nothing. */
function colours(rows: number): { columns: Float64Array[]; labels: Float64Array } {
  const random = new Prng(3)
  const colour = Float64Array.from({ length: rows }, () => random.below(5))
  const size = Float64Array.from({ length: rows }, () => random.next())
  const labels = colour.map((value, row) =>
    value === 1 || value === 3 ? 1 : value === 2 && size[row] > 0.5 ? 1 : 0,
  )
  return { columns: [colour, size], labels }
}

function share(tree: HoeffdingTree, { columns, labels }: ReturnType<typeof colours>): number {
  const rows = labels.length
  const out = new Float64Array(2 * rows)
  tree.predict({ columns, from: 0, to: rows }, out)
  return (
    labels.reduce((sum, y, row) => sum + (out[2 * row + 1] > 0.5 === (y === 1) ? 1 : 0), 0) / rows
  )
}

describe('a nominal feature of a Hoeffding tree', () => {
  const data = colours(6000)
  const all = { columns: data.columns, from: 0, to: 6000 }

  it.each(['majority', 'bayes', 'adaptive'] as const)(
    'splits into one value and the others, with leaves that say %s',
    (leaf) => {
      const nominal = new HoeffdingTree({ features: 2, classes: 2, leaf, nominal: { 0: 5 } })
      nominal.learn(all, data.labels)
      expect(share(nominal, data)).toBeGreaterThan(0.97)
    },
  )

  it('counts in naive Bayes before the first split, also a value that a class never had', () => {
    const tree = new HoeffdingTree({ features: 1, classes: 2, leaf: 'bayes', nominal: { 0: 3 } })
    const columns = [Float64Array.of(0, 0, 0, 1, 2, 2)]
    tree.learn({ columns, from: 0, to: 6 }, Float64Array.of(0, 0, 0, 0, 1, 1))
    const out = new Float64Array(6)
    tree.predict({ columns: [Float64Array.of(0, 1, 2)], from: 0, to: 3 }, out)
    // By hand, with one of each value added: 4/6 (3 + 1)/7 against 2/6 (0 + 1)/5, and so on.
    const first = [16 / 42, 8 / 42, 4 / 42]
    const second = [2 / 30, 2 / 30, 6 / 30]
    first.forEach((a, i) => expect(out[2 * i]).toBeCloseTo(a / (a + second[i]), 12))
  })

  it('takes what is no value as missing', () => {
    const tree = new HoeffdingTree({ features: 2, classes: 2, nominal: { 0: 5 } })
    tree.learn(all, data.labels)
    const odd = [Float64Array.of(7, -1, 0.5, Number.NaN), new Float64Array(4).fill(0.2)]
    const out = new Float64Array(8)
    tree.predict({ columns: odd, from: 0, to: 4 }, out)
    expect(new Set(out.filter((_, i) => i % 2 === 0)).size).toBe(1)
    const before = tree.memoryBytes
    expect(tree.learn({ columns: odd, from: 0, to: 4 }, new Float64Array(4))).toBe(0)
    expect(tree.memoryBytes).toBe(before)
  })

  it('goes on as it was when restored', () => {
    const options = { features: 2, classes: 2, grace: 50, nominal: { 0: 5 } }
    const tree = new HoeffdingTree(options)
    tree.learn({ ...all, to: 3000 }, data.labels)
    const copy = new HoeffdingTree(options)
    copy.restore(tree.encode())
    for (const each of [tree, copy]) each.learn({ ...all, from: 3000 }, data.labels)
    expect(copy.encode()).toEqual(tree.encode())
  })

  it('refuses features that there are not, and too few values', () => {
    const wrong: [Record<number, number>, RegExp][] = [
      [{ 2: 5 }, /expected 'nominal' to be a whole number of at least 0 below 2, found 2/],
      [{ 0: 1 }, /expected 'nominal\[0\]' to be .*, found 1/],
    ]
    for (const [nominal, message] of wrong) {
      expect(() => new HoeffdingTree({ features: 2, classes: 2, nominal })).toThrow(message)
    }
  })
})
