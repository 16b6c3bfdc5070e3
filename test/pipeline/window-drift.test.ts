// What a definition may compare window by window.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { drift, model, onnx, stream, topic, windowDrift, type Drift } from '../../src/index.ts'
import { adwin, ks, psi } from '../../src/learning/index.ts'
import type { WindowDriftPlan } from '../../src/pipeline/plan.ts'

const rows = stream('rows', {
  source: topic('rows'),
  schema: z.object({ id: z.string(), at: z.number(), x: z.number() }),
  key: (row) => row.id,
  time: (row) => row.at,
})
const set = rows.features('set', {
  define: (f) => ({ x: f.value((row) => row.x), n: f.count({ over: '1h' }) }),
})
const file = onnx('m.onnx', { output: z.object({ score: z.number() }) })

function plans(drifts: readonly Drift<'x' | 'n'>[]): readonly WindowDriftPlan[] {
  const made = model('m', { of: rows, input: [set], runtime: file, drift: drifts })
  return made['~model'].windowDrift
}

const x = { feature: 'x' } as const
/** As JavaScript may write it. */
const loose = windowDrift as unknown as (test: unknown, options: object) => Drift<'x'>
const usual = { of: [x], window: '1h', reference: '7d' }

describe('what is compared window by window', () => {
  it('is numbers, together, with a reference of so long', () => {
    const [plan] = plans([
      windowDrift(ks(), { of: ['prediction', x], window: '1h', reference: '7d' }),
    ])
    expect(plan).toMatchObject({
      name: 'prediction+x/ks/3600000',
      numbers: [
        { of: 'prediction', feature: undefined, output: 'score' },
        { of: 'feature', feature: 'x', output: undefined },
      ],
      windowMs: 3_600_000,
      reference: 7 * 86_400_000,
      rows: 1000,
    })
  })

  it('may stand beside detectors of single numbers', () => {
    const made = model('m', {
      of: rows,
      input: [set],
      runtime: file,
      drift: [
        drift(adwin(), { of: x }),
        windowDrift(psi(), { of: [{ feature: 'n' }], window: '1d', reference: 'before' }),
      ],
    })
    expect(made['~model'].drift.map(({ name }) => name)).toEqual(['x/adwin'])
    expect(made['~model'].windowDrift).toMatchObject([
      { name: 'n/psi/86400000', reference: 'before' },
    ])
  })

  it('may be compared with rows that are given, in the order of the numbers', () => {
    const given = { n: [1, 2, 3], x: [0.1, NaN, 0.3] }
    const of = [x, { feature: 'n' }] as const
    const [plan] = plans([windowDrift(ks(), { of, window: '1h', reference: given })])
    expect(plan.reference).toEqual([given.x, given.n])
  })

  it('has other settings wherever anything that it gathers or says is another', () => {
    const settings = [
      windowDrift(ks(), { of: [x], window: '1h', reference: '7d' }),
      windowDrift(ks({ floor: 0.2 }), { of: [x], window: '1h', reference: '7d' }),
      windowDrift(ks(), { of: [x], window: '2h', reference: '7d' }),
      windowDrift(ks(), { of: [x], window: '1h', reference: '6d' }),
      windowDrift(ks(), { of: [x], window: '1h', reference: { x: [1] } }),
      windowDrift(ks(), { of: [x], window: '1h', reference: { x: [2] } }),
      windowDrift(ks(), { of: [x], window: '1h', reference: '7d', rows: 500 }),
    ].map((each) => plans([each])[0].settings)
    expect(new Set(settings).size).toBe(settings.length)
  })

  it.each<[string, () => unknown, string]>([
    ['no test', () => loose(adwin(), usual), "drift 'none': what compares must be a test"],
    ['no numbers', () => loose(ks(), { ...usual, of: [] }), 'found an empty list; write of:'],
    [
      'a number it cannot see at once',
      () => loose(ks(), { ...usual, of: ['error'] }),
      "of must list 'prediction' and { feature: ... }; found 'error' in it",
    ],
    [
      'a number twice',
      () => loose(ks(), { ...usual, of: [x, x] }),
      "of must list a number once; found 'x' twice",
    ],
    [
      'no window',
      () => loose(ks(), { ...usual, window: '0s' }),
      'window must be longer than nothing',
    ],
    [
      'no reference',
      () => loose(ks(), { ...usual, reference: 7 }),
      "reference must be a duration, 'before', or lists of numbers by name; found 7",
    ],
    [
      'a reference of other numbers',
      () => loose(ks(), { ...usual, reference: { y: [1] } }),
      "an option must be one of x; found 'y'",
    ],
    [
      'a reference of texts',
      () => loose(ks(), { ...usual, reference: { x: ['1'] } }),
      "reference must have a list of numbers for 'x'; found a list",
    ],
    [
      'a reference whose rows have not all numbers',
      () =>
        loose(ks(), { ...usual, of: [x, 'prediction'], reference: { x: [1], prediction: [1, 2] } }),
      "found 1 of 'x' and 2 of 'prediction'; fill what is missing with NaN",
    ],
    [
      'fewer rows than the test needs',
      () => loose(ks({ leastRows: 50 }), { ...usual, rows: 49 }),
      "rows must be at least the test's leastRows (50), and at most 100000; found 49",
    ],
    [
      'a feature that the model has not',
      () => plans([loose(ks(), { ...usual, of: [{ feature: 'gone' }] })]),
      "model 'm': drift must watch its features; found 'gone'; it has x, n",
    ],
    [
      'the same numbers twice by one test',
      () => plans([loose(ks(), usual), loose(ks({ floor: 0.5 }), usual)]),
      "drift must watch numbers by each kind of test over windows of one length once; found 'x/ks/3600000' twice",
    ],
  ])('is refused: %s', (_, make, message) => {
    expect(make).toThrow(message)
  })
})
