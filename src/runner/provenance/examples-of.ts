// What became of predictions: the examples topic of a model.
import type { Log } from '../../contracts/log.ts'
import { Block } from '../../engine/exchange/block.ts'
import { FIRST, KEY, TIME } from '../../engine/exchange/layout.ts'
import { OUTCOMES, type Outcome } from '../../engine/operators/join-layouts.ts'
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
  const [task, commit, receiptRow] = [number(FIRST + 4), number(FIRST + 5), number(FIRST + 6)]
  return {
    id: String(valueAt(block.column(KEY), row)),
    outcome: OUTCOMES[number(FIRST) ?? 0],
    time: number(TIME) ?? NaN,
    label: number(FIRST + 1),
    labelTime: number(FIRST + 2),
    score: number(FIRST + 3),
    receipt:
      task === undefined || commit === undefined || receiptRow === undefined
        ? undefined
        : { task, commit, row: receiptRow },
  }
}
