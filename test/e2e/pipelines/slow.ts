// The model takes its time on some orders: until the test that watches it takes a file away.
import { existsSync, writeFileSync } from 'node:fs'
import type { Pipeline } from 'millrace'
import { BAD, ordersPipeline } from './orders.ts'

/** Nobody ever notifies it: waiting there blocks the thread, and leaves the machine to others. */
const never = new Int32Array(new SharedArrayBuffer(4))
const file = process.env.MILLRACE_TEST_SLOW ?? ''

const slow: Pipeline = ordersPipeline(
  ({ amount, orders1h }) => {
    if (amount === BAD) {
      writeFileSync(file, '')
      while (existsSync(file)) Atomics.wait(never, 0, 0, 5)
    }
    return { score: amount * orders1h }
  },
  { deadline: '10m' },
)
export default slow
