// A run with its files at the edge: what stops one of them stops the run.
import type { Log } from '../../contracts/log.ts'
import type { Definition } from '../load-definition.ts'
import { startFileEdges, type FileEdgesWatch } from './file-edges.ts'

interface FileEdgesOf extends Pick<FileEdgesWatch, 'onReading'> {
  readonly log: Log
  readonly signal: AbortSignal | undefined
}

/** @param run is given the signal that ends it. */
export async function withFileEdges<Result>(
  definition: Definition,
  { log, signal, onReading }: FileEdgesOf,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const failure = new AbortController()
  const edges = startFileEdges(definition, log, {
    failed: (error) => failure.abort(error),
    onReading,
  })
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
