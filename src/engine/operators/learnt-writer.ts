// Writes which snapshots there are to each task that predicts.
import type { Append } from '../../contracts/log.ts'
import { BlockWriter } from '../exchange/block-writer.ts'
import { blockRecord } from '../exchange/router.ts'
import { textColumn } from './text-column.ts'
import { LEARNT_LAYOUT } from './learnt-layout.ts'
import { numbers } from './plain-columns.ts'

/** The lanes to those who predict: one task writes them all. */
export interface LearntLanes {
  readonly topic: string
  /** Tasks that predict. */
  readonly partitions: number
}

export interface LearntRow {
  /** The boundary it was taken at, ms. */
  readonly time: number
  readonly snapshot: number
  readonly examples: number
  readonly digest: string
  /** Digest of the learner as it begins. */
  readonly learner: string
}

export class LearntWriter {
  readonly #lanes: LearntLanes
  readonly #writer = new BlockWriter()
  #rows: LearntRow[] = []

  constructor(lanes: LearntLanes) {
    this.#lanes = lanes
  }

  begin(): void {
    this.#rows = []
  }

  add(row: LearntRow): void {
    this.#rows.push(row)
  }

  /** @param of `always`: also without rows, because of the progress alone. */
  blocks(of: { progress: number; commit: number; always: boolean }): Append[] {
    const { progress, commit, always } = of
    const rows = this.#rows
    if (rows.length === 0 && !always) return []
    const column = (value: (row: LearntRow) => number) => numbers(Float64Array.from(rows, value))
    const columns = [
      column(({ time }) => time),
      column(({ time }) => time),
      column(() => 0),
      column(({ snapshot }) => snapshot),
      textColumn(rows.map(() => '')),
      column(({ snapshot }) => snapshot),
      column(({ examples }) => examples),
      textColumn(rows.map(({ digest }) => digest)),
      textColumn(rows.map(({ learner }) => learner)),
    ]
    const block = this.#writer.encode(
      columns,
      { rows: undefined, from: 0, count: rows.length },
      { progress, idle: false, commit, layout: LEARNT_LAYOUT.digest },
    )
    const { topic, partitions } = this.#lanes
    return Array.from({ length: partitions }, (_, partition) => ({
      topic,
      partition,
      records: blockRecord(block),
    }))
  }
}
