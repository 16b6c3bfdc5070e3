// Scores of anomaly are as good as those of their references over seeds.
import { describe, expect, it } from 'vitest'
import { HalfSpaceTrees } from '../../../src/learning/learners/anomaly/half-space-trees.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { MinMaxScaler } from '../../../src/learning/preparation/min-max-scaler.ts'
import { anomalyData, goldenTable, missing, note, type Table } from '../golden.ts'
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
  ])(
    'find the anomalies of %s as well as its lowest seed, as a mean over twenty',
    { timeout: 120_000 },
    (name) => {
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
    },
  )
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
