// Payments with features of their own and of their shop, and a label: for training sets.
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic, type Pipeline } from 'millrace'

const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    id: z.string(),
    card: z.string(),
    shop: z.string(),
    amount: z.number(),
    items: z.array(z.number()),
    at: z.number(),
  }),
  key: (p) => p.card,
  time: (p) => p.at,
  idle: 'never',
})
const frauds = stream('frauds', {
  source: topic('frauds'),
  schema: z.object({ id: z.string(), shop: z.string(), at: z.number() }),
  key: (f) => f.shop,
  time: (f) => f.at,
  idle: 'never',
})
const card = payments.features('card', {
  define: (f) => ({
    amount: f.value((p) => p.amount),
    shopName: f.value((p) => p.shop),
    items: f.value((p) => p.items),
    count1h: f.count({ over: '1h' }),
    mean1h: f.mean((p) => p.amount, { over: '1h', otherwise: 0 }),
  }),
})
const shop = frauds.features('shop', { define: (f) => ({ frauds1d: f.count({ over: '1d' }) }) })
const fraud = model('fraud', {
  of: payments,
  input: [card, shop],
  runtime: functionModel(
    (seen: { mean1h: number; frauds1d: number }) => ({ score: seen.mean1h * seen.frauds1d }),
    {
      output: z.object({ score: z.number() }),
    },
  ),
  labels: {
    from: frauds,
    by: (f) => f.id,
    of: (p) => p.id,
    within: '7d',
    label: () => true,
    otherwise: false,
  },
})
const training: Pipeline = pipeline('training')
  .from(payments)
  .features(card)
  .features(shop, { by: (p) => p.shop, wait: 'forever' })
  .predict(fraud)
  .emit(topic('scores'), ({ event, prediction, features }) => ({
    id: event.id,
    score: prediction.score,
    features: { ...features },
  }))

export default training
