import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Shape } from '../../src/engine/change/shape.ts'
import { shapeOf } from '../../src/engine/change/shape.ts'
import { tasksOf } from '../../src/engine/pipeline-tasks.ts'
import {
  functionModel,
  model,
  pipeline,
  stream,
  topic,
  type Duration,
  type FeatureBuilder,
} from '../../src/index.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { changeReport, type StreamReach } from '../../src/runner/changes/change-report.ts'
import { checkConsent } from '../../src/runner/changes/become-current.ts'
import { changeLines } from '../../src/runner/changes/change-text.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'

const Payment = z.object({
  id: z.string(),
  card: z.string(),
  amount: z.number(),
  at: z.int(),
})
type Payment = z.infer<typeof Payment>

interface Parts {
  readonly schema?: z.ZodType<Payment>
  readonly set?: string
  readonly lateness?: Duration
  readonly within?: Duration
  readonly score?: number
  readonly helpers?: string
  readonly define?: (f: FeatureBuilder<Payment>) => { readonly seen1h: ReturnType<typeof f.count> }
}

const two = (f: FeatureBuilder<Payment>) => ({
  seen1h: f.count({ over: '1h' }),
  spent: f.sum((p) => p.amount, { over: '7d' }),
})

/** A pipeline as its log would know it. */
function shape(parts: Parts): Shape {
  const payments = stream('payments', {
    source: topic('payments'),
    schema: parts.schema ?? Payment,
    key: (p) => p.card,
    time: (p) => p.at,
    ...(parts.lateness === undefined ? {} : { lateness: parts.lateness }),
  })
  const card = payments.features(parts.set ?? 'card', { define: parts.define ?? two })
  const { score = 1 } = parts
  const fraud = model('fraud', {
    of: payments,
    input: [card],
    runtime: functionModel(() => ({ score }), { output: z.object({ score: z.number() }) }),
    labels: {
      from: payments,
      by: (p) => p.id,
      of: (p) => p.id,
      within: parts.within ?? '1d',
      label: () => 1,
      otherwise: 0,
    },
  })
  const plan = planOf(
    pipeline('shop')
      .from(payments)
      .features(card)
      .predict(fraud)
      .emit(topic('scores'), ({ prediction }) => ({ score: prediction.score })),
  )
  const schemas = new Map(
    plan.streams.map(({ name, schema }) => [name, compileSchema(schema, name)]),
  )
  const sized = { partitions: 2, sources: new Map([['payments', 2]]) }
  const { tasks } = tasksOf(plan, schemas, sized)
  return shapeOf({ plan, schemas, tasks, ...sized, helpers: parts.helpers ?? '' })
}

const NO_REACH = new Map<string, StreamReach>()

function fates(was: Parts, is: Parts, reach = NO_REACH): Record<string, string> {
  const { sets } = changeReport(shape(was), shape(is), reach)
  return Object.fromEntries(
    sets.flatMap(({ features }) =>
      features.map(({ name, fate, was: before, partial }) => [
        name,
        `${fate}${before === undefined ? '' : ` was ${before}`}${partial ? ' partial' : ''}`,
      ]),
    ),
  )
}

describe('what a changed file means', () => {
  it('is nothing where only models, outputs and constants change', () => {
    const report = changeReport(shape({}), shape({ score: 2 }), NO_REACH)
    expect(report.changes).toBe(false)
    expect(changeLines(report, './data')).toEqual([
      'CHANGES against ./data',
      '  none in what is kept: the run goes on where it was',
    ])
  })

  it('is that renamed sets and features keep what they have', () => {
    const renamed = (f: FeatureBuilder<Payment>) => ({
      seen1h: f.count({ over: '1h' }),
      spending: f.sum((p) => p.amount, { over: '7d' }),
    })
    expect(fates({}, { define: renamed })).toEqual({
      seen1h: 'keeps',
      spending: 'keeps was spent',
    })
    const report = changeReport(shape({}), shape({ set: 'holder' }), NO_REACH)
    expect(report.sets.map(({ was }) => was)).toEqual(['by-card.card/card'])
    expect(report.streams.map(({ fate }) => fate)).toEqual(['goes on'])
  })

  it('is that a set is rebuilt as a whole when one of its windows changes', () => {
    const more = (f: FeatureBuilder<Payment>) => ({
      ...two(f),
      most: f.max((p) => p.amount, { over: '2h' }),
    })
    expect(fates({}, { define: more })).toEqual({
      seen1h: 'rebuilds',
      spent: 'rebuilds',
      most: 'new',
    })
    const fewer = (f: FeatureBuilder<Payment>) => ({ seen1h: f.count({ over: '1h' }) })
    expect(fates({}, { define: fewer })).toEqual({ seen1h: 'rebuilds', spent: 'lost' })
  })

  it('is that values of the event itself come and go and all else is kept', () => {
    const valued = (f: FeatureBuilder<Payment>) => ({
      amount: f.value((p) => p.amount),
      ...two(f),
    })
    expect(fates({}, { define: valued })).toEqual({
      amount: 'new',
      seen1h: 'keeps',
      spent: 'keeps',
    })
  })

  it('is that functions which call others are rebuilt when an imported file changes, and plain paths are not', () => {
    const called = (f: FeatureBuilder<Payment>) => ({
      seen1h: f.count({ over: '1h' }),
      big: f.sum((p) => Math.max(p.amount, 100), { over: '1h' }),
    })
    expect(fates({ define: called }, { define: called, helpers: 'other' })).toEqual({
      seen1h: 'rebuilds',
      big: 'rebuilds',
    })
    expect(fates({}, { helpers: 'other' })).toEqual({ seen1h: 'keeps', spent: 'keeps' })
  })

  it('is that a schema may gain a field that nobody reads', () => {
    const wider = Payment.extend({ note: z.string().optional() })
    const report = changeReport(shape({}), shape({ schema: wider }), NO_REACH)
    expect(report.streams[0]).toMatchObject({ fate: 'goes on', fields: ['gained note (string)'] })
    expect(fates({}, { schema: wider })).toEqual({ seen1h: 'keeps', spent: 'keeps' })
  })

  it('is that another lateness makes again what depends on it', () => {
    expect(fates({}, { lateness: '1h' })).toEqual({ seen1h: 'rebuilds', spent: 'rebuilds' })
  })

  it('is told of labels: what waits goes on as it was told', () => {
    const report = changeReport(shape({}), shape({ within: '2d' }), NO_REACH)
    expect(report.changes).toBe(false)
    expect(changeLines(report, './data').join('\n')).toContain('what waits already waits as long')
  })

  it('demands consent where the input no longer reaches back as far as a feature counts', () => {
    const more = (f: FeatureBuilder<Payment>) => ({
      ...two(f),
      most: f.max((p) => p.amount, { over: '2h' }),
    })
    const hour = 3_600_000
    const reach = new Map([
      ['payments', { removed: 100, oldest: 1000 * hour, newest: 1003 * hour }],
    ])
    expect(fates({}, { define: more }, reach)).toEqual({
      seen1h: 'rebuilds',
      spent: 'rebuilds partial',
      most: 'new',
    })
    const report = changeReport(shape({}), shape({ define: more }), reach)
    expect(() => checkConsent(report, false, 'shop.ts')).toThrow(
      'found that it no longer reaches back for card.spent',
    )
    expect(() => checkConsent(report, true, 'shop.ts')).not.toThrow()
    const whole = new Map([['payments', { ...reach.get('payments'), removed: 0 } as StreamReach]])
    expect(changeReport(shape({}), shape({ define: more }), whole).partial).toEqual([])
  })
})
