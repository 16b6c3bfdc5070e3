// Wrong streams of streams. Each must not compile; what stands behind the mark must be in the message.
import { z } from 'zod'
import { pipeline, topic, union } from '../../../src/index.ts'
import { order, orders, returns, score, shop, shops } from './parts.ts'

// @ts-expect-error Property 'amount' does not exist on type
orders.filter('large', (e) => e.amount > 100)

// @ts-expect-error Type 'number' is not assignable to type 'boolean'
orders.filter('large', (e) => e.n)

// @ts-expect-error Type 'Promise<boolean>' is not assignable to type 'boolean'
orders.filter('large', async (e) => e.n > 1)

const Small = z.object({ id: z.string(), n: z.number() })

// @ts-expect-error Type 'string' is not assignable to type 'number'
orders.map('small', { schema: Small, key: (e) => e.id }, (e) => ({ id: e.id, n: e.text }))

// @ts-expect-error Property 'n' is missing in type
orders.map('small', { schema: Small, key: (e) => e.id }, (e) => ({ id: e.id }))

// @ts-expect-error Property 'key' is missing in type
orders.map('small', { schema: Small }, (e) => ({ id: e.id, n: e.n }))

// @ts-expect-error Property 'text' does not exist on type '{ id: string; n: number; }'
orders.map('small', { schema: Small, key: (e) => e.text }, (e) => ({ id: e.id, n: e.n }))

// @ts-expect-error Type 'Stream<"shops",
union('all', [orders, shops])

const all = union('all', [orders, returns])
// @ts-expect-error 'order' has features of the stream 'orders': say by which key to look it up
pipeline('p').from(all).features(order)

const large = pipeline('p').from(orders.filter('large', (e) => e.n > 100))
const own = large.features(order, { by: (e) => e.id })
// @ts-expect-error this model is for the stream 'orders'; predict on that one, or define a model for 'large'
own.predict(score)

const told = pipeline('p').from(orders).features(order)
const to = topic('told')

// @ts-expect-error call .features(...) with 'shop' before .every(...)
told.every('1m', { of: shop, to }, ({ key }) => key)

// @ts-expect-error Property 'n' does not exist on type '{ recent: number; }'
told.every('1m', { of: order, to }, ({ features }) => features.n)

// @ts-expect-error Argument of type '"1 minute"' is not assignable to parameter of type
told.every('1 minute', { of: order, to }, ({ key }) => key)

// @ts-expect-error Property 'to' is missing in type
told.every('1m', { of: order }, ({ key }) => key)

// @ts-expect-error Property 'event' does not exist on type
told.every('1m', { of: order, to }, ({ event }) => event.id)
