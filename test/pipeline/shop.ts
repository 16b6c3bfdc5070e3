// The definition the tests of this folder begin from: payments scored by a rule, with features of another stream and labels.
import { z } from 'zod'
import { functionModel, model, onnx, pipeline, stream, topic } from '../../src/index.ts'

export const Payment = z.object({
  id: z.string(),
  at: z.number(),
  card: z.string(),
  shop: z.string(),
  amount: z.number(),
  online: z.boolean(),
  place: z.object({ country: z.string() }),
})

export const payments = stream('payments', {
  source: topic('payments'),
  schema: Payment,
  key: (p) => p.card,
  time: (p) => p.at,
  lateness: '10s',
})

export const chargebacks = stream('chargebacks', {
  source: topic('chargebacks'),
  schema: z.object({ payment: z.string(), shop: z.string(), at: z.number(), cents: z.number() }),
  key: (c) => c.payment,
  time: (c) => c.at,
  lateness: '2h',
})

export const card = payments.features('card', {
  define: (f) => ({ amount: f.value((p) => p.amount), count1h: f.count({ over: '1h' }) }),
})
export const country = payments.features('country', {
  key: (p) => p.place.country,
  define: (f) => ({ sum1d: f.sum((p) => p.amount, { over: '1d' }) }),
})
export const shop = chargebacks.features('shop', {
  key: (c) => c.shop,
  define: (f) => ({
    frauds28d: f.count({ over: '28d', hop: '1d' }),
    cents7d: f.mean((c) => c.cents, { over: '7d' }),
  }),
})

export const Score = z.object({ score: z.number() })
export const rule = functionModel(
  (features: { amount: number }) => ({ score: features.amount > 900 ? 1 : 0 }),
  { output: Score },
)
export const fraud = model('fraud', {
  of: payments,
  input: [card, shop],
  runtime: onnx('fraud.onnx', { output: Score }),
  labels: {
    from: chargebacks,
    by: (c) => c.payment,
    of: (p) => p.id,
    within: '7d',
    label: () => true,
    otherwise: false,
  },
})
export const high = model('high', { of: payments, input: [card], runtime: rule })

/** Payments with their card's features: what most tests go on from. */
export const start = pipeline('scoring').from(payments).features(card)

export const scoring = start
  .features(shop, { by: (p) => p.shop, wait: '1s' })
  .features(country)
  .predict(fraud)
  .predict(high, { as: 'high' })
  .emit(topic('scores'), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))
  .when(({ prediction }) => prediction.score > 0.9, topic('blocked'))
