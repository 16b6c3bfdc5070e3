// The pipeline the simulator runs: three keys, so three stages, with every kind of feature, a model that fails on some rows, labels,
// and functions that fail on some events. All numbers are whole, so that every order of adding gives the same bits.
import { z } from 'zod'
import {
  bandit,
  drift,
  windowDrift,
  functionModel,
  learner,
  model,
  pipeline,
  stream,
  topic,
  type UserAggregate,
} from '../../src/index.ts'
import {
  adwin,
  chiSquare,
  halfSpaceTrees,
  ks,
  kswin,
  linUcb,
  logisticRegression,
  pageHinkley,
  perKey,
  pipe,
  standardScaler,
} from '../../src/learning/index.ts'

export const LATENESS = { payments: 10_000, chargebacks: 60_000, logins: 5_000 } as const
export const WITHIN_MS = 600_000
export const EARLY_MS = 45_000

/** Amounts on which something fails: the model, and the body of the output. */
export const NO_SCORE = 13
export const NO_BODY = 17

export const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    id: z.string(),
    at: z.int(),
    card: z.string(),
    shop: z.string(),
    device: z.string().optional(),
    amount: z.int().min(0).max(1000),
    place: z.object({ country: z.string(), online: z.boolean() }),
  }),
  key: (p) => p.card,
  time: (p) => p.at,
  lateness: '10s',
  idle: 'never',
})

export const chargebacks = stream('chargebacks', {
  source: topic('chargebacks'),
  schema: z.object({ payment: z.string(), shop: z.string(), at: z.int(), cents: z.int() }),
  key: (c) => c.payment,
  time: (c) => c.at,
  lateness: '60s',
  idle: 'never',
})

// A refinement: this stream is read by its schema's own validate.
export const logins = stream('logins', {
  source: topic('logins'),
  schema: z
    .object({ device: z.string(), at: z.int(), failed: z.boolean(), city: z.string().nullable() })
    .refine(({ city }) => city !== 'nowhere'),
  key: (l) => l.device,
  time: (l) => l.at,
  lateness: '5s',
  late: topic('forgotten-logins'),
  idle: 'never',
})

/** An aggregate of the user's own: greatest less least. State: [least, greatest], NaN for nothing. */
const spread: UserAggregate = {
  name: 'spread',
  width: 2,
  takesValue: true,
  empty(state, at) {
    state[at] = NaN
    state[at + 1] = NaN
  },
  add(state, at, value) {
    if (!(state[at] <= value)) state[at] = value
    if (!(state[at + 1] >= value)) state[at + 1] = value
  },
  merge(into, at, from, fromAt) {
    if (from[fromAt] < into[at] || Number.isNaN(into[at])) into[at] = from[fromAt]
    if (from[fromAt + 1] > into[at + 1] || Number.isNaN(into[at + 1]))
      into[at + 1] = from[fromAt + 1]
  },
  value: (state, at) => state[at + 1] - state[at],
}

export const card = payments.features('card', {
  keep: '5m',
  define: (f) => ({
    amount: f.value((p) => p.amount),
    online: f.value((p) => p.place.online),
    count1m: f.count({ over: '1m' }),
    sum2m: f.sum((p) => p.amount, { over: '2m', delay: '10s' }),
    max3m: f.max((p) => p.amount, { over: '3m', hop: '30s' }),
    gap: f.since({ otherwise: -1 }),
    country: f.last((p) => p.place.country, { keep: '4m' }),
    // In weights of powers of two: so every order of adding gives the same bits here too.
    recent: f.ewma((p) => p.amount, { halfLife: '5s', over: '1m' }),
    pace: f.rate({ over: '4m', hop: '1m', per: '1m' }),
    online2m: f.share((p) => p.place.online, { over: '2m', otherwise: -1 }),
    shops4m: f.distinct((p) => p.shop, { over: '4m' }),
    shops3m: f.distinct((p) => p.shop, { over: '3m', hop: '30s', delay: '30s' }),
    usual: f.quantile((p) => p.amount, { q: 0.5, over: '3m' }),
    firstShop: f.first((p) => p.shop, { over: '3m', hop: '30s' }),
    places: f.topK((p) => p.place.country, { k: 2, over: '4m', hop: '1m' }),
    amounts: f.topK((p) => p.amount, { k: 3, over: '3m', delay: '5s' }),
    spread: f.aggregate(spread, (p) => p.amount, { over: '3m', hop: '1m' }),
    where: f.oneHot((p) => p.place.country, ['NL', 'ça']),
    bucket: f.hashed((p) => p.shop, { buckets: 16 }),
    both: f.sum((p) => [p.amount, p.place.online ? 1 : 0], { over: '2m', length: 2 }),
  }),
})

export const shop = chargebacks.features('shop', {
  key: (c) => c.shop,
  define: (f) => ({
    frauds5m: f.count({ over: '5m', hop: '10s' }),
    cents2m: f.mean((c) => c.cents, { over: '2m', otherwise: 0 }),
    least: f.min((c) => (c.cents > 20 ? c.cents : undefined), { over: '4m' }),
  }),
})

export const device = logins.features('device', {
  keep: 'forever',
  // Fewer than there are devices.
  budget: { keys: 4, then: 'evict-oldest' },
  define: (f) => ({
    failed3m: f.sum((l) => (l.failed ? 1 : 0), { over: '3m' }),
    city: f.last((l) => l.city ?? 'unknown', { kind: 'string' }),
    quiet: f.since(),
  }),
})

export const fraud = model('fraud', {
  of: payments,
  input: [card, shop, device],
  runtime: functionModel(
    (x: {
      amount: number
      count1m: number
      sum2m: number
      frauds5m: number
      cents2m: number
      failed3m: number
    }) => {
      if (x.amount === 13) throw new RangeError('no score')
      const mixed = x.amount * 7 + x.count1m * 31 + x.sum2m + x.frauds5m * 59 + x.failed3m * 101
      return { score: (mixed % 97) / 96, high: mixed % 97 > 60 }
    },
    { output: z.object({ score: z.number(), high: z.boolean() }) },
  ),
  labels: {
    from: chargebacks,
    by: (c) => c.payment,
    of: (p) => p.id,
    within: '10m',
    early: '45s',
    label: (c) => (c.cents > 50 ? 1 : 0),
    otherwise: 0,
  },
})

/** So few that keys make room for others, and so short a time that they are forgotten. */
const GUESSES = { most: 3, ttl: '40s', grace: 2 } as const

/** Learns what the other model is judged by, apart for how many payments there were. */
export const guess = model('guess', {
  of: payments,
  input: [card, shop, device],
  runtime: learner(perKey(pipe(standardScaler(), logisticRegression()), GUESSES), {
    output: z.object({ chance: z.number() }),
    inputs: ['count1m', 'amount', 'frauds5m'],
    snapshot: '3m',
    wait: 'forever',
  }),
  labels: {
    from: chargebacks,
    by: (c) => c.payment,
    of: (p) => p.id,
    within: '4m',
    early: '45s',
    label: (c) => (c.cents > 50 ? 1 : 0),
    otherwise: 0,
  },
})

/** Learns from each payment how unusual it is: nobody says what is right. */
export const odd = model('odd', {
  of: payments,
  input: [card, shop, device],
  runtime: learner(halfSpaceTrees({ trees: 3, height: 4, window: 20 }), {
    output: z.object({ oddness: z.number() }),
    inputs: ['amount', 'count1m', 'frauds5m'],
    snapshot: '6m',
    wait: 'forever',
  }),
})

/** Chooses what is asked of a payment, and is rewarded by what a chargeback says of it. */
export const check = model('check', {
  of: payments,
  input: [card, shop, device],
  runtime: bandit(pipe(standardScaler(), linUcb({ epsilon: 0.3, alpha: 0.5 })), {
    actions: ['nothing', 'code', 'call'],
    inputs: ['amount', 'count1m', 'frauds5m'],
    snapshot: '3m',
    wait: 'forever',
  }),
  labels: {
    from: chargebacks,
    by: (c) => c.payment,
    of: (p) => p.id,
    within: '5m',
    early: '45s',
    label: (c) => (c.cents % 100) / 100,
    otherwise: 1,
  },
})

const Loss = z.object({ cents: z.number(), kinds: z.array(z.number()) })
const lossRuntime = functionModel(
  (x: { amount: number; count1m: number; frauds5m: number }) => {
    const parts = [x.amount % 7, x.count1m % 8, x.frauds5m % 8].map((part) => part + 1)
    const all = parts[0] + parts[1] + parts[2]
    return { cents: x.amount % 97, kinds: parts.map((part) => part / all) }
  },
  { output: Loss },
)
const lossLabels = {
  from: chargebacks,
  by: (c: { payment: string }) => c.payment,
  of: (p: { id: string }) => p.id,
  within: '5m',
} as const

/** Labels that are numbers. */
export const loss = model('loss', {
  of: payments,
  input: [card, shop, device],
  runtime: lossRuntime,
  labels: { ...lossLabels, label: (c) => c.cents, judges: 'cents', measure: 'numbers' },
})

/** Labels that are classes, some of them none. */
export const kind = model('kind', {
  of: payments,
  input: [card, shop, device],
  runtime: lossRuntime,
  labels: {
    ...lossLabels,
    label: (c) => c.cents % 4,
    otherwise: 1,
    judges: 'kinds',
    measure: { classes: 3 },
  },
  drift: [
    drift(adwin({ delta: 0.9, clock: 1 }), { cooldown: 0, direction: 'both' }),
    drift(pageHinkley({ minRows: 5, threshold: 1 }), { of: 'loss', cooldown: 10 }),
    drift(kswin({ alpha: 0.1, window: 24, newest: 8 }), { of: { feature: 'amount' }, cooldown: 3 }),
    drift(adwin({ delta: 0.9, clock: 1 }), { of: { feature: 'recent' }, cooldown: 0 }),
    drift(adwin({ delta: 0.9, clock: 1 }), { of: 'prediction', cooldown: 2 }),
    windowDrift(ks({ falseDiscoveryRate: 0.99, leastRows: 10, floor: 0 }), {
      of: [{ feature: 'amount' }, { feature: 'count1m' }, { feature: 'frauds5m' }],
      window: '4m',
      reference: '5m',
      rows: 12,
    }),
    windowDrift(chiSquare({ falseDiscoveryRate: 0.99, leastRows: 10, floor: 0 }), {
      of: ['prediction', { feature: 'amount' }],
      window: '6m',
      reference: 'before',
      rows: 30,
    }),
  ],
})

const judging = pipeline('shop')
  .from(payments)
  .features(card)
  .features(shop, { by: (p) => p.shop, wait: 'forever' })
  .features(device, { by: (p) => p.device ?? '', wait: 'forever' })
  .predict(fraud)

export const shopPipeline = judging
  .emit(topic('scores'), ({ event, features, prediction }) => {
    if (event.amount === 17) throw new RangeError('no body')
    return {
      id: event.id,
      score: prediction.score,
      city: features.city ?? null,
      quiet: features.quiet ?? null,
      least: features.least ?? null,
    }
  })
  .when(({ prediction }) => prediction.high, topic('blocked'))

/** The same with models that learn, from labels, without, and from rewards, and two with labels that are measured in other ways. */
export const learningPipeline = judging
  .predict(guess, { as: 'guess' })
  .predict(odd, { as: 'odd' })
  .predict(check, { as: 'check' })
  .predict(loss, { as: 'loss' })
  .predict(kind, { as: 'kind' })
  .emit(topic('scores'), ({ event, prediction, predictions }) => ({
    id: event.id,
    score: prediction.score,
    chance: predictions.guess.chance,
    oddness: predictions.odd.oddness,
    check: predictions.check.action,
    propensity: predictions.check.propensity,
    cents: predictions.loss.cents,
  }))
