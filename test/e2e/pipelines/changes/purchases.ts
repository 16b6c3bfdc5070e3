// Streams, sets and models of two pipelines that share them, in the ways they are changed.
import { z } from 'zod'
import {
  functionModel,
  model,
  pipeline,
  stream,
  topic,
  type FeatureSet,
  type Pipeline,
} from 'millrace'

const Order = z.object({ id: z.string(), shop: z.string(), amount: z.number(), at: z.number() })

const orders = stream('orders', {
  source: topic('orders'),
  schema: Order,
  key: (order) => order.shop,
  time: (order) => order.at,
  lateness: '10s',
})

type ShopSet = FeatureSet<'orders', 'shop', { amount: number; orders1h: number }>

export const plain: ShopSet = orders.features('shop', {
  define: (f) => ({ amount: f.value((o) => o.amount), orders1h: f.count({ over: '1h' }) }),
})

/** One feature more. */
export const richer: ShopSet = orders.features('shop', {
  define: (f) => ({
    amount: f.value((o) => o.amount),
    orders1h: f.count({ over: '1h' }),
    most2h: f.max((o) => o.amount, { over: '2h' }),
  }),
})

/** A pipeline of that name, whose outputs say which version made them. */
export function purchases(name: string, shop: ShopSet, version: number): Pipeline {
  const input = [shop] as const
  const risk = model('risk', {
    of: orders,
    input,
    runtime: functionModel(
      (seen: { amount: number; orders1h: number }) => ({ score: seen.amount / seen.orders1h }),
      { output: z.object({ score: z.number() }) },
    ),
  })
  return pipeline(name)
    .from(orders)
    .features(shop)
    .predict(risk)
    .emit(topic(`${name}-scores`), ({ event, features, prediction }) => ({
      id: event.id,
      version,
      ...features,
      ...prediction,
    }))
}
