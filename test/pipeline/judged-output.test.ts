// Which output labels judge, and how they are measured.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { learner, model, onnx, stream, topic } from '../../src/index.ts'
import {
  halfSpaceTrees,
  linearRegression,
  logisticRegression,
  softmaxRegression,
} from '../../src/learning/index.ts'
import type { ModelRuntime } from '../../src/pipeline/model-runtime.ts'
import type { LabelPlan } from '../../src/pipeline/plan.ts'

const rows = stream('rows', {
  source: topic('rows'),
  schema: z.object({ id: z.string(), at: z.number(), x: z.number(), y: z.number() }),
  key: (row) => row.id,
  time: (row) => row.at,
})
const set = rows.features('set', { define: (f) => ({ x: f.value((row) => row.x) }) })

type Output = { a: number; b: number[]; c: number }
const Output = z.object({ a: z.number(), b: z.array(z.number()), c: z.number() })

function labels(
  runtime: ModelRuntime<{ readonly x: number }, Output>,
  options: object = {},
): Pick<LabelPlan, 'judges' | 'measure'> {
  const made = model('m', {
    of: rows,
    input: [set],
    runtime,
    labels: {
      from: rows,
      by: (row) => row.id,
      of: (row) => row.id,
      within: '1h',
      label: (row) => row.y,
      ...options,
    },
  })
  const { judges, measure } = made['~model'].labels?.plan ?? {}
  return { judges, measure }
}

const file = onnx('m.onnx', { output: Output })

describe('the output that labels judge', () => {
  it('is measured as a probability where nothing is said', () => {
    expect(labels(file, { judges: 'a' })).toEqual({ judges: 'a', measure: undefined })
  })

  it('is a number, a class, or the probabilities of all classes, as it is said', () => {
    expect(labels(file, { judges: 'a', measure: 'numbers' })).toEqual({
      judges: 'a',
      measure: { kind: 'numbers' },
    })
    expect(labels(file, { judges: 'c', measure: { classes: 3 } }).measure).toEqual({
      kind: 'classes',
      classes: 3,
      chances: false,
    })
    expect(labels(file, { judges: 'b', measure: { classes: 3 } }).measure).toEqual({
      kind: 'classes',
      classes: 3,
      chances: true,
    })
  })

  it('is, of a learner, what says most', () => {
    const outputs = { a: 'label', b: 'probabilities', c: 'probabilities[1]' }
    expect(labels(learner(softmaxRegression(), { output: Output, classes: 4, outputs }))).toEqual({
      judges: 'b',
      measure: { kind: 'classes', classes: 4, chances: true },
    })
    expect(labels(learner(logisticRegression(), { output: Output, outputs }))).toEqual({
      judges: 'c',
      measure: { kind: 'probability' },
    })
    const two = learner(logisticRegression(), { output: Output, outputs })
    expect(labels(two, { judges: 'a' }).measure).toEqual({
      kind: 'classes',
      classes: 2,
      chances: false,
    })
    const value = z.object({ a: z.number() })
    expect(learner(linearRegression(), { output: value })['~runtime'].spec.options.outputs).toEqual(
      {
        a: 'value',
      },
    )
  })

  it('is none of a learner that labels cannot be measured against', () => {
    const scorer = learner(halfSpaceTrees(), { output: z.object({ score: z.number() }) })
    const judged = {
      from: rows,
      by: (row: { id: string }) => row.id,
      of: (row: { id: string }) => row.id,
    }
    const made = model('m', {
      of: rows,
      input: [set],
      runtime: scorer,
      labels: { ...judged, within: '1h', label: (row) => row.y },
    })
    expect(made['~model'].labels?.plan).toMatchObject({ otherwise: undefined })
    expect(made['~model'].labels?.plan.judges).toBeUndefined()
  })

  it.each([
    [
      { measure: 'number' },
      "labels.measure must be 'numbers', or { classes: ... }; found 'number'",
    ],
    [
      { measure: { classes: 1 } },
      'labels.measure.classes must be a whole number from 2 to 1024; found 1',
    ],
    [{ judges: 'b' }, "labels.judges must name a number of the output (a, c); found 'b'"],
    [
      { judges: 'd', measure: { classes: 2 } },
      "labels.judges must name a number or list of numbers of the output (a, b, c); found 'd'",
    ],
  ])('is refused where it cannot be: %j', (options, message) => {
    expect(() => labels(file, options)).toThrow(message)
  })

  it('must be left to a learner, which knows', () => {
    const outputs = { a: 'label', b: 'probabilities', c: 'probabilities[1]' }
    const four = learner(softmaxRegression(), { output: Output, classes: 4, outputs })
    expect(() => labels(four, { measure: { classes: 4 } })).toThrow(
      'labels.measure must be left out of a learner, which knows what its labels are',
    )
    expect(() => labels(four, { judges: 'c' })).toThrow(
      "labels.judges must name an output that a label can be measured against (a, b); found 'c'",
    )
  })
})
