// Node writes its cache of compiled code when a process ends in good order. One that is killed starts again as slowly as the first time, and that
// is when it matters: so it is written while the run goes on, too.
import { flushCompileCache } from 'node:module'

/** By then what a start needs is loaded. Writing takes some milliseconds, the first time a tenth of a second. */
const SETTLED_MS = 3000

/** Without effect where no cache is kept. */
export function keepCompiled(): void {
  setTimeout(flushCompileCache, SETTLED_MS).unref()
}
