// Right uses: every type a user meets, held against what it must be. It is compiled, and run to see that nothing throws.
import { z } from 'zod'
import {
  drift,
  windowDrift,
  functionModel,
  model,
  onnx,
  pipeline,
  stream,
  topic,
  type OutputOf,
  type Stream,
  type UserAggregate,
} from '../../../src/index.ts'
import { adwin, ks, kswin } from '../../../src/learning/index.ts'
import { same, type Equal } from './equal.ts'

const at = z.number()
const Payment = z.object({
  id: z.string(),
  at,
  card: z.string(),
  shop: z.string(),
  amount: z.number(),
  note: z.string().nullable().optional(),
})
type Payment = z.infer<typeof Payment>
const payments = stream('payments', {
  source: topic('payments', { partitionedBy: 'key' }),
  schema: Payment,
  key: (p) => p.card,
  time: (p) => p.at,
  lateness: '10s',
  ahead: '1m',
  idle: 'never',
  late: topic('payments-late'),
  redact: ['note', 'shop'],
})
same<Equal<typeof payments, Stream<'payments', Payment>>>()

const chargebacks = stream('chargebacks', {
  source: topic('chargebacks'),
  schema: z.object({
    payment: z.string(),
    shop: z.string(),
    at: z.iso.datetime(),
    cents: z.number(),
  }),
  key: (c) => c.payment,
  time: (c) => c.at,
})

const last: UserAggregate = {
  name: 'lastOfWindow',
  width: 1,
  takesValue: true,
  empty(state, place) {
    state[place] = Number.NaN
  },
  add(state, place, value) {
    state[place] = value
  },
  merge(into, place, from, fromPlace) {
    if (!Number.isNaN(from[fromPlace])) into[place] = from[fromPlace]
  },
  value: (state, place) => state[place],
}

const card = payments.features('card', {
  budget: { keys: 1_000_000, then: 'evict-oldest' },
  keep: '60d',
  define: (f) => ({
    amount: f.value((p) => p.amount),
    large: f.value((p) => p.amount > 900, { kind: 'boolean' }),
    size: f.value((p) => (p.amount > 900 ? 'large' : 'small'), { kind: 'string' }),
    pair: f.value((p) => [p.amount, p.at], { kind: 'vector' }),
    count1h: f.count({ over: '1h' }),
    before: f.count({ over: '7d', delay: '7d', hop: '1d' }),
    sum24h: f.sum((p) => p.amount, { over: '24h' }),
    mean24h: f.mean((p) => p.amount, { over: '24h' }),
    min24h: f.min((p) => p.amount, { over: '24h', otherwise: 0 }),
    max24h: f.max((p) => p.amount, { over: '24h' }),
    std24h: f.std((p) => p.amount, { over: '24h', otherwise: 0 }),
    shop: f.last((p) => p.shop),
    note: f.last((p) => p.note, { keep: '1d' }),
    first24h: f.first((p) => p.shop, { over: '24h', hop: '1h', delay: '1h' }),
    rate1h: f.rate({ over: '1h', per: '1m' }),
    variance24h: f.variance((p) => p.amount, { over: '24h' }),
    rms24h: f.rms((p) => p.amount, { over: '24h', otherwise: 0 }),
    ewma24h: f.ewma((p) => p.amount, { over: '24h', halfLife: '1h' }),
    slope24h: f.slope((p) => p.amount, { over: '24h', per: '1h', otherwise: 0 }),
    share24h: f.share((p) => p.amount > 10, { over: '24h', otherwise: 0 }),
    distinct7d: f.distinct((p) => p.shop, { over: '7d', hop: '1d', error: 0.02 }),
    noted7d: f.distinct((p) => p.amount > 10, { over: '7d', kind: 'boolean' }),
    p95: f.quantile((p) => p.amount, { q: 0.95, over: '7d', hop: '1d', error: 0.01 }),
    top3: f.topK((p) => p.note, { k: 3, over: '7d' }),
    amounts3: f.topK((p) => p.amount, { k: 3, over: '7d', hop: '1d' }),
    pair24h: f.mean((p) => [p.amount, p.at], { over: '24h', length: 2 }),
    pairs24h: f.sum((p) => [p.amount, p.at], { over: '24h', length: 2 }),
    own: f.aggregate(last, (p) => p.amount, { over: '24h', otherwise: 0 }),
    where: f.oneHot((p) => p.shop, ['a', 'b']),
    bucket: f.hashed((p) => p.note, { buckets: 64 }),
    since: f.since(),
    quiet: f.since({ otherwise: 1e9 }),
  }),
})
const shop = chargebacks.features('shop', {
  key: (c) => c.shop,
  define: (f) => ({
    frauds28d: f.count({ over: '28d' }),
    mean28d: f.mean((c) => c.cents, { over: '28d' }),
  }),
})
const own = shop.as('home')
same<Equal<(typeof own)['name'], 'home'>>()

const Score = z.object({ score: z.number(), reason: z.string() })
const fraud = model('fraud', {
  of: payments,
  input: [card, shop],
  runtime: onnx('fraud.onnx', {
    output: Score,
    inputs: { features: ['amount', 'large', 'count1h', 'frauds28d'] },
    outputs: { score: 'probabilities[1]' },
    missing: { mean28d: 0, '*': 'refuse' },
    fallback: { score: 0, reason: 'none' },
    deadline: '50ms',
  }),
  labels: {
    from: chargebacks,
    by: (c) => {
      same<Equal<typeof c, { payment: string; shop: string; at: string; cents: number }>>()
      return c.payment
    },
    of: (p) => {
      same<Equal<typeof p, Payment>>()
      return p.id
    },
    within: '30d',
    label: (c) => c.cents > 0,
    otherwise: false,
    early: '1m',
    judges: 'score',
  },
  drift: [
    drift(adwin()),
    drift(kswin(), { of: { feature: 'mean24h' }, direction: 'both' }),
    windowDrift(ks(), {
      of: ['prediction', { feature: 'mean24h' }],
      window: '1h',
      reference: '7d',
    }),
  ],
})
same<Equal<OutputOf<typeof fraud>, { score: number; reason: string }>>()

const rule = model('rule', {
  of: payments,
  input: [card],
  runtime: functionModel(
    (features: { amount: number; mean24h: number | undefined }) => ({
      high: features.amount > 2 * (features.mean24h ?? 0),
    }),
    {
      output: z.object({ high: z.boolean() }),
    },
  ),
})

export const scoring = pipeline('scoring')
  .from(payments)
  .features(card)
  .features(shop, { by: (p) => p.shop, wait: 'forever' })
  .features(own, { by: (p) => [p.shop, p.card], wait: '1s' })
  .predict(fraud)
  .predict(rule, { as: 'rule' })
  .emit(topic('scores'), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))
  .emit(topic('by-shop'), (row) => ({ ...row.event, high: row.predictions.rule.high }), {
    key: ({ event }) => event.shop,
  })
  .when(
    ({ event, features, prediction, predictions }) => {
      same<Equal<typeof event, Payment>>()
      same<
        Equal<
          typeof features,
          {
            amount: number
            large: boolean
            size: 'large' | 'small'
            pair: number[]
            count1h: number
            before: number
            sum24h: number
            mean24h: number | undefined
            min24h: number
            max24h: number | undefined
            std24h: number
            shop: string | undefined
            note: string | null | undefined
            first24h: string | undefined
            rate1h: number
            variance24h: number | undefined
            rms24h: number
            ewma24h: number | undefined
            slope24h: number
            share24h: number
            distinct7d: number
            noted7d: number
            p95: number | undefined
            top3: string[]
            amounts3: number[]
            pair24h: number[] | undefined
            pairs24h: number[]
            own: number
            where: number[]
            bucket: number | null | undefined
            since: number | undefined
            quiet: number
            frauds28d: number
            mean28d: number | undefined
            homeFrauds28d: number
            homeMean28d: number | undefined
          }
        >
      >()
      same<Equal<typeof prediction, { score: number; reason: string }>>()
      same<Equal<typeof predictions, { readonly rule: { high: boolean } }>>()
      return prediction.score > 0.9 && features.large
    },
    topic('blocked'),
    topic('alerts'),
  )
