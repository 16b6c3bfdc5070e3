// The first stage together with the source it reads: what the source takes of a batch, the stage takes at once, in the same commit.
import type { Append, Records } from '../../contracts/log.ts'
import type { StageBody } from '../body.ts'
import type { Unscored } from '../commit-record.ts'
import type { Idle } from '../exchange/block-format.ts'
import { Merged } from '../exchange/merge.ts'
import { idleOf } from '../idle-time.ts'
import type { SourceBody } from './source-body.ts'

/** What a commit depends on beside its records. */
export interface DirectBatch {
  /** Whether the partition is quiet, or behind what a changed plan builds of it. */
  readonly idle: Idle
  readonly commit: number
  /** When the records were taken, ms since 1970 by the task's clock. */
  readonly now: number
  /** Event time that elapsed ticks have brought the task to. */
  readonly ticked: number
  /** Whether a tick made the batch: it has no records then. */
  readonly byTick: boolean
  /** How far the stage had come before. */
  readonly reached: number
  /** What the commit says of rows that were not scored: only in a replay of it. */
  readonly recorded?: readonly Unscored[]
}

export class DirectBody {
  readonly source: SourceBody
  readonly stage: StageBody
  #merged = new Merged(1, 0)
  #capacity = 0

  constructor(source: SourceBody, stage: StageBody) {
    this.source = source
    this.stage = stage
  }

  /** Takes records of the partition; gives what is written with their commit. */
  async process(records: Records, offsets: Float64Array, batch: DirectBatch): Promise<Append[]> {
    const { idle, commit, now, ticked, byTick, reached, recorded } = batch
    const appends = this.source.process(records, offsets, { idle, commit, now })
    const { ownRows, progress: bound } = this.source
    // What comes after an end all the same takes nothing back.
    const progress = Math.max(bound, reached)
    if (ownRows.count > this.#capacity) {
      this.#capacity = ownRows.count * 2
      this.#merged = new Merged(1, this.#capacity)
    }
    this.#merged.reset()
    if (ownRows.count > 0) {
      this.#merged.inputs[0].add(ownRows, 0, ownRows.count)
      this.#merged.mark(0, ownRows.count)
    }
    const own = await this.stage.process(this.#merged, {
      progress,
      settled: progress,
      time: Math.max(progress, ticked),
      ticked: byTick,
      commit,
      idle: [idleOf([{ bound, idle }])],
      ...(recorded === undefined ? {} : { recorded }),
    })
    return [...appends, ...own]
  }
}
