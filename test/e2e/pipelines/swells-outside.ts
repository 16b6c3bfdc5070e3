// The model takes memory for some orders that V8 does not bound, and never comes back: nothing but a bound of its own ends it soon.
import type { Pipeline } from 'millrace'
import { BAD, ordersPipeline } from './orders.ts'

const CHUNK_BYTES = 32 << 20
/** Where nobody ends it, it must not take the whole machine. */
const CHUNKS_MAX = 64
/** Nobody ever notifies it. */
const never = new Int32Array(new SharedArrayBuffer(4))

const swells: Pipeline = ordersPipeline(
  ({ amount, orders1h }) => {
    const kept: Buffer[] = []
    while (amount === BAD) {
      if (kept.length < CHUNKS_MAX) kept.push(Buffer.alloc(CHUNK_BYTES, 1))
      Atomics.wait(never, 0, 0, 50)
    }
    return { score: amount * orders1h }
  },
  { deadline: '100d' },
)
export default swells
