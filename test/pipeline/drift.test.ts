// What a definition may watch for drift.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { drift, learner, model, onnx, stream, topic, type Drift } from '../../src/index.ts'
import {
  adwin,
  ddm,
  fhddm,
  kswin,
  linearRegression,
  pageHinkley,
} from '../../src/learning/index.ts'
import type { ModelRuntime } from '../../src/pipeline/model-runtime.ts'
import type { DriftPlan } from '../../src/pipeline/plan.ts'

const rows = stream('rows', {
  source: topic('rows'),
  schema: z.object({ id: z.string(), at: z.number(), x: z.number(), late: z.boolean() }),
  key: (row) => row.id,
  time: (row) => row.at,
})
const set = rows.features('set', { define: (f) => ({ x: f.value((row) => row.x) }) })
const Output = z.object({ score: z.number() })
const file = onnx('m.onnx', { output: Output })

function plans(
  drifts: readonly Drift<'x'>[],
  runtime: ModelRuntime<{ readonly x: number }, { score: number }> = file,
): readonly DriftPlan[] {
  const made = model('m', {
    of: rows,
    input: [set],
    runtime,
    labels: {
      from: rows,
      by: (row) => row.id,
      of: (row) => row.id,
      within: '1h',
      label: (row) => Number(row.late),
    },
    drift: drifts,
  })
  return made['~model'].drift
}

function unlabelled(drifts: readonly Drift<'x'>[]): unknown {
  return model('m', { of: rows, input: [set], runtime: file, drift: drifts })
}

describe('what is watched for drift', () => {
  it('is errors that rise, with a cool-down, where nothing else is said', () => {
    expect(plans([drift(adwin())])).toMatchObject([
      {
        name: 'error/adwin',
        of: 'error',
        detector: 'adwin',
        cooldown: 1e3,
        direction: 'up',
        rowsBetweenFalseAlarms: 1e5,
      },
    ])
  })

  it('is what is said of each number', () => {
    const found = plans([
      drift(pageHinkley(), { of: 'loss', cooldown: 0, direction: 'both' }),
      drift(kswin(), { of: 'prediction' }),
      drift(adwin(), { of: { feature: 'x' } }),
      drift(fhddm()),
    ])
    expect(found).toMatchObject([
      { name: 'loss/page-hinkley', cooldown: 0, direction: 'both' },
      { name: 'prediction/kswin', output: 'score', direction: 'both' },
      { name: 'x/adwin', of: 'feature', feature: 'x', direction: 'both' },
      { name: 'error/fhddm', direction: 'up' },
    ])
  })

  it('has a detector for each task, which has seen nothing', () => {
    const [plan] = plans([drift(ddm())])
    const [one, other] = [plan.make(), plan.make()]
    one.update(1)
    expect(other.encode()).toEqual(plan.make().encode())
    expect(one.encode()).not.toEqual(other.encode())
  })

  it('needs no labels for predictions and features', () => {
    expect(() => unlabelled([drift(adwin(), { of: 'prediction' })])).not.toThrow()
  })

  it.each<[string, () => unknown, string]>([
    [
      'errors without labels',
      () => unlabelled([drift(adwin())]),
      "model 'm': drift must have labels that judge an output to watch its error; found none",
    ],
    [
      'errors of numbers',
      () => plans([drift(adwin())], learner(linearRegression(), { output: Output })),
      'drift must watch the loss of a model of numbers or rewards, which is not right or wrong',
    ],
    [
      'losses by a detector of bits',
      () => drift(ddm(), { of: 'loss' }),
      "drift 'ddm': 'ddm' takes error bits alone; found of: 'loss'; take adwin(), kswin() or pageHinkley()",
    ],
    [
      'a number twice by one kind of detector',
      () => plans([drift(adwin()), drift(adwin({ delta: 0.1 }))]),
      "drift must watch a number by each kind of detector once; found 'error/adwin' twice",
    ],
    [
      'a cool-down of a part of a number',
      () => drift(adwin(), { cooldown: 1.5 }),
      'cooldown must be a whole number of at least 1; found 1.5',
    ],
  ])('is refused: %s', (_, make, message) => {
    expect(make).toThrow(message)
  })
})
