// Ends a worker with its supervisor, from a thread of its own: the worker's main thread may be in a model's call that never returns, and
// would not hear that the channel to its supervisor has closed.
import { Worker } from 'node:worker_threads'

// As text: it needs no loader, and so next to no memory and time. Whoever is left without a parent gets another one.
const WATCH = `
const { workerData } = require('node:worker_threads')
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}, 250)
`

/** @param parent the supervisor, which may have died before this process came so far. */
export function watchParent(parent: number): void {
  const watch = new Worker(WATCH, { eval: true, workerData: parent, name: 'millrace-watch' })
  watch.unref()
}
