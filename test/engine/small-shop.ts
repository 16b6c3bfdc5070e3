// A pipeline with two stages, a lookup, a model and labels, as small as that can be.
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic, type Duration } from '../../src/index.ts'

const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({ id: z.string(), at: z.int(), card: z.string(), shop: z.string() }),
  key: (p) => p.card,
  time: (p) => p.at,
})
const chargebacks = stream('chargebacks', {
  source: topic('chargebacks'),
  schema: z.object({ payment: z.string(), shop: z.string(), at: z.int() }),
  key: (c) => c.payment,
  time: (c) => c.at,
})
const card = payments.features('card', { define: (f) => ({ count1d: f.count({ over: '1d' }) }) })
const shop = chargebacks.features('shop', {
  key: (c) => c.shop,
  define: (f) => ({ frauds2d: f.count({ over: '2d' }) }),
})
const fraud = model('fraud', {
  of: payments,
  input: [card, shop],
  runtime: functionModel(
    (x: { count1d: number; frauds2d: number }) => ({
      score: x.frauds2d / (x.count1d + x.frauds2d),
    }),
    { output: z.object({ score: z.number() }) },
  ),
  labels: {
    from: chargebacks,
    by: (c) => c.payment,
    of: (p) => p.id,
    within: '2d',
    label: () => 1,
    otherwise: 0,
  },
})

export function smallShop(options: { replay?: Duration; receipts?: Duration } = {}) {
  return pipeline('shop', options)
    .from(payments)
    .features(card)
    .features(shop, { by: (p) => p.shop })
    .predict(fraud)
    .emit(topic('scores'), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))
}
