// Runs, replays and reads a pipeline in a process of its own, which can be killed with all it started.
// It must not be the test runner's: that rewrites sources, and a plan is known by the texts of its functions.
import { flushCompileCache } from 'node:module'
import { inspect } from 'node:util'
import type { DeadLettersCommand, RetryCommand } from '../../src/contracts/commands.ts'
import {
  listDeadLetters,
  retryDeadLetters,
} from '../../src/runner/commands/dead-letters-command.ts'
import { writeDataset, type DatasetOptions } from '../../src/runner/provenance/dataset.ts'
import { explain } from '../../src/runner/provenance/explain.ts'
import type { PipelinePlace } from '../../src/runner/open-pipeline.ts'
import { replay } from '../../src/runner/provenance/replay.ts'
import { resume } from '../../src/runner/commands/resume-command.ts'
import { status as statusOf } from '../../src/runner/commands/status-command.ts'
import type { RunOptions } from '../../src/runner/run-options.ts'
import { runPipeline } from '../../src/runner/run-pipeline.ts'

export type Task =
  | ({ readonly kind: 'run' } & RunOptions)
  | ({ readonly kind: 'explain' | 'replay'; readonly ids: readonly string[] } & PipelinePlace)
  | ({ readonly kind: 'dataset' } & DatasetOptions)
  | ({ readonly kind: 'status' } & PipelinePlace)
  | ({ readonly kind: 'resume'; readonly model: string } & PipelinePlace)
  | ({ readonly kind: 'letters' } & DeadLettersCommand)
  | ({ readonly kind: 'retry' } & RetryCommand)

process.on('message', (task: Task) => {
  void answer(task).then(
    (result) => tell({ result }),
    (error: unknown) => tell({ error: inspect(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

/** Whoever asked kills it then, so that no end of the process keeps for the next one what was compiled. */
function tell(told: { readonly result: unknown } | { readonly error: string }): void {
  flushCompileCache()
  process.send?.(told)
}

async function answer(task: Task): Promise<unknown> {
  if (task.kind === 'run')
    return runPipeline({
      ...task,
      signal: stop.signal,
      onStatus: (status) => process.send?.({ status }),
    })
  if (task.kind === 'status') return statusOf(task)
  if (task.kind === 'resume') return resume(task)
  if (task.kind === 'letters') return listDeadLetters(task)
  if (task.kind === 'retry') return retryDeadLetters(task)
  if (task.kind === 'dataset') return writeDataset(task)
  const results: unknown[] = []
  for (const id of task.ids) {
    const found = task.kind === 'explain' ? await explain(task, id) : await replay(task, id)
    results.push(...found)
  }
  return results
}
