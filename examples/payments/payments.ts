// Flags a payment that is far above what the card has paid in the last day, and learns later which were fraud.
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic, type Pipeline } from 'millrace'

export const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({
    id: z.string(),
    card: z.string(),
    amount: z.number().positive(),
    at: z.iso.datetime(),
  }),
  key: (payment) => payment.card,
  time: (payment) => payment.at,
  lateness: '10s',
})
export const chargebacks = stream('chargebacks', {
  source: topic('chargebacks'),
  schema: z.object({ payment: z.string(), at: z.iso.datetime() }),
  key: (chargeback) => chargeback.payment,
  time: (chargeback) => chargeback.at,
})
export const card = payments.features('card', {
  define: (f) => ({
    amount: f.value((payment) => payment.amount),
    payments1h: f.count({ over: '1h' }),
    mean24h: f.mean((payment) => payment.amount, { over: '24h', otherwise: 0 }),
  }),
})
export const fraud = model('fraud', {
  of: payments,
  input: [card],
  // Or onnx('fraud.onnx', { output }), for a model that was trained.
  runtime: functionModel(
    (seen: { amount: number; payments1h: number; mean24h: number }) => ({
      score: Math.min(1, (seen.amount / (seen.mean24h + 1)) * 0.2 * seen.payments1h),
    }),
    { output: z.object({ score: z.number() }) },
  ),
  labels: {
    from: chargebacks,
    by: (chargeback) => chargeback.payment,
    of: (payment) => payment.id,
    within: '7d',
    label: () => true,
    otherwise: false,
  },
})

const scoring: Pipeline = pipeline('fraud-scoring')
  .from(payments)
  .features(card)
  .predict(fraud)
  .emit(topic('scores'), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))
  .when(({ prediction }) => prediction.score > 0.6, topic('blocked'))

export default scoring
