// The machine's clock behind the Clock contract, for a log that runs outside the simulator.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../contracts/clock.ts'

export const machineClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await sleep(
        Math.min(ms, 0x7fff_ffff),
        undefined,
        signal === undefined ? { ref: false } : { signal, ref: false },
      )
    } catch (error) {
      if (signal?.aborted !== true) throw error
    }
  },
}
