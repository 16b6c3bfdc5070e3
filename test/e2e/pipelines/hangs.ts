// The model never comes back from some orders.
import type { Pipeline } from 'millrace'
import { BAD, ordersPipeline } from './orders.ts'

/** Nobody ever notifies it: waiting there blocks the thread for good, and leaves the machine to others. */
const never = new Int32Array(new SharedArrayBuffer(4))

const hangs: Pipeline = ordersPipeline(
  ({ amount, orders1h }) => {
    while (amount === BAD) Atomics.wait(never, 0, 0)
    return { score: amount * orders1h }
  },
  { deadline: '1s' },
)
export default hangs
