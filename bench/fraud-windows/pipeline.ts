// The job "fraud-windows", which other stream engines run beside it: nine features of a customer's payments through an ONNX model,
// exactly once from topic to topic on Kafka. Names of topics and of the model come from the environment, as theirs do.
import { z } from 'zod'
import { model, onnx, pipeline, stream, topic, type Pipeline } from 'millrace'

const { INPUT_TOPIC = 'transactions', OUTPUT_TOPIC = 'scores', MODEL = '' } = process.env

const payments = stream('payments', {
  source: topic(INPUT_TOPIC, { partitionedBy: 'key' }),
  schema: z.object({
    id: z.int(),
    time: z.int(),
    customer: z.int(),
    terminal: z.int(),
    amount: z.number(),
  }),
  key: (payment) => payment.customer,
  time: (payment) => payment.time,
})

const customer = payments.features('customer', {
  define: (f) => ({
    amount: f.value((payment) => payment.amount),
    weekend: f.value((payment) => [0, 6].includes(new Date(payment.time).getUTCDay()), {
      kind: 'boolean',
    }),
    night: f.value((payment) => new Date(payment.time).getUTCHours() <= 6, { kind: 'boolean' }),
    count1d: f.count({ over: '1d' }),
    mean1d: f.mean((payment) => payment.amount, { over: '1d' }),
    count7d: f.count({ over: '7d' }),
    mean7d: f.mean((payment) => payment.amount, { over: '7d' }),
    count30d: f.count({ over: '30d' }),
    mean30d: f.mean((payment) => payment.amount, { over: '30d' }),
  }),
})

const fraud = model('fraud', {
  of: payments,
  input: [customer],
  runtime: onnx(MODEL, {
    inputs: {
      features: [
        'amount',
        'weekend',
        'night',
        'count1d',
        'mean1d',
        'count7d',
        'mean7d',
        'count30d',
        'mean30d',
      ],
    },
    outputs: { score: 'score' },
    output: z.object({ score: z.number() }),
  }),
})

const scoring: Pipeline = pipeline('fraud-windows')
  .from(payments)
  .features(customer)
  .predict(fraud)
  .emit(topic(OUTPUT_TOPIC), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))

export default scoring
