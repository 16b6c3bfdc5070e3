// Orders of two shops as one stream, in euros: what the tests of streams made of streams run.
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic, union } from 'millrace'

const shared = { lateness: '10s', idle: '1m' } as const

export const web = stream('web', {
  source: topic('web'),
  schema: z.object({ id: z.string(), at: z.int(), user: z.string(), cents: z.int() }),
  key: (order) => order.user,
  time: (order) => order.at,
  ...shared,
})

export const desk = stream('desk', {
  source: topic('desk'),
  schema: z.object({ id: z.string(), at: z.int(), card: z.string().optional(), euros: z.number() }),
  key: (order) => order.id,
  time: (order) => order.at,
  ...shared,
})

const Order = z.object({ id: z.string(), user: z.string(), euros: z.number().max(1000) })

const paid = web
  .filter('paid', (order) => order.cents > 0)
  .map('paid-euros', { schema: Order, key: (order) => order.user }, (order) => {
    if (order.cents === 1300) throw new RangeError('a superstition')
    return { id: order.id, user: order.user, euros: order.cents / 100 }
  })

const known = desk
  .filter('known', (order) => order.card !== undefined)
  .map('known-euros', { schema: Order, key: (order) => order.user }, (order) => ({
    id: order.id,
    user: String(order.card),
    euros: order.euros,
  }))

export const orders = union('orders', [paid, known])

export const user = orders.features('user', {
  define: (f) => ({
    euros: f.value((o) => o.euros),
    spent1h: f.sum((o) => o.euros, { over: '1h' }),
  }),
})

const free = web
  .filter('free', (order) => order.cents === 0)
  .features('free', { define: (f) => ({ free1h: f.count({ over: '1h' }) }) })

const worth = model('worth', {
  of: orders,
  input: [user],
  runtime: functionModel(({ spent1h }: { spent1h: number }) => ({ score: spent1h / 1000 }), {
    output: z.object({ score: z.number() }),
  }),
})

export const spending = pipeline('spending')
  .from(orders)
  .features(user)
  .features(free, { by: (order) => order.user, wait: 'forever' })
  .predict(worth)
  .emit(topic('spent'), ({ event, features }) => ({
    id: event.id,
    spent: features.spent1h,
    free: features.free1h,
  }))
