// Runs outside of the test runner, which rewrites sources: a plan is known by the texts of its functions.
import { explain } from '../../src/runner/explain.ts'
import { replay } from '../../src/runner/replay.ts'
import { runPipeline, type RunOptions } from '../../src/runner/run-pipeline.ts'

export type ToChild =
  | { readonly kind: 'run'; readonly options: RunOptions }
  | {
      readonly kind: 'explain' | 'replay'
      readonly file: string
      readonly log: string
      readonly ids: readonly string[]
    }

process.on('message', (message: ToChild) => void answer(message))
process.on('disconnect', () => process.exit(0))

async function answer(message: ToChild): Promise<void> {
  try {
    process.send?.({ result: await resultOf(message) })
  } catch (error) {
    process.send?.({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
  }
}

async function resultOf(message: ToChild): Promise<unknown> {
  if (message.kind === 'run') {
    return runPipeline({ ...message.options, onStatus: (status) => process.send?.({ status }) })
  }
  const results: unknown[] = []
  for (const id of message.ids) {
    results.push(
      ...(message.kind === 'explain' ? await explain(message, id) : await replay(message, id)),
    )
  }
  return results
}
