// Codes become columns, and what is missing becomes a value, as it is said.
import { describe, expect, it } from 'vitest'
import type { Preparer } from '../../../src/contracts/learner.ts'
import { FeatureHashing } from '../../../src/learning/preparation/feature-hashing.ts'
import { Imputer } from '../../../src/learning/preparation/imputer.ts'
import { OneHot } from '../../../src/learning/preparation/one-hot.ts'
import { TargetMean } from '../../../src/learning/preparation/target-mean.ts'

/** The rows as they are written when they are learnt, or as they stand. */
function written(preparer: Preparer, columns: number[][], labels?: number[]): number[][] {
  const rows = columns[0].length
  const given = columns.map((column) => Float64Array.from(column))
  const out = Array.from({ length: preparer.outputs }, () => new Float64Array(rows))
  const at = { columns: given, from: 0, to: rows }
  if (labels === undefined) preparer.transform(at, out)
  else preparer.learn(at, Float64Array.from(labels), out)
  return Array.from({ length: rows }, (_, row) => out.map((column) => column[row]))
}

describe('one-hot', () => {
  it('gives each value a column in the order of coming, all later ones the last, and passes the rest through', () => {
    const oneHot = new OneHot({ features: 2, columns: [0], values: 2 })
    const columns = [
      [7, 5, 7, 9, Number.NaN],
      [1, 2, 3, 4, 5],
    ]
    expect(written(oneHot, columns)[0]).toEqual([1, 0, 0, 1])
    expect(written(oneHot, columns, [0, 0, 0, 0, 0])).toEqual([
      [1, 1, 0, 0],
      [2, 0, 1, 0],
      [3, 1, 0, 0],
      [4, 0, 0, 1],
      [5, 0, 0, 0],
    ])
    expect(written(oneHot, [[5], [0]])).toEqual([[0, 0, 1, 0]])
  })

  it.each([[[]], [[0, 0]], [[2]], [[0.5]]])('refuses the columns %j', (columns) => {
    expect(() => new OneHot({ features: 2, columns })).toThrow(
      expect.objectContaining({
        code: 'ML_DEFINITION',
        message: expect.stringContaining('columns'),
      }),
    )
  })
})

describe('feature hashing', () => {
  it('gives a value of a column always the same bucket, and another column another', () => {
    const hashing = new FeatureHashing({ features: 2, buckets: 1024 })
    const [one, both, twice] = [
      [42, Number.NaN],
      [Number.NaN, 42],
      [42, 42],
    ].map(
      (row) =>
        written(
          hashing,
          row.map((value) => [value]),
        )[0],
    )
    expect(one.filter((each) => each !== 0)).toHaveLength(1)
    expect(twice).toEqual(one.map((each, i) => each + both[i]))
    expect(twice.filter((each) => each !== 0)).toHaveLength(2)
  })

  it('adds and takes away about equally often, over all buckets', () => {
    const hashing = new FeatureHashing({ features: 1, buckets: 16 })
    const rows = written(hashing, [Array.from({ length: 3200 }, (_, i) => i)])
    const sums = rows.reduce((all, row) => all.map((sum, i) => sum + row[i]), Array(16).fill(0))
    const uses = rows.reduce(
      (all, row) => all.map((sum, i) => sum + Math.abs(row[i])),
      Array(16).fill(0),
    )
    for (const sum of sums) expect(Math.abs(sum)).toBeLessThan(60)
    for (const used of uses) expect(Math.abs(used - 200)).toBeLessThan(60)
  })
})

describe('target mean', () => {
  it('writes a row by the labels before it, drawn towards the mean of all, never by its own', () => {
    const encoder = new TargetMean({ features: 1, prior: 2 })
    const rows = written(encoder, [[1, 1, 1, 2, Number.NaN]], [1, 0, 1, 0, 1])
    // Of all so far: none, 1, 1/2, 2/3, 1/2; of the value: none, 1 of 1, 1 of 2, none.
    expect(rows.flat()).toEqual([0, 1, 0.5, 2 / 3, 0.5].map((each) => expect.closeTo(each, 12)))
    const mean = 3 / 5
    expect(written(encoder, [[1, 2, 3]]).flat()).toEqual(
      [mean + (3 / 5) * (2 / 3 - mean), mean + (1 / 3) * (0 - mean), mean].map((each) =>
        expect.closeTo(each, 12),
      ),
    )
  })

  it('says of labels that are noise nothing that a learner could mistake for them', () => {
    const encoder = new TargetMean({ features: 1 })
    const labels = Array.from({ length: 2000 }, (_, i) => ((i * 7919) % 2017) % 2)
    const found = written(encoder, [labels.map((_, i) => i)], labels).flat()
    // Every value is new: what is written is the mean of all before, whatever the row's own label is.
    let sum = 0
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(i === 0 ? 0 : sum / i, 9)
      sum += labels[i]
    })
  })

  it('takes the share of one class where it is named, and forgets the value not seen for longest', () => {
    const encoder = new TargetMean({ features: 1, of: 2, prior: 1, values: 2 })
    written(encoder, [[1, 2, 1, 3]], [2, 0, 2, 1])
    const [one, two, three] = written(encoder, [[1, 2, 3]]).flat()
    expect([one, two, three]).toEqual([0.5 + (2 / 3) * 0.5, 0.5, 0.25])
  })
})

describe('an imputer', () => {
  const gap = Number.NaN

  it.each([
    ['mean', [gap, 1, gap, 4, gap], [0, 1, 1, 4, 2.5]],
    ['last', [gap, 1, gap, 4, gap], [0, 1, 1, 4, 4]],
    ['median', [gap, 1, 100, 4, gap], [0, 1, 100, 4, 4]],
    [-1, [gap, 1, gap], [-1, 1, -1]],
  ] as const)('by %s fills what is missing', (by, column, wanted) => {
    const imputer = new Imputer({ features: 1, by })
    expect(
      written(
        imputer,
        [[...column]],
        column.map(() => 0),
      ).flat(),
    ).toEqual(wanted)
    expect(written(imputer, [[...column]]).at(-1)).toEqual([wanted.at(-1)])
  })

  it('marks what was missing where it is asked to', () => {
    const imputer = new Imputer({ features: 1, mark: true })
    expect(written(imputer, [[3, gap]], [0, 0])).toEqual([
      [3, 0],
      [3, 1],
    ])
  })
})
