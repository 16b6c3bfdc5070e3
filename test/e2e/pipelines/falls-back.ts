// As hangs.ts, with something to say instead.
import type { Pipeline } from 'millrace'
import { BAD, ordersPipeline } from './orders.ts'

/** Nobody ever notifies it. */
const never = new Int32Array(new SharedArrayBuffer(4))

const fallsBack: Pipeline = ordersPipeline(
  ({ amount, orders1h }) => {
    while (amount === BAD) Atomics.wait(never, 0, 0)
    return { score: amount * orders1h }
  },
  { deadline: '1s', fallback: { score: -1 } },
)
export default fallsBack
