// Cards by a token, with fields that nobody is to read in dead letters and receipts.
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic, type Pipeline } from 'millrace'

const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    token: z.string(),
    at: z.number(),
    amount: z.number(),
    card: z.object({ number: z.string(), limit: z.number() }),
    email: z.string(),
  }),
  key: (payment) => payment.token,
  time: (payment) => payment.at,
  redact: ['card.number', 'card.limit', 'email'],
})
const large = payments.filter('large', (payment) => payment.amount > 0)
const seen = large.features('seen', {
  keep: '1d',
  define: (f) => ({
    amount: f.value((payment) => payment.amount),
    number: f.value((payment) => payment.card.number),
    limit: f.value((payment) => payment.card.limit),
    email: f.last((payment) => payment.email),
    count: f.count({ over: '1h' }),
  }),
})
const guess = model('guess', {
  of: large,
  input: [seen],
  runtime: functionModel(
    (row: {
      amount: number
      number: string
      limit: number
      email: string | undefined
      count: number
    }) => {
      if (row.amount === 13) throw new Error('unlucky')
      return { score: row.limit + row.number.length + (row.email?.length ?? 0) }
    },
    { output: z.object({ score: z.number() }) },
  ),
})
const redacts: Pipeline = pipeline('redacts').from(large).features(seen).predict(guess)
export default redacts
