// What each card spends a minute, and all of them together in five: what the tests of periods run.
import { z } from 'zod'
import { pipeline, stream, topic, type Topic } from '../../src/index.ts'

const read = (source: Topic) =>
  stream('payments', {
    source,
    schema: z.object({ card: z.string(), at: z.int(), amount: z.int() }),
    key: (payment) => payment.card,
    time: (payment) => payment.at,
    lateness: '2m',
    idle: '30s',
  })

export const payments = read(topic('payments'))

function periodsOf(own: ReturnType<typeof read>) {
  const card = own.features('card', {
    keep: '1d',
    define: (f) => ({
      amount: f.value((payment) => payment.amount),
      spent3m: f.sum((payment) => payment.amount, { over: '3m' }),
      quiet: f.since(),
    }),
  })

  const total = own.features('total', {
    key: () => 'all',
    define: (f) => ({ spent5m: f.sum((payment) => payment.amount, { over: '5m' }) }),
  })

  return pipeline('spending-periods')
    .from(own)
    .features(card)
    .features(total)
    .every('1m', { of: card, to: topic('spend') }, ({ key, features, from, to, revision }) => {
      if (features.spent3m === 666) throw new RangeError('no row')
      return { card: key, ...features, from, to, revision }
    })
    .every('5m', { of: total, to: topic('totals') }, ({ key, features }) => ({
      key,
      spent: features.spent5m,
    }))
}

export const spendingPeriods = periodsOf(payments)
/** Its first stage reads its source itself. */
export const directPeriods = periodsOf(read(topic('payments', { partitionedBy: 'key' })))
