// Wrong streams and features. Each must not compile; what stands behind the mark must be in the message.
import { z } from 'zod'
import { stream, topic } from '../../../src/index.ts'
import { orders } from './parts.ts'

// @ts-expect-error Property 'missing' does not exist on type
orders.features('a', { define: (f) => ({ x: f.sum((e) => e.missing, { over: '1h' }) }) })

// @ts-expect-error Type '"1 fortnight"' is not assignable to type
orders.features('a', { define: (f) => ({ x: f.sum((e) => e.n, { over: '1 fortnight' }) }) })

// @ts-expect-error Type 'string' is not assignable to type 'number'
orders.features('a', { define: (f) => ({ x: f.sum((e) => e.text, { over: '1h' }) }) })

// @ts-expect-error 'over' is missing
orders.features('a', { define: (f) => ({ x: f.count({ hop: '1m' }) }) })

orders.features('a', {
  // @ts-expect-error Type 'Date' is not assignable to type
  key: (e) => new Date(e.at),
  define: (f) => ({ c: f.count({ over: '1h' }) }),
})

orders.features('a', {
  define: (f) => ({
    // @ts-expect-error is not assignable to type '"boolean"'
    big: f.value((e) => e.n > 3, { kind: 'number' }),
    // @ts-expect-error a feature has values of one kind: number, boolean, string or vector
    odd: f.value((e) => (e.n > 3 ? e.n : e.text), { kind: 'number' }),
    // @ts-expect-error Type 'Date' is not assignable to type
    when: f.value((e) => new Date(e.at), { kind: 'number' }),
    // @ts-expect-error Type 'string' is not assignable to type 'number'
    mean: f.mean((e) => e.n, { over: '1h', otherwise: 'none' }),
  }),
})

orders.features('a', {
  define: (f) => ({
    // @ts-expect-error 'halfLife' is missing
    ewma: f.ewma((e) => e.n, { over: '1h' }),
    // @ts-expect-error 'q' is missing
    half: f.quantile((e) => e.n, { over: '1h' }),
    // @ts-expect-error is not assignable to type
    share: f.share((e) => e.n, { over: '1h' }),
    // @ts-expect-error is not assignable to type
    one: f.oneHot((e) => e.text, ['a', 1]),
    // @ts-expect-error 'hop' does not exist in type
    last: f.last((e) => e.text, { hop: '1m' }),
    // @ts-expect-error is not assignable to type
    top: f.topK((e) => e.n > 3, { k: 1, over: '1h', kind: 'boolean' }),
  }),
})

// @ts-expect-error is not assignable to type 'Feature<
orders.features('a', { define: () => ({ x: 1 }) })

stream('s', {
  source: topic('s'),
  schema: z.object({ at: z.number() }),
  key: (e) => e.at,
  time: (e) => e.at,
  // @ts-expect-error 'latness' does not exist in type
  latness: '1s',
})

stream('cards', {
  source: topic('cards'),
  schema: z.object({ id: z.string(), at: z.number(), card: z.object({ number: z.string() }) }),
  key: (e) => e.id,
  time: (e) => e.at,
  // @ts-expect-error Type '"card.numbre"' is not assignable to type
  redact: ['card', 'card.number', 'card.numbre'],
})
