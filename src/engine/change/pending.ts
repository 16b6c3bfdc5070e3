// What lies in a lane and is not taken: the rows there, and the commit that wrote the first of them.
import type { Log } from '../../contracts/log.ts'
import { Block } from '../exchange/block.ts'
import type { LanePosition } from '../exchange/lane.ts'
import { SOURCE_OFFSET, SOURCE_PARTITION } from '../exchange/layout.ts'
import { readPartition } from '../read-partition.ts'

export interface Pending {
  /** Number of the commit that wrote the first row; undefined: there is none. */
  readonly commit: number | undefined
  /** Where the rows came from. */
  readonly rows: readonly SourceRow[]
}

export type SourceRow = readonly [source: number, offset: number]

/** @param from what of the lane is taken. */
export async function pendingIn(
  log: Log,
  lane: { readonly topic: string; readonly partition: number },
  from: Pick<LanePosition, 'offset' | 'row'>,
): Promise<Pending> {
  const info = await log.topic(lane.topic)
  if (info === undefined || info.parts[lane.partition] === undefined)
    return { commit: undefined, rows: [] }
  const rows: SourceRow[] = []
  let commit: number | undefined
  const start = Math.max(from.offset, info.parts[lane.partition].start)
  await readPartition(log, { ...lane, from: start }, (offset, value) => {
    const block = new Block(value)
    const taken = offset === from.offset ? from.row : 0
    if (block.rows <= taken) return
    commit ??= block.commit
    const partitions = block.numbers(SOURCE_PARTITION)
    const offsets = block.numbers(SOURCE_OFFSET)
    for (let row = taken; row < block.rows; row++) rows.push([partitions[row], offsets[row]])
  })
  return { commit, rows }
}
