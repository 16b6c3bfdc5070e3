// Hands rows to the partitions their keys hash to: one block a partition and batch.
import { murmur2, partitionOf } from '../../base/murmur2.ts'
import type { Column } from '../../contracts/columns.ts'
import type { Append, Records } from '../../contracts/log.ts'
import type { Idle } from './block-format.ts'
import { BlockWriter, type BlockHead } from './block-writer.ts'
import { KEY, type Layout } from './layout.ts'

/** An internal topic as one of its writers sees it: lane (writer, partition) is partition `writer * partitions + partition`. */
export interface Hop {
  readonly topic: string
  readonly layout: Layout
  /** Partitions of the stage that reads. */
  readonly partitions: number
  /** Number of this task among the writers. */
  readonly writer: number
}

export interface RouteOptions {
  readonly progress: number
  readonly idle: Idle
  readonly commit: number
  /** One a row: whether it is sent. All are where it is undefined. */
  readonly keep?: Uint8Array
}

const NOTHING = new Uint8Array(0)
const NO_ENDS = new Uint32Array(2)

/** A block as the one record of an append, without a copy. */
export function blockRecord(block: Uint8Array, time = 0): Records {
  return {
    count: 1,
    times: Float64Array.of(time),
    keyEnds: NO_ENDS,
    keys: NOTHING,
    valueEnds: Uint32Array.of(0, block.length),
    values: block,
    headerEnds: NO_ENDS,
    headers: NOTHING,
  }
}

export class Router {
  readonly #hop: Hop
  readonly #writer = new BlockWriter()
  #rows: Int32Array[] = []
  #counts: Int32Array

  constructor(hop: Hop) {
    this.#hop = hop
    this.#counts = new Int32Array(hop.partitions)
  }

  /**
   * Blocks for every partition, also those without rows: each carries how far the lane has come.
   * @param columns of the hop's layout, `count` rows.
   */
  route(columns: readonly Column[], count: number, options: RouteOptions): Append[] {
    const { topic, layout, partitions, writer } = this.#hop
    const { progress, idle, commit, keep } = options
    const head: BlockHead = { progress, idle, commit, layout: layout.digest }
    const all = partitions === 1 && keep === undefined
    if (!all) this.#split(columns, count, keep)
    return Array.from({ length: partitions }, (_, partition) => {
      const selection = all
        ? { rows: undefined, from: 0, count }
        : { rows: this.#rows[partition], from: 0, count: this.#counts[partition] }
      return {
        topic,
        partition: writer * partitions + partition,
        records: blockRecord(this.#writer.encode(columns, selection, head)),
      }
    })
  }

  #split(columns: readonly Column[], count: number, keep: Uint8Array | undefined): void {
    const { partitions } = this.#hop
    if (this.#rows.length === 0 || this.#rows[0].length < count) {
      this.#rows = Array.from({ length: partitions }, () => new Int32Array(Math.max(count, 64)))
    }
    this.#counts.fill(0)
    const key = columns[KEY]
    if (key.kind !== 'string') return
    const { bytes, ends } = key
    for (let i = 0; i < count; i++) {
      if (keep !== undefined && keep[i] === 0) continue
      const partition =
        partitions === 1 ? 0 : partitionOf(murmur2(bytes, ends[i], ends[i + 1]), partitions)
      this.#rows[partition][this.#counts[partition]++] = i
    }
  }
}
