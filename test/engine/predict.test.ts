import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { NumberColumn } from '../../src/contracts/columns.ts'
import { FALLBACK_VERSION, versionNumber } from '../../src/contracts/model-version.ts'
import { NO_RULES, UNWATCHED } from '../../src/contracts/model-calls.ts'
import { Predictor, type Predictions } from '../../src/engine/operators/predict.ts'
import { RowView } from '../../src/engine/operators/row-view.ts'
import { functionRuntime } from '../../src/models/function/function-runtime.ts'
import { Evaluator } from '../../src/schema/evaluate.ts'
import { OPEN } from '../../src/schema/guard.ts'
import { labelPlan } from './join-fixture.ts'

const FEATURES = [{ name: 'x', kind: 'number' as const }]

const FAILS = 13

/** Gives x as `low`, its square as `high`; fails on FAILS. */
async function predictor(
  output: StandardSchemaV1,
  judges?: string,
  fallback?: { high: number; low: number },
  precision: 'float32' | 'float64' = 'float64',
): Promise<Predictor> {
  const runtime = {
    kind: 'function',
    path: undefined,
    options: { outputs: { low: 'number', high: 'number' }, ...(fallback && { fallback }) },
    call: ({ x }: { x: number }) => {
      if (x === FAILS) throw new RangeError('no score')
      return { low: x, high: x * x }
    },
  }
  const plan = {
    name: 'm',
    as: undefined,
    features: ['x'],
    runtime,
    output,
    labels: { ...labelPlan(), judges },
  }
  const loaded = await functionRuntime().load(new Uint8Array(0), FEATURES, runtime)
  Object.defineProperty(loaded, 'precision', { value: precision })
  return new Predictor({
    model: { plan, loaded },
    index: 0,
    features: FEATURES,
    task: 'task',
    plan: 'digest',
    calls: UNWATCHED,
    guard: OPEN,
  })
}

function predict(own: Predictor, ...values: number[]): Promise<Predictions> {
  const rows = values.length
  const places = { rows, partitions: new Float64Array(rows), offsets: new Float64Array(rows) }
  return own.predict([xs(...values)], { places, commit: 1, rules: NO_RULES })
}

function xs(...values: number[]): NumberColumn {
  return { kind: 'number', values: Float64Array.from(values), marks: undefined }
}

const Plain = z.object({ high: z.number().max(10), low: z.number() })

/** What functions of the last stage see as `prediction`, row by row. */
async function seen(own: Predictor, ...values: number[]): Promise<unknown[]> {
  const features = [xs(...values)]
  const predictions = await predict(own, ...values)
  const view = new RowView(FEATURES, [own], new Evaluator([], OPEN))
  view.begin({
    events: { rows: values.length, columns: [], objects: undefined },
    features,
    predictions: [predictions],
  })
  return values.map(
    (_, row) => predictions.reasons.get(row) ?? JSON.parse(JSON.stringify(view.at(row).prediction)),
  )
}

describe('predictions', () => {
  it('are checked by the schema of the output, whether it is known by heart or not', async () => {
    const fits = [
      { high: 4, low: 2 },
      { high: 9, low: 3 },
    ]
    const refused = "model 'm' gave what its output schema does not allow at 'high'"
    const opaque = z.object({ high: z.number().refine((high) => high <= 10), low: z.number() })
    expect(await seen(await predictor(Plain), 2, 4, 3)).toEqual([fits[0], refused, fits[1]])
    expect(await seen(await predictor(opaque), 2, 4, 3)).toEqual([fits[0], refused, fits[1]])
  })

  it('are what the schema makes of them', async () => {
    const doubled = z.object({ high: z.number() }).transform(({ high }) => ({ twice: high * 2 }))
    expect(await seen(await predictor(doubled), 2, 3)).toEqual([{ twice: 8 }, { twice: 18 }])
  })

  it('call the schema of the output for no row that is known to fit', async () => {
    let calls = 0
    const counted = z.object({ high: z.number().max(10), low: z.number() })
    const { validate } = counted['~standard']
    Object.defineProperty(counted, '~standard', {
      value: {
        ...counted['~standard'],
        validate: (value: unknown) => {
          calls++
          return validate(value)
        },
      },
    })
    const own = await predictor(counted)
    calls = 0
    await predict(own, 1, 2, 3, 4, 5)
    expect(calls).toBe(2)
  })

  it('are compared with labels by the output that labels judge, and by none where they judge none', async () => {
    const scores = async (judges?: string): Promise<number[]> => {
      const own = await predictor(Plain, judges)
      return [...own.scores((await predict(own, 2, 3)).scored)]
    }
    expect(await scores('high')).toEqual([4, 9])
    expect(await scores('low')).toEqual([2, 3])
    expect(await scores()).toEqual([NaN, NaN])
  })

  it('are those of the version that gave their score, and where the fallback stood in of no version', async () => {
    const own = await predictor(Plain, 'high', { high: 1, low: 1 })
    const { scored } = await predict(own, 2, FAILS, 3)
    const version = versionNumber(own.model.loaded.digest)
    expect([...own.scores(scored)]).toEqual([4, 1, 9])
    expect([...own.versions(scored)]).toEqual([version, FALLBACK_VERSION, version])
  })

  it('have features in their receipts with the bits that the model reads, and no more', async () => {
    const features = [xs(0.1, 3, 1 / 3)]
    const kept = async (precision: 'float32' | 'float64'): Promise<unknown> => {
      const own = await predictor(Plain, undefined, undefined, precision)
      const { scored } = await predict(own, 0.1, 3, 1 / 3)
      return own.receipts(features, scored)[0]
    }
    expect(await kept('float64')).toEqual(xs(0.1, 3, 1 / 3))
    expect(await kept('float32')).toEqual(xs(...[0.1, 3, 1 / 3].map(Math.fround)))
  })

  it('are refused when labels judge an output that the model does not give', async () => {
    await expect(predictor(Plain, 'gone')).rejects.toThrow(
      "labels.judges of model 'm' must name an output that is a number; found 'gone'",
    )
  })
})
