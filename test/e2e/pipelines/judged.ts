// As trees.ts, judged by what was returned.
import { z } from 'zod'
import { model, onnx, pipeline, stream, topic, type Pipeline } from 'millrace'
import { orders, shop } from './trees.ts'

const returns = stream('returns', {
  source: topic('returns'),
  schema: z.object({ order: z.string(), at: z.number() }),
  key: (each) => each.order,
  time: (each) => each.at,
})
const risk = model('risk', {
  of: orders,
  input: [shop],
  runtime: onnx(process.env.MILLRACE_TEST_MODEL ?? 'missing.onnx', {
    outputs: { score: 'probabilities[1]' },
    output: z.object({ score: z.number() }),
  }),
  labels: {
    from: returns,
    by: (each) => each.order,
    of: (order) => order.id,
    within: '1h',
    label: () => true,
    otherwise: false,
  },
})

const judged: Pipeline = pipeline('orders').from(orders).features(shop).predict(risk)

export default judged
