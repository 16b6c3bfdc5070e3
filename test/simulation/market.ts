// The simulator's second pipeline: streams made of those of the shop, by tests and functions that fail on some events, and a union of
// two topics that is predicted, whose features and labels come from streams that are made of others too.
import { z } from 'zod'
import { functionModel, model, pipeline, topic, union } from '../../src/index.ts'
import { chargebacks, logins, payments } from './shop.ts'

const Move = z.object({
  id: z.string(),
  at: z.int(),
  who: z.string(),
  amount: z.int().min(-1000).max(900),
  place: z.string().optional(),
})

// 90 throws, and 999 is more than its schema allows: dead letters, of which no stream takes anything.
const spent = payments
  .filter('nearby', (p) => p.place.country !== 'DE' || p.amount > 20)
  .map('spent', { schema: Move, key: (m) => m.who }, (p) => {
    if (p.amount === 90) throw new RangeError('no move')
    return { id: p.id, at: p.at, who: p.shop, amount: p.amount, place: p.place.country }
  })

const returned = chargebacks
  .filter('dear', (c) => c.cents > 10)
  .map('returned', { schema: Move, key: (m) => m.who }, (c) => ({
    id: c.payment,
    at: c.at,
    who: c.shop,
    amount: -c.cents,
  }))

const moves = union('moves', [spent, returned])

const account = moves.features('account', {
  keep: '10m',
  define: (f) => ({
    amount: f.value((m) => m.amount),
    moves2m: f.count({ over: '2m' }),
    balance4m: f.sum((m) => m.amount, { over: '4m', hop: '20s' }),
    before: f.last((m) => m.id, { keep: '3m' }),
    gap: f.since({ otherwise: -1 }),
  }),
})

const failing = logins
  .filter('failing', (l) => l.failed)
  .filter('placed', (l) => l.city !== null, { key: (l) => l.city ?? '' })

const city = failing.features('city', {
  define: (f) => ({ failed3m: f.count({ over: '3m' }), quiet: f.since() }),
  keep: '20m',
})

const total = moves.features('total', {
  key: () => 'all',
  define: (f) => ({
    sum1m: f.sum((m) => m.amount, { over: '1m' }),
    all10m: f.count({ over: '10m' }),
  }),
})

const odd = model('odd', {
  of: moves,
  input: [account, city],
  runtime: functionModel(
    (x: { amount: number; moves2m: number; balance4m: number; failed3m: number }) => ({
      score: ((x.amount * 3 + x.moves2m * 17 + x.balance4m + x.failed3m * 29 + 4000) % 53) / 52,
    }),
    { output: z.object({ score: z.number() }) },
  ),
  labels: {
    from: chargebacks.filter('judged', (c) => c.cents !== 30),
    by: (c) => c.payment,
    of: (m) => m.id,
    within: '8m',
    early: '30s',
    label: (c) => c.cents > 50,
  },
})

export const marketPipeline = pipeline('market')
  .from(moves)
  .features(account)
  .features(total)
  .features(city, { by: (m) => m.place ?? 'Gent', wait: 'forever' })
  .predict(odd)
  .every('20s', { of: account, to: topic('accounts') }, ({ key, features, from, to, revision }) => {
    if (features.moves2m === 3) throw new RangeError('an unlucky number')
    return { key, ...features, from, to, revision }
  })
  .every('3m', { of: account, to: topic('slow-accounts') }, ({ key, features, revision }) => ({
    key,
    moves: features.moves2m,
    before: features.before ?? null,
    revision,
  }))
  .every('1m', { of: total, to: topic('totals') }, ({ features, to, revision }) => ({
    ...features,
    to,
    revision,
  }))
  .every('30s', { of: city, to: topic('cities') }, ({ key, features }) => ({
    key,
    failed: features.failed3m,
    quiet: features.quiet ?? null,
  }))
  .emit(topic('odds'), ({ event, features, prediction }) => ({
    id: event.id,
    score: prediction.score,
    before: features.before ?? null,
  }))
  .when(({ event }) => event.amount < 0, topic('returns'))
