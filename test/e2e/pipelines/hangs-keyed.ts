// As hangs.ts, by tasks that read their source themselves, so that none waits for another; its deadline is the run's.
import { z } from 'zod'
import { topic, type Pipeline } from 'millrace'
import { BAD, ordersPipeline } from './orders.ts'

/** Nobody ever notifies it. */
const never = new Int32Array(new SharedArrayBuffer(4))

const hangs: Pipeline = ordersPipeline(
  ({ amount, orders1h }) => {
    while (amount === BAD) Atomics.wait(never, 0, 0)
    return { score: amount * orders1h }
  },
  {},
  z.number(),
  topic('orders', { partitionedBy: 'key' }),
)
export default hangs
