// Takes rows of several lanes in one order: the least (merge time, input, source partition, offset) first (ENGINE 1).
import type { Column } from '../../contracts/columns.ts'
import type { Lane } from './lane.ts'

/** Rows that lie side by side: a block, or what a task has read itself. */
export interface Rows {
  column(index: number): Column
}

/** Rows of one input, in the order they were taken: row i is row `rows[i]` of `blocks[blockOf[i]]`. */
export class Taken {
  /** Each once. */
  readonly blocks: Rows[] = []
  readonly #indexes = new Map<Rows, number>()
  blockOf: Int32Array
  rows: Int32Array
  count = 0

  constructor(capacity: number) {
    this.blockOf = new Int32Array(capacity)
    this.rows = new Int32Array(capacity)
  }

  reset(): void {
    this.blocks.length = 0
    this.#indexes.clear()
    this.count = 0
  }

  add(block: Rows, from: number, count: number): void {
    let index = this.#indexes.get(block)
    if (index === undefined) {
      index = this.blocks.push(block) - 1
      this.#indexes.set(block, index)
    }
    const { blockOf, rows } = this
    const start = this.count
    for (let i = 0; i < count; i++) {
      blockOf[start + i] = index
      rows[start + i] = from + i
    }
    this.count = start + count
  }
}

/** What a merge took: per input its rows, and which input each step of the order came from. */
export class Merged {
  readonly inputs: readonly Taken[]
  /** Input of each step; the k-th step of an input is the k-th of its rows. */
  readonly order: Uint8Array
  count = 0

  constructor(inputs: number, capacity: number) {
    this.inputs = Array.from({ length: inputs }, () => new Taken(capacity))
    this.order = new Uint8Array(capacity)
  }

  /** Takes the next steps of the order from an input. */
  mark(input: number, steps: number): void {
    const { order } = this
    const end = this.count + steps
    // Most runs are of a few rows: too short for a call of fill.
    for (let step = this.count; step < end; step++) order[step] = input
    this.count = end
  }

  reset(): void {
    this.count = 0
    for (const taken of this.inputs) taken.reset()
  }
}

export interface MergeRules {
  /** Per input, how long an empty lane of it holds back a row that could come after what it may still bring, ms from the row's arrival. */
  readonly waits: readonly number[]
  /** The same for a lane that is behind, of whatever input: Infinity, but in a replay, where all there was has been taken. */
  readonly behind: number
  /** Ms, by the clock that arrivals are counted by. */
  readonly now: number
  /** Rows at most. */
  readonly limit: number
}

/**
 * Takes as many rows as the lanes allow.
 * An empty lane that holds stands at its bound: a row passes it only if whatever the lane may bring would come later.
 * @returns after how many ms a row passes that is held back now, if nothing comes; Infinity when none is, or for ever.
 */
export function merge(lanes: readonly Lane[], rules: MergeRules, into: Merged): number {
  into.reset()
  const heads = lanes.filter((lane) => !lane.empty).sort((a, b) => (before(a, b) ? -1 : 1))
  while (into.count < rules.limit) {
    if (heads.length === 0) return Infinity
    const [best] = heads
    const room = rules.limit - into.count
    let run = best.runBefore(heads.at(1), room)
    let heldMs = 0
    if (heads.length < lanes.length) {
      const waited = rules.now - best.headArrived
      for (const lane of lanes) {
        if (!lane.empty || lane.idle === 'idle' || lane.idle === 'live') continue
        const wait = lane.idle === 'behind' ? rules.behind : rules.waits[lane.input]
        if (waited >= wait) continue
        // Rows of equal time pass a lane that ranks behind them; nothing passes one that ranks before or beside them.
        const passing = best.runUntil(lane.bound, lane.input <= best.input, run)
        if (passing === 0) heldMs = Math.max(heldMs, wait - waited)
        run = Math.min(run, passing)
      }
    }
    if (run === 0) return heldMs
    into.inputs[best.input].add(best.head, best.headRow, run)
    into.mark(best.input, run)
    best.take(run)
    settle(heads)
  }
  return Infinity
}

/** Brings the first of lanes, which are in the order of their heads but for it, to its place; one that is empty leaves. */
function settle(heads: Lane[]): void {
  const [moved] = heads
  if (moved.empty) {
    heads.shift()
    return
  }
  let place = 0
  for (; place + 1 < heads.length && before(heads[place + 1], moved); place++)
    heads[place] = heads[place + 1]
  heads[place] = moved
}

function before(a: Lane, b: Lane): boolean {
  if (a.headMergeTime !== b.headMergeTime) return a.headMergeTime < b.headMergeTime
  if (a.input !== b.input) return a.input < b.input
  if (a.headPartition !== b.headPartition) return a.headPartition < b.headPartition
  return a.headOffset < b.headOffset
}
