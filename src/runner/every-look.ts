// Whoever watches workers looks at them again and again: a deadline of a call is kept to about the time between.
import type { WorkerProcess } from './worker-process.ts'

/** How often workers are looked at, ms. */
export const LOOK_MS = 20

/** Looks at every worker again and again; a clear interval ends it. */
export function everyLook(workers: readonly WorkerProcess[]): NodeJS.Timeout {
  let last = performance.now()
  return setInterval(() => {
    const now = performance.now()
    for (const worker of workers) worker.look(now - last)
    last = now
  }, LOOK_MS)
}
