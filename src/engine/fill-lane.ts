// Takes up the rows of a range of a lane that was read before.
import type { Log } from '../contracts/log.ts'
import type { Lane, LanePosition } from './exchange/lane.ts'
import { readPartition } from './read-partition.ts'

/** Puts the blocks of a range into a lane; gives how many rows they have. */
export async function fillLane(
  log: Log,
  lane: Lane,
  [from, to]: readonly [LanePosition, LanePosition],
): Promise<number> {
  if (from.offset === to.offset && from.row === to.row) return 0
  let rows = -from.row
  await readPartition(
    log,
    { topic: lane.topic, partition: lane.partition, from: from.offset },
    (offset, value) => {
      if (offset > to.offset || (offset === to.offset && to.row === 0)) return false
      rows += lane.push(offset, value, { rows: offset === to.offset ? to.row : Infinity })
      return true
    },
  )
  return rows
}
