// Where lanes of a plan before stood.
import { StateError } from '../../base/errors.ts'
import { laneToJson, type CommitRecord, type LaneJson } from '../commit-record.ts'
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

export interface LanesFromOf {
  readonly was: readonly InputShape[]
  readonly is: readonly InputShape[]
  /** Writers that begin again: lanes of theirs have ended. */
  readonly begins: readonly number[]
  readonly model: string
}

/** Where a task reads on that other tasks write to than before. @throws StateError ML_STATE where it has not read what such a lane had. */
export function lanesFrom(last: CommitRecord, { was, is, begins, model }: LanesFromOf): LaneJson[] {
  return is.flatMap(({ topic, writers }) =>
    Array.from({ length: writers }, (_, writer) => {
      const lane = laneAt(was, last, { topic, writer })
      if (!begins.includes(writer) || lane === BEGIN) return laneToJson(lane)
      if (lane.bound < Infinity) throw notTaken(model)
      return laneToJson({ ...lane, bound: -Infinity, idle: false })
    }),
  )
}

function notTaken(model: string): StateError {
  return new StateError(
    'ML_STATE',
    `model '${model}' must have taken what a task wrote that is to begin again; found that it has not yet; let the run take all there is, and rescale it then`,
    { details: { model } },
  )
}
