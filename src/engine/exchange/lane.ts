// One writer's order, as a task reads it: blocks that were fetched and not yet taken, and how far the lane has come.
import { StateError } from '../../base/errors.ts'
import { Block } from './block.ts'
import type { Idle } from './block-format.ts'
import { MERGE_TIME, SOURCE_OFFSET, SOURCE_PARTITION, type Layout } from './layout.ts'

/** A place between two rows: `row` rows of the block at `offset` are taken. */
export interface LanePosition {
  offset: number
  row: number
  /** No row that is not yet taken has a lesser merge time. */
  bound: number
  idle: Idle
}

interface Fetched {
  readonly block: Block
  readonly offset: number
  readonly bytes: number
  /** Rows of the block that count: all, but in a replay that ends within it. */
  readonly rows: number
  readonly arrived: number
}

export class Lane {
  readonly topic: string
  readonly partition: number
  /** Index of the input it belongs to; lesser ones come first among rows of equal merge time. */
  readonly input: number
  readonly #layout: Layout
  readonly #queue: Fetched[] = []
  #row = 0
  #taken: LanePosition
  #fetchOffset: number
  #bytes = 0
  #passedBytes = 0
  // The head row, in locals of the lane, because merging looks at it for every row.
  headMergeTime: number = Infinity
  headPartition = 0
  headOffset = 0
  #merge: Float64Array = new Float64Array(0)
  #partitions: Float64Array = this.#merge
  #offsets: Float64Array = this.#merge

  constructor(
    place: { topic: string; partition: number; input: number },
    layout: Layout,
    from: LanePosition,
  ) {
    this.topic = place.topic
    this.partition = place.partition
    this.input = place.input
    this.#layout = layout
    this.#taken = { ...from }
    this.#fetchOffset = from.offset
    this.#row = from.row
  }

  get empty(): boolean {
    return this.#queue.length === 0
  }

  /** Where to fetch next. */
  get fetchOffset(): number {
    return this.#fetchOffset
  }

  /** Bytes fetched and not yet taken. */
  get bufferedBytes(): number {
    return this.#bytes
  }

  /** Bytes of blocks that were passed since the lane was opened. */
  get passedBytes(): number {
    return this.#passedBytes
  }

  /** No row to come has a lesser merge time than this. */
  get bound(): number {
    return this.empty ? this.#taken.bound : this.headMergeTime
  }

  get idle(): Idle {
    return this.#taken.idle
  }

  get head(): Block {
    return this.#queue[0].block
  }

  get headRow(): number {
    return this.#row
  }

  /** When the block of the head row arrived, ms. */
  get headArrived(): number {
    return this.#queue[0].arrived
  }

  /**
   * Adds the next block of the lane.
   * @param of how many of its rows count, all by default, and when it arrived, ms. @returns how many rows count.
   */
  push(
    offset: number,
    value: Uint8Array,
    { rows = Infinity, arrived = 0 }: { readonly rows?: number; readonly arrived?: number } = {},
  ): number {
    const block = new Block(value)
    if (block.layout !== this.#layout.digest) {
      throw new StateError(
        'ML_STATE',
        `a block of '${this.topic}' has another layout than this plan: it was written by another definition; run with the definition that wrote it, or start with a new data folder`,
        {
          details: { topic: this.topic, partition: this.partition, offset },
        },
      )
    }
    this.#fetchOffset = offset + 1
    this.#queue.push({
      block,
      offset,
      bytes: value.length,
      rows: Math.min(rows, block.rows),
      arrived,
    })
    this.#bytes += value.length
    if (this.#queue.length === 1) this.#open()
    return Math.min(rows, block.rows)
  }

  /** Passes over `count` rows of the head block. */
  take(count: number): void {
    this.#row += count
    if (this.#row >= this.#queue[0].rows) this.#closeBlock()
    else this.#readHead()
  }

  /** How many rows from the head row on, in the head block, come before the rival's head; at least 1, at most `limit`. */
  runBefore(rival: Lane | undefined, limit: number): number {
    const end = Math.min(this.#queue[0].rows, this.#row + limit)
    if (rival === undefined) return end - this.#row
    let row = this.#row + 1
    const { headMergeTime, headPartition, headOffset } = rival
    const first = this.input < rival.input
    const same = this.input === rival.input
    while (row < end) {
      const time = this.#merge[row]
      if (time > headMergeTime) break
      if (time === headMergeTime && !first) {
        if (!same) break
        const partition = this.#partitions[row]
        if (
          partition > headPartition ||
          (partition === headPartition && this.#offsets[row] > headOffset)
        )
          break
      }
      row++
    }
    return row - this.#row
  }

  /** How many rows from the head row on, in the head block, have a merge time of at most `time` (below it when `strictly`). */
  runUntil(time: number, strictly: boolean, limit: number): number {
    const end = Math.min(this.#queue[0].rows, this.#row + limit)
    let row = this.#row
    while (row < end && (strictly ? this.#merge[row] < time : this.#merge[row] <= time)) row++
    return row - this.#row
  }

  /** A copy of where the lane stands: what a commit records. */
  position(): LanePosition {
    const { offset, bound, idle } = this.#taken
    // Empty, yet within a block: it was resumed there, and the block is not fetched again yet.
    return this.empty
      ? { offset, row: this.#row, bound, idle }
      : { offset: this.#queue[0].offset, row: this.#row, bound: this.headMergeTime, idle }
  }

  #open(): void {
    // Blocks without rows only say how far the lane has come.
    while (this.#queue.length > 0 && this.#queue[0].rows <= this.#row) this.#dropHead()
    if (this.#queue.length === 0) {
      this.headMergeTime = Infinity
      return
    }
    this.#taken.idle = false
    this.#merge = this.head.numbers(MERGE_TIME)
    this.#partitions = this.head.numbers(SOURCE_PARTITION)
    this.#offsets = this.head.numbers(SOURCE_OFFSET)
    this.#readHead()
  }

  #readHead(): void {
    this.headMergeTime = this.#merge[this.#row]
    this.headPartition = this.#partitions[this.#row]
    this.headOffset = this.#offsets[this.#row]
  }

  #closeBlock(): void {
    this.#dropHead()
    this.#open()
  }

  #dropHead(): void {
    const { block, offset, bytes } = this.#queue[0]
    this.#queue.shift()
    this.#row = 0
    this.#bytes -= bytes
    this.#passedBytes += bytes
    this.#taken = {
      offset: offset + 1,
      row: 0,
      bound: Math.max(this.#taken.bound, block.progress),
      idle: block.idle,
    }
  }
}
