// The model never comes back from some orders.
import type { Pipeline } from '../../../src/index.ts'
import { BAD, ordersPipeline } from './orders.ts'

const hangs: Pipeline = ordersPipeline(
  ({ amount, orders1h }) => {
    while (amount === BAD);
    return { score: amount * orders1h }
  },
  { deadline: '1s' },
)
export default hangs
