// Scores of anomaly are as good as those of their references over seeds.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import type { Learner } from '../../../src/contracts/learner.ts'
import { HalfSpaceTrees } from '../../../src/learning/learners/anomaly/half-space-trees.ts'
import { CutTree } from '../../../src/learning/learners/anomaly/cut-tree.ts'
import { GaussianScorer } from '../../../src/learning/learners/anomaly/gaussian-scorer.ts'
import { QuantileScorer } from '../../../src/learning/learners/anomaly/quantile-scorer.ts'
import { RobustRandomCutForest } from '../../../src/learning/learners/anomaly/robust-random-cut-forest.ts'
import { StandardAbsoluteDeviation } from '../../../src/learning/learners/anomaly/standard-absolute-deviation.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { MinMaxScaler } from '../../../src/learning/preparation/min-max-scaler.ts'
import { anomalyData, goldenColumns, goldenTable, missing, note, type Table } from '../golden.ts'
import { prequential } from '../prequential.ts'

/** The area under the ROC curve by ranks; ties count half. */
function areaUnderCurve(scores: Float64Array, { labels }: Table): number {
  const order = [...scores.keys()].toSorted((a, b) => scores[a] - scores[b])
  const positives = labels.reduce((sum, label) => sum + label, 0)
  let sum = 0
  for (let i = 0; i < order.length;) {
    let end = i
    while (end < order.length && scores[order[end]] === scores[order[i]]) end++
    for (let at = i; at < end; at++) if (labels[order[at]] === 1) sum += (i + 1 + end) / 2
    i = end
  }
  return (sum - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives))
}

describe.skipIf(missing)(`half-space trees against River${note}`, () => {
  it.each([
    'machine_temperature_system_failure',
    'cpu_utilization_asg_misconfiguration',
    'ec2_request_latency_system_failure',
  ])('find the anomalies of %s as well as its lowest seed, as a mean over twenty', (name) => {
    const table = anomalyData(name)
    const golden = goldenTable('anomaly.csv').filter(
      (row) => row['data'] === name && row['detector'] === 'hst',
    )
    expect(table.rows).toBe(Number(golden[0]['rows']))
    expect(table.labels.reduce((a, b) => a + b, 0)).toBe(Number(golden[0]['anomalous_rows']))
    let sum = 0
    for (let seed = 1; seed <= 20; seed++) {
      const learner = pipe(
        new MinMaxScaler({ features: 4 }),
        new HalfSpaceTrees({ features: 4, seed }),
      )
      sum += areaUnderCurve(prequential(learner, table), table)
    }
    expect(sum / 20).toBeGreaterThanOrEqual(Math.min(...golden.map((row) => Number(row['auc']))))
  })
})

describe('half-space trees', () => {
  it('score 0 in the first window, then a row far from all more than one among them', () => {
    const trees = new HalfSpaceTrees({ features: 2, window: 100 })
    const columns = [0.3, 0.6].map((at) =>
      Float64Array.from({ length: 101 }, (_, i) => (i < 100 ? at + (i % 10) / 200 : 1 - at)),
    )
    const out = new Float64Array(2)
    const labels = new Float64Array(101)
    trees.learn({ columns, from: 0, to: 99 }, labels)
    trees.predict({ columns, from: 99, to: 101 }, out)
    expect([...out]).toEqual([0, 0])
    trees.learn({ columns, from: 99, to: 100 }, labels)
    trees.predict({ columns, from: 99, to: 101 }, out)
    expect(out[1]).toBeGreaterThan(out[0] + 0.2)
    expect(out[1]).toBeLessThanOrEqual(1)
  })
})

describe.skipIf(missing)(`scorers by moments against River${note}`, () => {
  const scorers: Readonly<Record<string, () => Learner>> = {
    gaussian: () => new GaussianScorer({ features: 1, window: 1000 }),
    sad: () => new StandardAbsoluteDeviation({ features: 1 }),
  }

  describe.each([
    'machine_temperature_system_failure',
    'cpu_utilization_asg_misconfiguration',
    'ec2_request_latency_system_failure',
    'nyc_taxi',
    'ecg805',
  ])('on %s', (name) => {
    it.each(Object.keys(scorers))('%s gives its scores, row by row', (scorer) => {
      const golden = goldenColumns(`rows/anomaly.${name}.${scorer}.csv.gz`)
      const { value, score } = golden
      const data = { columns: [value], labels: new Float64Array(value.length), rows: value.length }
      const found = prequential(scorers[scorer](), data)
      let apart = 0
      score.forEach((wanted, row) => {
        apart = Math.max(apart, Math.abs(found[row] - wanted) / (1 + Math.abs(wanted)))
      })
      expect(apart).toBeLessThan(1e-9)
    })
  })
})

describe('a scorer over a window', () => {
  it('scores as one that never saw what has left the window, whatever that was', () => {
    const random = new Prng(4)
    const values = Float64Array.from({ length: 300 }, (_, i) =>
      i < 100 ? 1e90 * random.next() : random.next(),
    )
    const windowed = new GaussianScorer({ features: 1, window: 50, grace: 10 })
    const labels = new Float64Array(300)
    windowed.learn({ columns: [values], from: 0, to: 300 }, labels)
    const fresh = new GaussianScorer({ features: 1, grace: 10 })
    fresh.learn({ columns: [values], from: 250, to: 300 }, labels)
    const [found, wanted] = [new Float64Array(20), new Float64Array(20)]
    windowed.predict({ columns: [values], from: 200, to: 220 }, found)
    fresh.predict({ columns: [values], from: 200, to: 220 }, wanted)
    found.forEach((score, i) => expect(score).toBeCloseTo(wanted[i], 12))
    expect(Math.max(...found)).toBeGreaterThan(0.5)
  })
})

describe('a quantile scorer', () => {
  it('is 0 at the median, 1 at the ends of the usual range, and grows with the distance, on each side', () => {
    const random = new Prng(2)
    const values = Float64Array.from({ length: 20_000 }, () => Math.exp(random.next() * 3))
    const scorer = new QuantileScorer({ features: 1, low: 0.05, high: 0.95 })
    scorer.learn({ columns: [values], from: 0, to: 20_000 }, values)
    const at = [0.5, 0.05, 0.95].map((q) => Math.exp(3 * q))
    const far = at[0] + 2 * (at[2] - at[0])
    const out = new Float64Array(4)
    scorer.predict({ columns: [Float64Array.of(...at, far)], from: 0, to: 4 }, out)
    out.forEach((score, i) => expect(Math.abs(score - [0, 1, 1, 2][i])).toBeLessThan(0.05))
  })
})

describe('a random cut tree', () => {
  const random = new Prng(1)
  const displaced = (tree: CutTree, ...x: number[]): number =>
    tree.displacement(Float64Array.from(x), random)

  it('is displaced by a far point as much as it has points, whatever came and went', () => {
    const tree = new CutTree(2, 60)
    const leaves: number[] = []
    for (let step = 0; step < 2000; step++) {
      if (leaves.length === 60 || (leaves.length > 0 && random.chance(0.45))) {
        tree.remove(leaves.splice(random.below(leaves.length), 1)[0])
      } else {
        // Far ones now and then, which leave wide boxes behind if they are not drawn in again; and equal ones.
        const far = random.chance(0.05) ? 1e8 : 1
        leaves.push(
          tree.insert(Float64Array.of(random.below(6) * far, random.below(6) * far), random),
        )
      }
      expect(tree.points).toBe(leaves.length)
      expect(displaced(tree, 1e17, -1e17)).toBe(leaves.length)
    }
    while (leaves.length > 0) tree.remove(leaves.pop() ?? -1)
    expect(tree.points).toBe(0)
  })

  it('draws its boxes in when a far point goes', () => {
    const tree = new CutTree(1, 50)
    for (let i = 0; i < 40; i++) tree.insert(Float64Array.of(i / 40), random)
    tree.remove(tree.insert(Float64Array.of(1e9), random))
    let sum = 0
    for (let i = 0; i < 200; i++) sum += displaced(tree, 1000)
    expect(sum / 200).toBeGreaterThan(39)
  })

  it('is displaced little by one among equals', () => {
    const tree = new CutTree(1, 50)
    for (let i = 0; i < 40; i++) tree.insert(Float64Array.of(i % 2), random)
    expect(displaced(tree, 1)).toBeCloseTo(20 / 21, 12)
  })
})

describe('a robust random cut forest', () => {
  it('finds a broken rhythm, whose single values are all usual', () => {
    const rows = 400
    const value = (i: number): number => (i === 300 ? 0.9 : Math.sin((2 * Math.PI * i) / 40))
    const columns = [0, 1, 2, 3].map((lag) =>
      Float64Array.from({ length: rows }, (_, i) => value(i - lag)),
    )
    const data = { columns, labels: new Float64Array(rows), rows }
    const scores = prequential(new RobustRandomCutForest({ features: 4 }), data)
    const settled = scores.map((score, i) => (i < 100 ? 0 : score))
    expect(settled.indexOf(Math.max(...settled))).toBeGreaterThanOrEqual(300)
    expect(settled.indexOf(Math.max(...settled))).toBeLessThanOrEqual(303)
  })

  it('scores as trees do that are made of the window and the row at once, by the definition', () => {
    const random = new Prng(3)
    const rows = 201
    const value = (i: number): number => Math.sin(i / 5) + random.next() * 0.6
    const values = Array.from({ length: rows }, (_, i) => value(i) + (i === 200 ? 2 : 0))
    const columns = [0, 1, 2].map((lag) =>
      Float64Array.from({ length: rows }, (_, i) => values[Math.max(0, i - lag)]),
    )
    const points = values.map((_, i) => columns.map((column) => column[i]))
    const found = [0, 0]
    for (let seed = 1; seed <= 10; seed++) {
      const forest = new RobustRandomCutForest({ features: 3, trees: 40, window: 63, seed })
      const data = { columns, labels: new Float64Array(rows), rows }
      const scores = prequential(forest, data)
      found.forEach((sum, i) => (found[i] = sum + scores[[110, 200][i]] / 10))
    }
    for (const [i, row] of [110, 200].entries()) {
      let sum = 0
      for (let draw = 0; draw < 1000; draw++) {
        sum += displacedByDefinition(points.slice(row - 63, row + 1), points[row], random)
      }
      expect(Math.abs(found[i] / (sum / 1000) - 1)).toBeLessThan(0.15)
    }
  })
})

/** The displacement of a point of a set in a tree made of the set: cut by cut, the points cut off over those left with it. */
function displacedByDefinition(set: number[][], x: number[], random: Prng): number {
  let most = 0
  let left = set
  while (left.length > 1) {
    const low = x.map((_, i) => Math.min(...left.map((point) => point[i])))
    const widths = x.map((_, i) => Math.max(...left.map((point) => point[i])) - low[i])
    let place = random.next() * widths.reduce((a, b) => a + b, 0)
    let i = 0
    while (i < x.length - 1 && place >= widths[i]) place -= widths[i++]
    const cut = low[i] + place
    const near = left.filter((point) => point[i] <= cut === x[i] <= cut)
    most = Math.max(most, (left.length - near.length) / near.length)
    left = near
  }
  return most
}
