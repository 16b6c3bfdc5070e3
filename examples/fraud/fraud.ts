// Scores each card payment as it is made; whether it was fraud is known a week later.
// The features are those of the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot, Bontempi, 2022).
import { z } from 'zod'
import { model, onnx, pipeline, stream, topic, type Pipeline } from 'millrace'

export const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    id: z.int(),
    at: z.iso.datetime(),
    customer: z.int(),
    terminal: z.int(),
    amount: z.number().nonnegative(),
  }),
  key: (payment) => payment.customer,
  time: (payment) => payment.at,
  idle: 'never',
})

/** What an investigation found, seven days after the payment. */
export const reports = stream('reports', {
  source: topic('reports'),
  schema: z.object({
    payment: z.int(),
    terminal: z.int(),
    at: z.iso.datetime(),
    fraud: z.boolean(),
  }),
  key: (report) => report.payment,
  time: (report) => report.at,
  idle: 'never',
})

/** The payment itself, and how its customer pays. */
export const customer = payments.features('customer', {
  define: (f) => ({
    amount: f.value((payment) => payment.amount),
    weekend: f.value((payment) => [0, 6].includes(new Date(payment.at).getUTCDay()), {
      kind: 'boolean',
    }),
    night: f.value((payment) => new Date(payment.at).getUTCHours() <= 6, { kind: 'boolean' }),
    payments1d: f.count({ over: '1d' }),
    mean1d: f.mean((payment) => payment.amount, { over: '1d' }),
    payments7d: f.count({ over: '7d' }),
    mean7d: f.mean((payment) => payment.amount, { over: '7d' }),
    payments30d: f.count({ over: '30d' }),
    mean30d: f.mean((payment) => payment.amount, { over: '30d' }),
  }),
})

/** What is known of a terminal by now: the reports that came, which are of payments until a week ago. */
export const terminal = reports.features('terminal', {
  key: (report) => report.terminal,
  define: (f) => ({
    reports1d: f.count({ over: '1d' }),
    risk1d: f.share((report) => report.fraud, { over: '1d', otherwise: 0 }),
    reports7d: f.count({ over: '7d' }),
    risk7d: f.share((report) => report.fraud, { over: '7d', otherwise: 0 }),
    reports30d: f.count({ over: '30d' }),
    risk30d: f.share((report) => report.fraud, { over: '30d', otherwise: 0 }),
  }),
})

export const fraud = model('fraud', {
  of: payments,
  input: [customer, terminal],
  runtime: onnx('fraud.onnx', { output: z.object({ probability: z.number().min(0).max(1) }) }),
  labels: {
    from: reports,
    by: (report) => report.payment,
    of: (payment) => payment.id,
    within: '8d',
    label: (report) => report.fraud,
  },
})

const cardFraud: Pipeline = pipeline('card-fraud')
  .from(payments)
  .features(customer)
  // Never without a report that came before the payment.
  .features(terminal, { by: (payment) => payment.terminal, wait: 'forever' })
  .predict(fraud)
  .emit(topic('scores'), ({ event, prediction }) => ({
    payment: event.id,
    at: event.at,
    score: prediction.probability,
  }))
  .when(({ prediction }) => prediction.probability > 0.5, topic('blocked'))

export default cardFraud
