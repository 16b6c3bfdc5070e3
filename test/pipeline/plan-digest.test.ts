import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { model, pipeline, stream, topic } from '../../src/index.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { canonical } from '../../src/pipeline/plan-digest.ts'
import { card, high, payments, rule, shop, start } from './shop.ts'

const out = topic('out')

describe('the digest of a plan', () => {
  const digest = (
    threshold: '3' | '4',
    over: '1h' | '2h' = '1h',
    maximum = 10,
    options: Parameters<typeof pipeline>[1] = {},
  ): string => {
    const events = stream('events', {
      source: topic('events'),
      schema: z.object({ id: z.string(), at: z.number(), n: z.number().max(maximum) }),
      key: (e) => e.id,
      time: (e) => e.at,
    })
    const set = events.features('set', { define: (f) => ({ n: f.sum((e) => e.n, { over }) }) })
    return planOf(
      pipeline('p', options)
        .from(events)
        .features(set)
        .when(
          threshold === '3' ? ({ features }) => features.n > 3 : ({ features }) => features.n > 4,
          out,
        ),
    ).digest
  }

  it('is the same for the same definition built twice', () => {
    expect(digest('3')).toMatch(/^[0-9a-f]{64}$/)
    expect(digest('3')).toBe(digest('3'))
  })

  it('says nothing of how long things are kept, which changes no result', () => {
    expect(digest('3', '1h', 10, { replay: '1d', receipts: '90d' })).toBe(digest('3'))
  })

  it('differs when a function, a window or a schema does', () => {
    expect(new Set([digest('3'), digest('4'), digest('3', '2h'), digest('3', '1h', 11)]).size).toBe(
      4,
    )
  })

  it('differs between two models of one name with different runtimes', () => {
    const other = model('high', { of: payments, input: [card, shop], runtime: rule })
    const flow = start.features(shop, { by: (p) => p.shop })
    expect(planOf(flow.predict(high)).digest).not.toBe(planOf(flow.predict(other)).digest)
  })

  it('does not depend on the order of names, and tells Infinity from null', () => {
    expect(canonical({ b: 1, a: [undefined, null] })).toBe(
      canonical({ a: [undefined, null], b: 1 }),
    )
    expect(canonical({ waitMs: Infinity })).not.toBe(canonical({ waitMs: null }))
  })

  it('says how functions of a definition are written, and not those of Millrace, whose package is written otherwise than its sources', () => {
    const [short, long] = [() => 1, () => 1 + 0]
    const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other)
    expect(same({ call: short, text: 'a' }, { call: long, text: 'a' })).toBe(true)
    expect(same({ call: short, text: 'a' }, { call: short, text: 'b' })).toBe(false)
    expect(same({ call: short }, { call: long })).toBe(false)
    const folded = (merge: () => number, width = 1, more: object = {}): object => ({
      aggregate: { name: 'sum', width, merge, foldsAs: { name: 'sums', merge } },
      ...more,
    })
    expect(same(folded(short), folded(long))).toBe(true)
    expect(same(folded(short), folded(short, 2))).toBe(false)
    const userMade = { userMade: true }
    expect(same(folded(short, 1, userMade), folded(long, 1, userMade))).toBe(false)
  })
})
