// The twelve window features of the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot, Bontempi, 2022) as one pipeline of two
// keys: what a customer paid, and how many frauds a terminal saw until a week ago, when it became known which payments were.
import { z } from 'zod'
import { pipeline, stream, topic } from 'millrace'

export const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    id: z.int(),
    at: z.int(),
    customer: z.int(),
    terminal: z.int(),
    amount: z.number(),
    fraud: z.boolean(),
  }),
  key: (payment) => payment.customer,
  time: (payment) => payment.at,
  idle: 'never',
})

export const customer = payments.features('customer', {
  define: (f) => ({
    count1d: f.count({ over: '1d' }),
    mean1d: f.mean((payment) => payment.amount, { over: '1d' }),
    count7d: f.count({ over: '7d' }),
    mean7d: f.mean((payment) => payment.amount, { over: '7d' }),
    count30d: f.count({ over: '30d' }),
    mean30d: f.mean((payment) => payment.amount, { over: '30d' }),
  }),
})

export const terminal = payments.features('terminal', {
  key: (payment) => payment.terminal,
  define: (f) => ({
    count1d: f.count({ over: '1d', delay: '7d' }),
    risk1d: f.share((payment) => payment.fraud, { over: '1d', delay: '7d', otherwise: 0 }),
    count7d: f.count({ over: '7d', delay: '7d' }),
    risk7d: f.share((payment) => payment.fraud, { over: '7d', delay: '7d', otherwise: 0 }),
    count30d: f.count({ over: '30d', delay: '7d' }),
    risk30d: f.share((payment) => payment.fraud, { over: '30d', delay: '7d', otherwise: 0 }),
  }),
})

/** Names of the twelve, as rows have them, with the Handbook's own. */
export const FEATURES: readonly (readonly [name: string, golden: string])[] = [1, 7, 30].flatMap(
  (days) => [
    [`count${days}d`, `CUSTOMER_ID_NB_TX_${days}DAY_WINDOW`] as const,
    [`mean${days}d`, `CUSTOMER_ID_AVG_AMOUNT_${days}DAY_WINDOW`] as const,
    [`atCount${days}d`, `TERMINAL_ID_NB_TX_${days}DAY_WINDOW`] as const,
    [`atRisk${days}d`, `TERMINAL_ID_RISK_${days}DAY_WINDOW`] as const,
  ],
)

export default pipeline('handbook')
  .from(payments)
  .features(customer)
  .features(terminal.as('at'))
  .emit(topic('features'), ({ event, features }) => ({ id: event.id, ...features }))
