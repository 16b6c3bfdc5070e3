import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pipeline, stream, topic, type Pipeline } from '../../src/index.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { isPipeline } from '../../src/pipeline/pipeline.ts'
import { card, chargebacks, country, fraud, payments, rule, scoring, shop, start } from './shop.ts'

const out = topic('out')
const stageNames = (flow: Pipeline): readonly string[] =>
  planOf(flow).stages.map(({ name }) => name)

describe('the stages of a plan', () => {
  it("begin with one by the stream's key, also when no set has that key", () => {
    const flow = pipeline('p')
      .from(payments)
      .features(country)
      .emit(out, ({ event }) => event.id)
    expect(stageNames(flow)).toEqual(['by-card', 'by-place_country.country'])
  })

  it('are one for each key, in the order in which the keys come', () => {
    expect(stageNames(scoring)).toEqual([
      'by-card.card',
      'by-shop.shop',
      'by-place_country.country',
    ])
  })

  it('hold what the row updates apart from what is looked up', () => {
    const [first, second, third] = planOf(scoring).stages
    expect(first.own.map(({ as }) => as)).toEqual(['card'])
    expect(second.lookups.map(({ as, waitMs }) => [as, waitMs])).toEqual([['shop', 1000]])
    expect(second.own).toEqual([])
    expect(third.own.map(({ as }) => as)).toEqual(['country'])
  })

  it('share a hop where the key is the same path, whatever its parameter is called', () => {
    const flow = start
      .features(shop, { by: (payment) => payment.shop })
      .features(country)
      .features(shop.as('again'), { by: (p) => p.place.country })
      .emit(out, ({ event }) => event.id)
    expect(stageNames(flow)).toEqual([
      'by-card.card',
      'by-shop.shop',
      'by-place_country.country.again',
    ])
  })

  it('share a hop where the key is the same tuple, and not where one is a tuple and the other is not', () => {
    const sets = ['a', 'b', 'c'].map((name) =>
      chargebacks.features(name, { define: (f) => ({ [`${name}n`]: f.count({ over: '1h' }) }) }),
    )
    const flow = start
      .features(sets[0], { by: (p) => [p.shop, p.place.country] })
      .features(sets[1], { by: (payment) => [payment.shop, payment.place.country] })
      .features(sets[2], { by: (p) => [p.shop] })
      .emit(out, ({ event }) => event.id)
    expect(stageNames(flow)).toEqual(['by-card.card', 'by-shop-place_country.a.b', 'by-shop.c'])
  })

  it('share a hop for the very same function, and not for two of one text, which may close over different values', () => {
    const keyAt = (length: number) => (p: { id: string }) => p.id.slice(0, length)
    const byTwo = keyAt(2)
    const sets = ['a', 'b', 'c'].map((name) =>
      chargebacks.features(name, { define: (f) => ({ [`${name}n`]: f.count({ over: '1h' }) }) }),
    )
    const flow = start
      .features(sets[0], { by: byTwo })
      .features(sets[1], { by: byTwo })
      .features(sets[2], { by: keyAt(3) })
      .emit(out, ({ event }) => event.id)
    const [, second, third] = stageNames(flow)
    expect(second).toMatch(/^by-function-[0-9a-f]{8}\.a\.b$/)
    expect(third).toMatch(/^by-function-[0-9a-f]{8}\.c$/)
  })

  it("put a later set with the stream's key into the first stage instead of hopping back", () => {
    const flow = pipeline('p')
      .from(payments)
      .features(country)
      .features(card)
      .emit(out, ({ event }) => event.id)
    expect(stageNames(flow)).toEqual(['by-card.card', 'by-place_country.country'])
  })

  it('have models, emits and whens only in the last', () => {
    const stages = planOf(scoring).stages.map(({ models, emits, whens }) => [
      models.length,
      emits.length,
      whens.length,
    ])
    expect(stages).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [2, 1, 1],
    ])
  })

  it('have names of bounded length, which still differ', () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      chargebacks.features(`set-number-${i}`, {
        define: (f) => ({ [`f${i}`]: f.count({ over: '1h' }) }),
      }),
    )
    const flow = (sets: typeof many) => {
      const first = start.features(sets[0], { by: (p) => p.shop })
      return sets
        .slice(1)
        .reduce((chain, set) => chain.features(set, { by: (p) => p.shop }), first)
        .emit(out, ({ event }) => event.id)
    }
    const [, all] = stageNames(flow(many))
    const [, fewer] = stageNames(flow(many.slice(0, 39)))
    expect(all.length).toBe(120)
    expect(fewer).not.toBe(all)
  })
})

describe('the streams of a plan', () => {
  it("are those read for rows, look-ups and labels, each once, the pipeline's own first", () => {
    const { from, streams } = planOf(scoring)
    expect(from).toBe('payments')
    expect(streams.map(({ name }) => name)).toEqual(['payments', 'chargebacks'])
  })

  it('name the sets that are looked up, once however often they are used, and not those the row updates', () => {
    const flow = start
      .features(shop, { by: (p) => p.shop })
      .features(shop.as('home'), { by: (p) => p.place.country })
      .emit(out, ({ event }) => event.id)
    const [own, other] = planOf(flow).streams
    expect(own.sets).toEqual([])
    expect(other.sets.map(({ name }) => name)).toEqual(['shop'])
  })

  it('name the models that take labels from them', () => {
    const [, other] = planOf(scoring).streams
    expect(other.labels.map(({ model: name, by }) => [name, by.path])).toEqual([
      ['fraud', ['payment']],
    ])
  })

  it('have their durations in milliseconds, and the stated defaults', () => {
    const [own] = planOf(scoring).streams
    expect(own).toMatchObject({
      topic: 'payments',
      partitionedByKey: false,
      latenessMs: 10_000,
      aheadMs: undefined,
      idleMs: 60_000,
      late: undefined,
    })
    const other = stream('s', {
      source: topic('s', { partitionedBy: 'key' }),
      schema: z.object({ at: z.number() }),
      key: (e) => e.at,
      time: (e) => e.at,
      ahead: '1m',
      idle: 'never',
      late: topic('too-late'),
    })
    const plan = planOf(
      pipeline('p')
        .from(other)
        .emit(out, ({ event }) => event.at),
    )
    expect(plan.streams[0]).toMatchObject({
      partitionedByKey: true,
      latenessMs: 0,
      aheadMs: 60_000,
      idleMs: undefined,
      late: 'too-late',
    })
  })
})

describe('the features of a plan', () => {
  const features = (
    define: Parameters<typeof payments.features>[1]['define'],
    keep?: '30d' | 'forever',
  ) =>
    planOf(
      pipeline('p')
        .from(payments)
        .features(payments.features('s', { define, ...(keep === undefined ? {} : { keep }) }))
        .emit(out, ({ event }) => event.id),
    ).stages[0].own[0].set

  it('take the kind of a plain path from the schema, and that of any other function as it says', () => {
    const { features: made } = features((f) => ({
      amount: f.value((p) => p.amount),
      country: f.value((p) => p.place.country),
      online: f.value((p) => p.online),
      large: f.value((p) => p.amount > 9, { kind: 'boolean' }),
      pair: f.value((p) => [p.amount, p.at], { kind: 'vector' }),
      shop: f.last((p) => p.shop, { keep: '1d' }),
    }))
    expect(made.map((each) => ('gives' in each ? each.gives : undefined))).toEqual([
      'number',
      'string',
      'boolean',
      'boolean',
      'vector',
      'string',
    ])
  })

  it('take the kind also from a schema that is read by its own validate, where that tells', () => {
    const refined = stream('refined', {
      source: topic('refined'),
      schema: z
        .object({
          id: z.string(),
          at: z.number(),
          size: z.enum(['small', 'large']),
          counts: z.array(z.number()),
          place: z.object({ country: z.string().nullable() }),
        })
        .refine((e) => e.id !== ''),
      key: (e) => e.id,
      time: (e) => e.at,
    })
    const set = refined.features('set', {
      define: (f) => ({
        at: f.value((e) => e.at),
        size: f.value((e) => e.size),
        counts: f.value((e) => e.counts),
        country: f.value((e) => e.place.country),
      }),
    })
    const kinds = set['~set'].set.features.map((each) => ('gives' in each ? each.gives : undefined))
    expect(kinds).toEqual(['number', 'string', 'vector', 'string'])
  })

  it('have windows in milliseconds', () => {
    const { features: made } = features((f) => ({
      n: f.count({ over: '7d', delay: '1d', hop: '12h' }),
      m: f.mean((p) => p.amount, { over: '1h', otherwise: 5 }),
    }))
    expect(made[0]).toMatchObject({
      window: { overMs: 604_800_000, delayMs: 86_400_000, hopMs: 43_200_000 },
      of: undefined,
      otherwise: undefined,
    })
    expect(made[1]).toMatchObject({
      window: { overMs: 3_600_000, delayMs: 0, hopMs: undefined },
      otherwise: 5,
    })
  })

  it('keep a key as long as the longest window and its delay, unless the set says otherwise', () => {
    expect(
      features((f) => ({ n: f.count({ over: '7d', delay: '1d' }), m: f.count({ over: '1h' }) }))
        .keepMs,
    ).toBe(691_200_000)
    expect(features((f) => ({ n: f.count({ over: '7d' }) }), '30d').keepMs).toBe(2_592_000_000)
    expect(features((f) => ({ n: f.since() }), 'forever').keepMs).toBe(undefined)
    expect(features((f) => ({ n: f.last((p) => p.shop, { keep: 'forever' }) })).keepMs).toBe(
      undefined,
    )
    expect(features((f) => ({ n: f.value((p) => p.amount) })).keepMs).toBe(0)
  })

  it('share one selector where they share one function', () => {
    const large = (p: { amount: number }): number => (p.amount > 9 ? 1 : 0)
    const { features: made } = features((f) => ({
      a: f.mean(large, { over: '1h' }),
      b: f.mean(large, { over: '2h' }),
    }))
    const [a, b] = made.map((each) => ('of' in each ? each.of : undefined))
    expect(a).toBe(b)
  })

  it('have prefixed names under another name of their set', () => {
    const flow = start
      .features(shop.as('home'), { by: (p) => p.shop, wait: 'forever' })
      .emit(out, ({ features: all }) => all.homeFrauds28d)
    const [lookup] = planOf(flow).stages[1].lookups
    expect(lookup).toMatchObject({
      as: 'home',
      names: ['homeFrauds28d', 'homeCents7d'],
      waitMs: Infinity,
    })
    expect(lookup.set.name).toBe('shop')
  })
})

describe('the models of a plan', () => {
  const [first, second] = planOf(scoring).stages[2].models

  it('have the features of their sets, in the order of their input', () => {
    expect(first.features).toEqual(['amount', 'count1h', 'frauds28d', 'cents7d'])
  })

  it('have the place of their prediction', () => {
    expect([first.as, second.as]).toEqual([undefined, 'high'])
  })

  it("wait for early labels as long as the label's stream may be late, and judge the only number", () => {
    expect(first.labels).toMatchObject({
      stream: 'chargebacks',
      withinMs: 604_800_000,
      earlyMs: 7_200_000,
      otherwise: 0,
      judges: 'score',
    })
    expect(second.labels).toBe(undefined)
  })

  it("reach a function model's function, with the kinds of its outputs", () => {
    expect(second.runtime).toMatchObject({
      kind: 'function',
      path: undefined,
      options: { outputs: { score: 'number' } },
    })
    const call = second.runtime.call as (features: object) => unknown
    expect(call({ amount: 1000 })).toEqual({ score: 1 })
  })
})

describe('a definition', () => {
  it('is frozen all through, and so is its plan', () => {
    const thawed: string[] = []
    const seen = new Set<unknown>()
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null || seen.has(value) || '~standard' in value)
        return
      seen.add(value)
      if (!Object.isFrozen(value)) thawed.push(path)
      for (const [name, each] of Object.entries(value)) visit(each, `${path}.${name}`)
    }
    for (const [name, value] of Object.entries({
      payments,
      card,
      fraud,
      rule,
      scoring,
      start,
      out,
      plan: planOf(scoring),
    }))
      visit(value, name)
    expect(thawed).toEqual([])
  })

  it('is not changed by a step: a chain can be continued twice', () => {
    const left = start.emit(topic('left'), ({ event }) => event.id)
    const right = start.emit(topic('right'), ({ event }) => event.id)
    expect(planOf(left).stages[0].emits.map(({ topic: name }) => name)).toEqual(['left'])
    expect(planOf(right).stages[0].emits.map(({ topic: name }) => name)).toEqual(['right'])
  })

  it('does no input or output: nothing behind it imports a module that could', () => {
    const folder = join(import.meta.dirname, '../../src/pipeline')
    const imported = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/from '(node:[^']+)'/g)].map(
        ([, name]) => name,
      ),
    )
    expect([...new Set(imported)]).toEqual(['node:crypto'])
  })
})

describe('a pipeline', () => {
  it('is told from everything else a file may export', () => {
    expect(isPipeline(scoring)).toBe(true)
    for (const other of [undefined, null, 'scoring', {}, payments, fraud, pipeline('p')]) {
      expect(isPipeline(other)).toBe(false)
    }
  })
})
