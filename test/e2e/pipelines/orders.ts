// A pipeline over made orders, whose model is given: one that hangs on some of them, one that throws on the same ones.
import { z } from 'zod'
import {
  functionModel,
  model,
  pipeline,
  stream,
  topic,
  type FunctionModelOptions,
  type Pipeline,
  type Topic,
} from 'millrace'

export const Score: z.ZodObject<{ score: z.ZodNumber }> = z.object({ score: z.number() })

export interface Seen {
  readonly amount: number
  readonly orders1h: number
}

/** The amount of an order that is bad for a model. */
export const BAD = 13.5

/** @param amount what an order's amount may be. @param source where orders come from. */
export function ordersPipeline(
  call: (seen: Seen) => { score: number },
  options: Omit<FunctionModelOptions<typeof Score>, 'output'>,
  amount: z.ZodType<number> = z.number(),
  source: Topic = topic('orders'),
): Pipeline {
  const orders = stream('orders', {
    source,
    schema: z.object({ id: z.string(), shop: z.string(), amount, at: z.number() }),
    key: (order) => order.shop,
    time: (order) => order.at,
    lateness: '10s',
  })
  const shop = orders.features('shop', {
    define: (f) => ({
      amount: f.value((order) => order.amount),
      orders1h: f.count({ over: '1h' }),
    }),
  })
  const risk = model('risk', {
    of: orders,
    input: [shop],
    runtime: functionModel(call, { ...options, output: Score }),
  })
  return pipeline('orders')
    .from(orders)
    .features(shop)
    .predict(risk)
    .emit(topic('scores'), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))
}
