// A run with its files at the edge: what stops one of them stops the run.
import type { Log } from '../../contracts/log.ts'
import type { Definition } from '../load-definition.ts'
import { startFileEdges } from './file-edges.ts'

/** @param run is given the signal that ends it. */
export async function withFileEdges<Result>(
  definition: Definition,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal | undefined },
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const failure = new AbortController()
  const edges = startFileEdges(definition, log, (error) => failure.abort(error))
  let result: Result
  try {
    result = await run(
      signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]),
    )
  } finally {
    await edges.finish()
  }
  failure.signal.throwIfAborted()
  return result
}
