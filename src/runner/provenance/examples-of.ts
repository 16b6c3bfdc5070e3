// What became of predictions: the examples topic of a model.
import type { Log } from '../../contracts/log.ts'
import { Block } from '../../engine/exchange/block.ts'
import { KEY, TIME } from '../../engine/exchange/layout.ts'
import { EXAMPLE, OUTCOMES, type Outcome } from '../../engine/operators/join-layouts.ts'
import { readPartition } from '../../engine/read-partition.ts'
import { examplesTopic } from '../../engine/task-names.ts'
import { valueAt } from '../../schema/event-view.ts'

export interface Example {
  readonly id: string
  readonly outcome: Outcome
  /** Of the prediction; of the label where there is none, ms. */
  readonly time: number
  /** undefined for an expiry without `otherwise`. */
  readonly label: number | undefined
  readonly labelTime: number | undefined
  readonly score: number | undefined
  /** Of the model that gave the score: model-version.ts. */
  readonly version: number | undefined
  /** Where the receipt stands: task of the last stage, number of its commit, row of its block. */
  readonly receipt:
    | { readonly task: number; readonly commit: number; readonly row: number }
    | undefined
}

/** Calls `each` for every block of examples. */
export async function eachExampleBlock(
  log: Log,
  pipeline: string,
  of: { model: string; each: (block: Block) => void },
): Promise<void> {
  const topic = examplesTopic(pipeline, of.model)
  const info = await log.topic(topic)
  for (let partition = 0; partition < (info?.partitions ?? 0); partition++) {
    await readPartition(
      log,
      { topic, partition, from: info?.parts[partition].start ?? 0 },
      (_, bytes) => of.each(new Block(bytes)),
    )
  }
}

export function exampleAt(block: Block, row: number): Example {
  const number = (index: number): number | undefined => {
    const value = valueAt(block.column(index), row)
    return typeof value === 'number' ? value : undefined
  }
  const task = number(EXAMPLE.receiptTask)
  const commit = number(EXAMPLE.receiptCommit)
  const receiptRow = number(EXAMPLE.receiptRow)
  return {
    id: String(valueAt(block.column(KEY), row)),
    outcome: OUTCOMES[number(EXAMPLE.outcome) ?? 0],
    time: number(TIME) ?? NaN,
    label: number(EXAMPLE.label),
    labelTime: number(EXAMPLE.labelTime),
    score: number(EXAMPLE.score),
    version: number(EXAMPLE.version),
    receipt:
      task === undefined || commit === undefined || receiptRow === undefined
        ? undefined
        : { task, commit, row: receiptRow },
  }
}
