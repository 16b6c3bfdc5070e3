// What the receipts of predictions say, features above all, read back from the log in batches (ENGINE 9). What it reads was committed
// with the prediction and never changes, so that no result depends on when it is read.
import { ABSENT, PRESENT, type Column, type VectorColumn } from '../../contracts/columns.ts'
import type { Log } from '../../contracts/log.ts'
import { Block } from '../exchange/block.ts'
import { FIRST } from '../exchange/layout.ts'
import { firstRecord } from '../first-record.ts'
import { readPartition } from '../read-partition.ts'

/** Where receipts stand, a row each; NaN for none. */
export interface ReceiptPlaces {
  readonly count: number
  readonly tasks: Float64Array
  readonly commits: Float64Array
  readonly rows: Float64Array
}

export interface ReceiptFeaturesOptions {
  readonly log: Log
  readonly topic: string
  readonly model: string
  readonly features: readonly string[]
  /** Of a bandit, what it chooses from. */
  readonly actions?: readonly string[] | undefined
  /** A list of numbers among the outputs, for `vectors`. */
  readonly output?: string | undefined
}

/** Bytes of blocks that are read on from where a receipt was found: the ones behind it are wanted next, as a rule. */
const AHEAD_BYTES = 1 << 20
/** Bytes of blocks that are kept. */
const KEPT_BYTES = 32 << 20

interface ReceiptMeta {
  readonly model: string
  readonly features: readonly string[]
  readonly outputs: readonly string[]
}

interface Kept {
  readonly columns: readonly (Column | undefined)[]
  readonly output: VectorColumn | undefined
  /** Of a bandit, the arm that was chosen, a row; NaN for an action that is none any more. */
  readonly arms: Float64Array | undefined
  readonly bytes: number
}

export class ReceiptFeatures {
  readonly #options: ReceiptFeaturesOptions
  readonly #actions: readonly Uint8Array[] | undefined
  /** Blocks of the model by task and commit, those read longest ago first. */
  readonly #kept = new Map<string, Kept>()
  #bytes = 0
  /** Per task, the commit of the last block that was read, and where what follows it begins. */
  readonly #next = new Map<number, { readonly commit: number; readonly offset: number }>()

  constructor(options: ReceiptFeaturesOptions) {
    this.#options = options
    this.#actions = options.actions?.map((action) => new TextEncoder().encode(action))
  }

  /** Whether each row's receipt was there, then a column a feature: a missing value is marked. Of a bandit the arm is behind them. */
  async columns({ count, tasks, commits, rows }: ReceiptPlaces): Promise<Column[]> {
    const known = new Float64Array(count)
    const chooses = this.#actions !== undefined
    const names = [...this.#options.features, ...(chooses ? ['arm'] : [])]
    const values = names.map(() => new Float64Array(count))
    const marks = values.map(() => new Uint8Array(count).fill(ABSENT))
    for (const places of inOrder({ count, tasks, commits, rows })) {
      const block = await this.#block(tasks[places[0]], commits[places[0]])
      if (block === undefined) continue
      for (const row of places) {
        known[row] = 1
        const put = (place: number, value: number): void => {
          if (Number.isNaN(value)) return
          values[place][row] = value
          marks[place][row] = PRESENT
        }
        block.columns.forEach((column, feature) => put(feature, valueOf(column, rows[row])))
        if (block.arms !== undefined) put(block.columns.length, block.arms[rows[row]])
      }
    }
    return [
      { kind: 'number', values: known, marks: undefined },
      ...values.map((each, i): Column => ({ kind: 'number', values: each, marks: marks[i] })),
    ]
  }

  /** So many numbers a row, those of the output; NaN where there is no receipt, or a list of another length. */
  async vectors(
    { count, tasks, commits, rows }: ReceiptPlaces,
    length: number,
  ): Promise<Float64Array> {
    const all = new Float64Array(count * length).fill(NaN)
    for (const places of inOrder({ count, tasks, commits, rows })) {
      const output = (await this.#block(tasks[places[0]], commits[places[0]]))?.output
      if (output === undefined) continue
      for (const row of places) {
        const from = output.ends[rows[row]]
        const to = output.ends[rows[row] + 1]
        if (to - from === length) all.set(output.values.subarray(from, to), row * length)
      }
    }
    return all
  }

  async #block(task: number, commit: number): Promise<Kept | undefined> {
    const key = `${task}/${commit}`
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const { log, topic } = this.#options
    const next = this.#next.get(task)
    // What follows the last one is tried first.
    if (next !== undefined && next.commit < commit) {
      await this.#read(task, next.offset)
      const found = this.#kept.get(key)
      if (found !== undefined) return found
    }
    const is = (value: Uint8Array): boolean => new Block(value).commit >= commit
    const offset = await firstRecord(log, { topic, partition: task }, is)
    if (offset === undefined) return undefined
    await this.#read(task, offset)
    return this.#kept.get(key)
  }

  async #read(task: number, from: number): Promise<void> {
    const { log, topic, model } = this.#options
    let bytes = 0
    await readPartition(log, { topic, partition: task, from }, (offset, value) => {
      const block = new Block(value)
      this.#next.set(task, { commit: block.commit, offset: offset + 1 })
      bytes += value.length
      this.#keep(`${task}/${block.commit}`, block, { model, bytes: value.length })
      return bytes < AHEAD_BYTES
    })
  }

  #keep(key: string, block: Block, of: { model: string; bytes: number }): void {
    const { model, features, outputs }: ReceiptMeta = JSON.parse(
      Buffer.from(block.meta()).toString('utf8'),
    )
    if (model !== of.model || this.#kept.has(key)) return
    const columns = this.#options.features.map((name) => {
      const at = features.indexOf(name)
      return at < 0 ? undefined : block.column(FIRST + at)
    })
    const outputNamed = (name: string | undefined): Column | undefined => {
      const at = name === undefined ? -1 : outputs.indexOf(name)
      return at < 0 ? undefined : block.column(FIRST + features.length + at)
    }
    const output = outputNamed(this.#options.output)
    this.#kept.set(key, {
      columns,
      output: output?.kind === 'vector' ? output : undefined,
      arms: this.#actions && armsOf(outputNamed('action'), this.#actions, block.rows),
      bytes: of.bytes,
    })
    this.#bytes += of.bytes
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= KEPT_BYTES || oldest === key) break
      this.#kept.delete(oldest)
      this.#bytes -= bytes
    }
  }
}

/** Rows by their receipts' blocks, in the order of the blocks of each task. */
function inOrder({ count, tasks, commits }: ReceiptPlaces): readonly number[][] {
  const blocks = new Map<string, number[]>()
  for (let row = 0; row < count; row++) {
    if (Number.isNaN(tasks[row])) continue
    const key = `${tasks[row]}/${commits[row]}`
    const own = blocks.get(key)
    if (own === undefined) blocks.set(key, [row])
    else own.push(row)
  }
  return [...blocks.values()].sort(([a], [b]) => tasks[a] - tasks[b] || commits[a] - commits[b])
}

/** The place of each row's action among those that there are now; NaN for none. */
function armsOf(
  column: Column | undefined,
  actions: readonly Uint8Array[],
  rows: number,
): Float64Array {
  const arms = new Float64Array(rows).fill(NaN)
  if (column?.kind !== 'string') return arms
  const { bytes, ends, marks } = column
  for (let row = 0; row < rows; row++) {
    if (marks !== undefined && marks[row] !== PRESENT) continue
    const arm = actions.findIndex((action) => isAt(action, bytes, ends[row], ends[row + 1]))
    if (arm >= 0) arms[row] = arm
  }
  return arms
}

function isAt(text: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false
  return true
}

/** NaN for none. */
function valueOf(column: Column | undefined, row: number): number {
  if (column === undefined || (column.kind !== 'number' && column.kind !== 'boolean')) return NaN
  return column.marks === undefined || column.marks[row] === PRESENT ? column.values[row] : NaN
}
