// Where lanes of a plan before stood.
import type { CommitRecord } from '../commit-record.ts'
import type { LanePosition } from '../exchange/lane.ts'
import { laneIndex } from './cut.ts'
import type { InputShape } from './shape.ts'

/** Whether the lanes lie in the same partitions of the same topics. */
export function sameLanes(one: readonly InputShape[], other: readonly InputShape[]): boolean {
  return one.every(
    ({ topic, writers }, i) => topic === other[i]?.topic && writers === other[i]?.writers,
  )
}

export const BEGIN: LanePosition = { offset: 0, row: 0, bound: -Infinity, idle: false }

export function laneAt(
  inputs: readonly InputShape[],
  last: CommitRecord,
  of: { topic: string; writer: number },
): LanePosition {
  const input = inputs.findIndex(({ topic }) => topic === of.topic)
  if (input < 0 || of.writer >= inputs[input].writers) return BEGIN
  return last.lanes[laneIndex(inputs, input, of.writer)]
}
