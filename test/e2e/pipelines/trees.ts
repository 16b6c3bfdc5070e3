// Orders scored by the ONNX file that the environment names.
import { z } from 'zod'
import { model, onnx, pipeline, stream, topic, type Pipeline } from 'millrace'

export const orders = stream('orders', {
  source: topic('orders'),
  schema: z.object({ id: z.string(), shop: z.string(), amount: z.number(), at: z.number() }),
  key: (order) => order.shop,
  time: (order) => order.at,
  lateness: '10s',
})
export const shop = orders.features('shop', {
  define: (f) => ({
    amount: f.value((order) => order.amount),
    count: f.count({ over: '1h' }),
    mean: f.mean((order) => order.amount, { over: '1h', otherwise: 0 }),
  }),
})
const risk = model('risk', {
  of: orders,
  input: [shop],
  runtime: onnx(process.env.MILLRACE_TEST_MODEL ?? 'missing.onnx', {
    output: z.object({ score: z.number() }),
  }),
})

const trees: Pipeline = pipeline('orders')
  .from(orders)
  .features(shop)
  .predict(risk)
  .emit(topic('scores'), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))

export default trees
