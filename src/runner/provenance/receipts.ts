// Receipts as they lie in the log: a block a commit, the row's own columns first, then features, outputs and outcome.
import type { Column } from '../../contracts/columns.ts'
import type { Log } from '../../contracts/log.ts'
import type { TrainingData } from '../../contracts/training-data.ts'
import { Block } from '../../engine/exchange/block.ts'
import { FIRST, KEY } from '../../engine/exchange/layout.ts'
import type { LearntVersion } from '../../engine/operators/learnt-models.ts'
import { readPartition } from '../../engine/read-partition.ts'
import { receiptsTopic } from '../../engine/task-names.ts'

/** What holds for all rows of a block. */
export interface ReceiptMeta {
  readonly model: string
  /** SHA-256 of the model's bytes. */
  readonly digest: string
  /** How the model ran. */
  readonly path: string
  /** Digest of the plan. */
  readonly plan: string
  readonly features: readonly string[]
  readonly outputs: readonly string[]
  /** What the model says of the data it was trained on. */
  readonly trainedOn?: TrainingData
  /** Of a model that learns: with what the rows from `from` on were scored. */
  readonly learnt?: readonly (LearntVersion & { readonly from: number })[]
}

export interface ReceiptBlock {
  readonly block: Block
  readonly meta: ReceiptMeta
  readonly bytes: Uint8Array
  /** Number of the task of the last stage that wrote it. */
  readonly task: number
  readonly offset: number
}

/** Calls `each` for every block of receipts, task by task, in order; stops when it returns false. */
export async function eachReceiptBlock(
  log: Log,
  pipeline: string,
  each: (receipts: ReceiptBlock) => boolean | void,
): Promise<void> {
  const topic = receiptsTopic(pipeline)
  const info = await log.topic(topic)
  if (info === undefined) return
  let go = true
  for (let task = 0; task < info.partitions; task++) {
    if (!go) break
    await readPartition(
      log,
      { topic, partition: task, from: info.parts[task].start },
      (offset, bytes) => {
        const block = new Block(bytes)
        const meta: ReceiptMeta = JSON.parse(Buffer.from(block.meta()).toString('utf8'))
        go = each({ block, meta, bytes, task, offset }) !== false
        return go
      },
    )
  }
}

/** Rows of the block whose key is that id. */
export function rowsWithId({ block }: ReceiptBlock, id: Uint8Array): number[] {
  const key = block.column(KEY)
  const rows: number[] = []
  if (key.kind !== 'string') return rows
  const { bytes, ends } = key
  for (let row = 0; row < block.rows; row++) {
    if (ends[row + 1] - ends[row] === id.length && equal(bytes, ends[row], id)) rows.push(row)
  }
  return rows
}

/** With what a row was scored, where the model learns. */
export function learntOf({ learnt }: ReceiptMeta, row: number): LearntVersion | undefined {
  const found = learnt?.findLast(({ from }) => from <= row)
  if (found === undefined) return undefined
  const { snapshot, digest, examples, until } = found
  return { snapshot, digest, examples, until }
}

/** Columns of the features, in the order of `meta.features`. */
export function featureColumns({ block, meta }: ReceiptBlock): Column[] {
  return meta.features.map((_, i) => block.column(FIRST + i))
}

/** Columns of the outputs, in the order of `meta.outputs`. */
export function outputColumns({ block, meta }: ReceiptBlock): Column[] {
  return meta.outputs.map((_, i) => block.column(FIRST + meta.features.length + i))
}

function equal(bytes: Uint8Array, from: number, id: Uint8Array): boolean {
  for (let i = 0; i < id.length; i++) if (bytes[from + i] !== id[i]) return false
  return true
}
