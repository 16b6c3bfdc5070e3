// As throws.ts, mended: it takes amounts that are texts, and throws on none.
import { z } from 'zod'
import type { Pipeline } from 'millrace'
import { ordersPipeline } from './orders.ts'

const lenient: Pipeline = ordersPipeline(
  ({ amount, orders1h }) => ({ score: amount * orders1h }),
  {},
  z.coerce.number(),
)
export default lenient
