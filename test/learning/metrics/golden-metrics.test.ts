// The metrics against those of the golden tables: their own predictions go in, their figures must come out.
import { describe, expect, it } from 'vitest'
import type { Metric } from '../../../src/contracts/metric.ts'
import { confusion } from '../../../src/learning/metrics/confusion.ts'
import { cumulative } from '../../../src/learning/metrics/cumulative.ts'
import { probability } from '../../../src/learning/metrics/probability.ts'
import { ranking } from '../../../src/learning/metrics/ranking.ts'
import { regression } from '../../../src/learning/metrics/regression.ts'
import { goldenColumns, goldenTable, missing, note } from '../golden.ts'

function after<Report>(metric: Metric<Report>, said: Float64Array, labels: Float64Array): Report {
  labels.forEach((label, row) => metric.add(said, row * metric.outputs, label))
  return metric.value()
}

/** Rows in the golden files. */
const ROWS: Readonly<Record<string, string>> = { phishing: '1250', 'electricity-tiny': '2000' }

/** Of deterministic runs, at the checkpoint where the golden rows end. */
function runs(table: string, names: readonly string[]): Record<string, string>[] {
  if (missing) return []
  return goldenTable(table).filter(
    ({ data, learner, rows }) =>
      names.includes(`${data}.${learner}`) && rows === (ROWS[data] ?? '5000'),
  )
}

const CLASSES = [
  'elec2.nochange',
  'elec2.logreg',
  'elec2.ht',
  'elec2.pa1',
  'elec2.nb',
  'phishing.adam',
  'phishing.knn-w100',
  'electricity-tiny.alma',
]
const NUMBERS = [
  'cmapss.nochange',
  'cmapss.linreg',
  'cmapss.ht',
  'taxi.linreg',
  'taxi.knn-w100',
  'taxi.mean',
]

describe.skipIf(missing)(`classification against the reference${note}`, () => {
  const found = runs('classification.csv', CLASSES)
  it('finds the runs', () => {
    expect(found.map(({ data, learner }) => `${data}.${learner}`).sort()).toEqual(
      [...CLASSES].sort(),
    )
  })

  it.each(found)('$data $learner', (wanted) => {
    const { y, p_true: given } = goldenColumns(`rows/${wanted['data']}.${wanted['learner']}.csv.gz`)
    expect(y).toHaveLength(Number(wanted['rows']))
    const said = new Float64Array(2 * y.length)
    given.forEach((p, row) => {
      // Nothing was said where the cell is empty.
      if (!Number.isNaN(p)) said.set([1 - p, p], 2 * row)
    })
    const near = (value: number | undefined, name: string, within = 2e-9): void => {
      const apart = Math.abs((value ?? Number.NaN) - Number(wanted[name]))
      expect({ name, near: apart < within }).toEqual({ name, near: true })
    }
    const classes = after(cumulative(confusion()), said, y)
    expect(classes.unanswered).toBe(Number(wanted['rows_without_prediction']))
    near(classes.accuracy, 'accuracy')
    near(classes.classes[1].f1, 'f1')
    near(classes.kappa, 'kappa')
    near(classes.kappaT, 'kappa_t')
    const { logLoss } = after(cumulative(probability({ floor: 1e-15 })), said, y)
    near(logLoss, 'logloss', 0.01)
    const { auc, aucError = 0 } = after(cumulative(ranking()), said, y)
    near(auc, 'auc', Math.min(2e-4, aucError) + 2e-9)
  })
})

describe.skipIf(missing)(`regression against the reference${note}`, () => {
  const found = runs('regression.csv', NUMBERS)
  it('finds the runs', () => {
    expect(found).toHaveLength(NUMBERS.length)
  })

  it.each(found)('$data $learner', (wanted) => {
    const { y, pred } = goldenColumns(`rows/${wanted['data']}.${wanted['learner']}.csv.gz`)
    const { mae, rmse, r2 } = after(cumulative(regression()), pred, y)
    // The tables have nine digits.
    expect(Math.abs((mae ?? 0) / Number(wanted['mae']) - 1)).toBeLessThan(1e-8)
    expect(Math.abs((rmse ?? 0) / Number(wanted['rmse']) - 1)).toBeLessThan(1e-8)
    expect(Math.abs((r2 ?? 0) - Number(wanted['r2']))).toBeLessThan(1e-8)
  })
})
