// The machine's clock behind the Clock contract, for a log that runs outside the simulator.
import type { Clock } from '../../contracts/clock.ts'

/** The longest time that a timer of Node takes. */
const LONGEST_MS = 0x7fff_ffff

export const machineClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  // A wait that is aborted is the common case, a few for each batch: node:timers/promises would make an error with a stack for each.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const end = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, Math.min(ms, LONGEST_MS))
      timer.unref()
      signal?.addEventListener('abort', end)
    }),
}
