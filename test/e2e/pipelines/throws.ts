// The model throws where that of hangs.ts never comes back.
import type { Pipeline } from 'millrace'
import { BAD, ordersPipeline } from './orders.ts'

const throws: Pipeline = ordersPipeline(({ amount, orders1h }) => {
  if (amount === BAD) throw new Error('bad order')
  return { score: amount * orders1h }
}, {})
export default throws
