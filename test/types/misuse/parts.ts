// Right parts, for the wrong uses beside this file.
import { z } from 'zod'
import { functionModel, model, onnx, stream, topic } from '../../../src/index.ts'

const at = z.number()
const shape = z.object({ id: z.string(), at, n: z.number(), text: z.string() })

export const orders = stream('orders', {
  source: topic('orders'),
  schema: shape,
  key: (e) => e.id,
  time: (e) => e.at,
})
/** Another stream of the same shape. */
export const returns = stream('returns', {
  source: topic('returns'),
  schema: shape,
  key: (e) => e.id,
  time: (e) => e.at,
})
export const shops = stream('shops', {
  source: topic('shops'),
  schema: z.object({ shop: z.number(), at }),
  key: (e) => e.shop,
  time: (e) => e.at,
})

export const order = orders.features('order', {
  define: (f) => ({ n: f.value((e) => e.n), recent: f.count({ over: '5m' }) }),
})
/** Another set with features of the same names. */
export const twin = orders.features('twin', {
  define: (f) => ({ n: f.value((e) => e.n), recent: f.count({ over: '5m' }) }),
})
export const shop = shops.features('shop', {
  define: (f) => ({ busy: f.mean((e) => e.shop, { over: '1d' }) }),
})

export const Score = z.object({ score: z.number() })
export const score = model('score', {
  of: orders,
  input: [order],
  runtime: onnx('score.onnx', { output: Score }),
})
export const wide = model('wide', {
  of: orders,
  input: [order, shop],
  runtime: onnx('wide.onnx', { output: Score }),
})
export const rule = functionModel(
  (features: { n: number; recent: number }) => ({ score: features.n + features.recent }),
  {
    output: Score,
  },
)
