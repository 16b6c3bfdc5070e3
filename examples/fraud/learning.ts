// The same payments, scored by a model that nobody has trained: it learns in the stream, from each report as it comes.
import { z } from 'zod'
import { learner, model, pipeline, topic, type Pipeline } from 'millrace'
import { logisticRegression, pipe, sgd, standardScaler } from 'millrace/learning'
import { customer, payments, reports, terminal } from './fraud.ts'

const fraud = model('learnt-fraud', {
  of: payments,
  input: [customer, terminal],
  runtime: learner(pipe(standardScaler(), logisticRegression({ optimizer: sgd(0.003) })), {
    output: z.object({ probability: z.number() }),
    snapshot: '1d',
    wait: 'forever',
    fallback: { probability: 0.01 }, // until the first reports come
  }),
  labels: {
    from: reports,
    by: (report) => report.payment,
    of: (payment) => payment.id,
    within: '8d',
    label: (report) => report.fraud,
  },
})

const learning: Pipeline = pipeline('card-fraud-learning')
  .from(payments)
  .features(customer)
  .features(terminal, { by: (payment) => payment.terminal, wait: 'forever' })
  .predict(fraud)
  .emit(topic('learnt-scores'), ({ event, prediction }) => ({
    payment: event.id,
    at: event.at,
    score: prediction.probability,
  }))

export default learning
