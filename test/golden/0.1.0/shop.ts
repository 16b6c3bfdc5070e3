// A pipeline with every kind of state and topic: own features, a look-up, labels, periods, dead letters, late events.
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

const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    id: z.string(),
    card: z.string(),
    shop: z.string(),
    country: z.string(),
    amount: z.number(),
    at: z.int(),
  }),
  key: (p) => p.card,
  time: (p) => p.at,
  lateness: '10m',
})
const chargebacks = stream('chargebacks', {
  source: topic('chargebacks'),
  schema: z.object({ payment: z.string(), shop: z.string(), at: z.int() }),
  key: (c) => c.payment,
  time: (c) => c.at,
})
const frauds = chargebacks.features('shop', {
  key: (c) => c.shop,
  define: (f) => ({ frauds2d: f.count({ over: '2d' }), sinceFraud: f.since() }),
  keep: '30d',
})

interface Seen {
  readonly seen1h: number
  readonly country: string | undefined
}

type CardSet = FeatureSet<'payments', 'card', Seen, Seen>

export const first: CardSet = payments.features('card', {
  keep: '30d',
  define: (f) => ({ seen1h: f.count({ over: '1h' }), country: f.last((p) => p.country) }),
})

export const second: CardSet = payments.features('card', {
  keep: '30d',
  define: (f) => ({
    seen1h: f.count({ over: '1h' }),
    country: f.last((p) => p.country),
    spent3h: f.sum((p) => p.amount, { over: '3h' }),
    most1d: f.max((p) => p.amount, { over: '1d', hop: '1h' }),
  }),
})

export function shopOf(card: CardSet, version: number): Pipeline {
  const fraud = model('fraud', {
    of: payments,
    input: [card, frauds] as const,
    runtime: functionModel(
      (x: { seen1h: number; frauds2d: number }) => ({ score: x.frauds2d / (x.seen1h + 4) }),
      { output: z.object({ score: z.number() }) },
    ),
    labels: {
      from: chargebacks,
      by: (c) => c.payment,
      of: (p) => p.id,
      within: '1d',
      label: () => 1,
      otherwise: 0,
    },
  })
  return pipeline('shop')
    .from(payments)
    .features(card)
    .features(frauds, { by: (p) => p.shop, wait: 'forever' })
    .predict(fraud)
    .every('1h', { of: card, to: topic('hourly') }, ({ key, to, revision, features }) => ({
      card: key,
      to,
      revision,
      ...features,
    }))
    .emit(topic('scores'), ({ event, features, prediction }) => ({
      id: event.id,
      version,
      ...features,
      ...prediction,
    }))
}
