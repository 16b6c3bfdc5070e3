// Predict, then learn, row by row, and how far that is from what a reference did.
import { expect } from 'vitest'
import type { Learner } from '../../src/contracts/learner.ts'
import { classificationData, goldenColumns, regressionData, type Table } from './golden.ts'

/** `outputs` numbers a row, each before its row was learnt. */
export function prequential(learner: Learner, data: Table, rows = data.rows): Float64Array {
  const { outputs } = learner
  const all = new Float64Array(rows * outputs)
  const out = new Float64Array(outputs)
  let left = 0
  for (let row = 0; row < rows; row++) {
    const at = { columns: data.columns, from: row, to: row + 1 }
    learner.predict(at, out)
    all.set(out, row * outputs)
    left += learner.learn(at, data.labels)
  }
  expect(left).toBe(0)
  return all
}

export function accuracy(probabilities: Float64Array, { labels }: Table): number {
  let right = 0
  const rows = probabilities.length / 2
  for (let row = 0; row < rows; row++) {
    const [p0, p1] = [probabilities[2 * row], probabilities[2 * row + 1]]
    if (p0 + p1 > 0 && (p1 > p0 ? 1 : 0) === labels[row]) right++
  }
  return right / rows
}

/** The first row that is farther than `within` (relative to 1 + the wanted value) from the reference, and by how much at most. */
export interface Apart {
  readonly rows: number
  readonly greatest: number
  readonly first: number | undefined
}

function apart(found: (row: number) => number, wanted: Float64Array, within: number): Apart {
  let greatest = 0
  let first: number | undefined
  wanted.forEach((value, row) => {
    // No prediction: all probabilities 0.
    const distance =
      Math.abs(found(row) - (Number.isNaN(value) ? 0 : value)) / (1 + Math.abs(value || 0))
    if (!(distance <= greatest)) greatest = distance
    if (!(distance <= within)) first ??= row
  })
  return { rows: wanted.length, greatest, first }
}

/** A classifier on the golden rows of that data set and reference. */
export function classesApart(
  learner: Learner,
  data: string,
  reference: string,
  within = 1e-9,
): Apart {
  const golden = goldenColumns(`rows/${data}.${reference}.csv.gz`)
  const found = prequential(learner, classificationData(data), golden['y'].length)
  return apart((row) => found[2 * row + 1], golden['p_true'], within)
}

/** A regressor on the golden rows of that data set and reference. */
export function numbersApart(
  learner: Learner,
  data: 'cmapss' | 'taxi',
  reference: string,
  within = 1e-9,
): Apart {
  const golden = goldenColumns(`rows/${data}.${reference}.csv.gz`)
  const table = regressionData(data)
  expect(table.labels.subarray(0, golden['y'].length)).toEqual(golden['y'])
  const found = prequential(learner, table, golden['y'].length)
  return apart((row) => found[row], golden['pred'], within)
}
