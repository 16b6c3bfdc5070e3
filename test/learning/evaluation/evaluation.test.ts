// A learner judged as it learns, with labels that come at once, late, in any order, or never.
import { describe, expect, it } from 'vitest'
import type { Learner, Rows } from '../../../src/contracts/learner.ts'
import { Adwin } from '../../../src/learning/drift/adwin.ts'
import { Ddm } from '../../../src/learning/drift/ddm.ts'
import {
  Evaluation,
  type EvaluationOptions,
  type EvaluationReport,
} from '../../../src/learning/evaluation/evaluation.ts'
import { conceptDrift } from '../../../src/learning/generators/concept-drift.ts'
import { generate } from '../../../src/learning/generators/generator.ts'
import { sea } from '../../../src/learning/generators/sea.ts'
import { GaussianNaiveBayes } from '../../../src/learning/learners/gaussian-naive-bayes.ts'
import { HalfSpaceTrees } from '../../../src/learning/learners/anomaly/half-space-trees.ts'
import { LinearRegression } from '../../../src/learning/learners/linear/linear-regression.ts'
import { LogisticRegression } from '../../../src/learning/learners/linear/logistic-regression.ts'
import { sgd } from '../../../src/learning/learners/linear/sgd.ts'
import { pipe } from '../../../src/learning/pipe.ts'
import { StandardScaler } from '../../../src/learning/preparation/standard-scaler.ts'
import { classificationData, goldenTable, missing, note } from '../golden.ts'

interface Stream {
  readonly columns: readonly Float64Array[]
  readonly labels: Float64Array
}

function evaluate(
  stream: Stream,
  options: EvaluationOptions & { delay?: number; due?: Float64Array; cut?: number },
): EvaluationReport {
  const evaluation = new Evaluation(options)
  const times = stream.labels.map((_, row) => row)
  const due = options.due ?? times.map((row) => row + (options.delay ?? 0))
  const { cut = times.length } = options
  for (let from = 0; from < times.length; from += cut) {
    const part = (values: Float64Array): Float64Array => values.subarray(from, from + cut)
    evaluation.add({
      columns: stream.columns.map(part),
      labels: part(stream.labels),
      times: part(times),
      due: part(due),
    })
  }
  return evaluation.finish()
}

/** Says the label it learnt last, and notes what it is asked. */
class LastLabel implements Learner {
  readonly kind = 'last-label'
  readonly task = 'classes'
  readonly features = 1
  readonly outputs = 2
  readonly memoryBytes = 8
  readonly done: string[] = []
  #last = 0

  predict({ columns, from }: Rows, out: Float64Array): void {
    this.done.push(`predict ${columns[0][from]}`)
    out.set(this.#last === 1 ? [0, 1] : [1, 0])
  }

  learn({ columns, from }: Rows, labels: Float64Array): number {
    this.done.push(`learn ${columns[0][from]}=${labels[from]}`)
    this.#last = labels[from]
    return 0
  }

  encode(): Uint8Array {
    return Uint8Array.of(this.#last)
  }

  restore(): void {}

  writeGraph(): never {
    throw new Error('not exported')
  }
}

const numbered = (labels: readonly number[]): Stream => ({
  columns: [Float64Array.from(labels, (_, i) => i)],
  labels: Float64Array.from(labels),
})

describe('an evaluation', () => {
  it('predicts a row, and learns it when its label has come, never before', () => {
    const learner = new LastLabel()
    const report = evaluate(numbered([1, 0, 1]), { learner })
    expect(learner.done).toEqual(['predict 0', 'learn 0=1', 'predict 1', 'learn 1=0', 'predict 2'])
    expect(report).toMatchObject({
      rows: 3,
      judged: 3,
      unlearnt: 1,
      unlabelled: 0,
      refused: 0,
      learner: 'last-label',
    })
    expect(report.overall['accuracy']).toBe(0)
    const late = new LastLabel()
    expect(evaluate(numbered([1, 0, 1, 1]), { learner: late, delay: 2 })).toMatchObject({
      judged: 4,
      unlearnt: 2,
    })
    expect(late.done).toEqual([
      'predict 0',
      'predict 1',
      'learn 0=1',
      'predict 2',
      'learn 1=0',
      'predict 3',
    ])
  })

  it('takes labels in the order in which they come, and counts those that never do', () => {
    const learner = new LastLabel()
    const report = evaluate(numbered([1, 0, Number.NaN, 1, 1]), {
      learner,
      due: Float64Array.of(4, 3, 3, 3, 9),
    })
    expect(learner.done).toEqual([
      'predict 0',
      'predict 1',
      'predict 2',
      'learn 1=0',
      'predict 3',
      'learn 3=1',
      'learn 0=1',
      'predict 4',
    ])
    expect(report).toMatchObject({ rows: 5, judged: 4, unlabelled: 1, unlearnt: 1 })
  })

  it('counts labels that are no class, and rows that cannot be learnt', () => {
    const labels = Float64Array.of(1, 7, 0.5, 0, 1)
    const columns = [Float64Array.of(1, 2, 3, Infinity, 4)]
    const report = evaluate(
      { columns, labels },
      { learner: new GaussianNaiveBayes({ features: 1, classes: 2 }) },
    )
    // The row with the infinite feature is judged, and not learnt.
    expect(report).toMatchObject({ rows: 5, judged: 3, refused: 3 })
  })

  it('does not depend on how the rows are cut into batches', () => {
    const stream = generate(sea({ seed: 5 }), 3000)
    const run = (cut: number): EvaluationReport =>
      evaluate(stream, {
        learner: new GaussianNaiveBayes({ features: 3, classes: 2 }),
        detector: new Adwin(),
        delay: 700,
        cut,
      })
    expect(run(1)).toEqual(run(3000))
    expect(run(1000)).toEqual(run(3000))
  })

  it('tells a drift once, says which way errors went, and draws the window from the first row to the last', () => {
    const from = sea({ concept: 2, seed: 1 })
    const stream = generate(
      conceptDrift({ from, to: sea({ concept: 3, seed: 2 }), at: 10_000 }),
      20_000,
    )
    const learner = new GaussianNaiveBayes({ features: 3, classes: 2 })
    const report = evaluate(stream, { learner, detector: new Adwin(), window: 500, points: 100 })
    const first = report.drifts.find(({ judged }) => judged > 9000)
    expect(first?.judged).toBeGreaterThan(10_000)
    expect(first?.judged).toBeLessThan(11_500)
    expect(first?.direction).toBe(1)
    expect(report.curve.length).toBeGreaterThanOrEqual(50)
    expect(report.curve.length).toBeLessThanOrEqual(101)
    expect(report.curve.at(-1)).toEqual({ judged: 20_000, time: 19_999, figures: report.window })
    const accuracyAt = (judged: number): number =>
      report.curve.find((point) => point.judged >= judged)?.figures['accuracy'] ?? 0
    expect(accuracyAt(10_500)).toBeLessThan(accuracyAt(9500) - 0.05)
    expect(report.window['count']).toBe(500)
  })

  it('measures a learner of numbers', () => {
    const labels = Float64Array.from({ length: 2000 }, (_, i) => 3 + (i % 10))
    const report = evaluate(
      { columns: [labels.map((y) => (y - 7.5) / 3)], labels },
      { learner: new LinearRegression({ features: 1 }), detector: new Adwin() },
    )
    expect(report.task).toBe('number')
    expect(report.window['mae']).toBeLessThan(0.3)
    expect(report.overall['rmse']).toBeGreaterThan(report.window['rmse'])
    expect(report.overall['accuracy']).toBeUndefined()
  })

  it('says nothing of no rows, and refuses what it cannot judge', () => {
    const learner = new LinearRegression({ features: 1 })
    expect(new Evaluation({ learner }).finish()).toMatchObject({
      rows: 0,
      judged: 0,
      curve: [],
      drifts: [],
    })
    const stream = numbered([1, 2])
    const error = (code: string): unknown =>
      expect.objectContaining({ code, message: expect.stringContaining('found') })
    expect(() => new Evaluation({ learner: new HalfSpaceTrees({ features: 1 }) })).toThrow(
      error('ML_USAGE'),
    )
    expect(() => new Evaluation({ learner, detector: new Ddm() })).toThrow(error('ML_USAGE'))
    expect(() => new Evaluation({ learner, window: 0 })).toThrow(error('ML_DEFINITION'))
    const falling = { ...stream, times: Float64Array.of(2, 1), due: Float64Array.of(2, 2) }
    expect(() => new Evaluation({ learner }).add(falling)).toThrow(error('ML_USAGE'))
    const two = { ...falling, columns: [...stream.columns, ...stream.columns] }
    expect(() => new Evaluation({ learner }).add(two)).toThrow(error('ML_USAGE'))
  })
})

describe.skipIf(missing)(`delayed labels against the reference${note}`, () => {
  it.each(missing ? [] : goldenTable('delayed.csv'))(
    '$data $learner',
    ({ data, learner: name, ...wanted }) => {
      const stream = classificationData(data)
      const features = stream.columns.length
      const logistic = new LogisticRegression({ features, optimizer: sgd(0.005) })
      const learner = pipe(new StandardScaler({ features }), logistic)
      const report = evaluate(stream, { learner, delay: Number(name.split('-').at(-1)) })
      expect(report).toMatchObject({ rows: Number(wanted['rows']), judged: Number(wanted['rows']) })
      expect(Math.abs(report.overall['accuracy'] - Number(wanted['accuracy']))).toBeLessThan(1e-9)
      // The reference keeps probabilities 1e-15 away from 0, we 2^-52: four rows of the later labels reach it.
      const floors = (name.endsWith('-1000') ? 4 : 0) * (52 * Math.LN2 - 15 * Math.LN10)
      const logLoss = report.overall['logLoss'] - floors / report.judged
      expect(Math.abs(logLoss - Number(wanted['logloss']))).toBeLessThan(1e-9)
      expect(Math.abs(report.overall['auc'] - Number(wanted['auc']))).toBeLessThan(2e-4)
    },
  )
})
