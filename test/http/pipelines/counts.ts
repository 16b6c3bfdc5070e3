// Payments counted by card. A partition without records holds nobody back for long: what is sent is counted at once.
import { z } from 'zod'
import { pipeline, stream, topic, type Pipeline } from 'millrace'

const payments = stream('payments', {
  source: topic('payments'),
  schema: z.object({ id: z.string(), card: z.string(), amount: z.number(), at: z.iso.datetime() }),
  key: (payment) => payment.card,
  time: (payment) => payment.at,
  idle: '100ms',
})
const card = payments.features('card', {
  define: (f) => ({ payments1h: f.count({ over: '1h' }) }),
})
const counted: Pipeline = pipeline('counted')
  .from(payments)
  .features(card)
  .emit(topic('scores'), ({ event, features }) => ({
    id: event.id,
    count: features.payments1h,
  }))

export default counted
