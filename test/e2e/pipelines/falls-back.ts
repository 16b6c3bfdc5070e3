// As hangs.ts, with something to say instead.
import type { Pipeline } from '../../../src/index.ts'
import { BAD, ordersPipeline } from './orders.ts'

const fallsBack: Pipeline = ordersPipeline(
  ({ amount, orders1h }) => {
    while (amount === BAD);
    return { score: amount * orders1h }
  },
  { deadline: '1s', fallback: { score: -1 } },
)
export default fallsBack
