// Counts of a task, as they stand in its memory.
import { JOIN_COUNTS } from '../engine/operators/join-body.ts'
import { SOURCE_COUNTS } from '../engine/operators/source-body.ts'
import { STAGE_COUNTS } from '../engine/operators/stage-body.ts'
import type { TaskPlan } from '../engine/pipeline-tasks.ts'
import { Counts } from '../engine/state/counts.ts'
import type { StateMemory } from '../engine/state/memory.ts'

const NAMES = { source: SOURCE_COUNTS, stage: STAGE_COUNTS, join: JOIN_COUNTS } as const

export function readCounts(
  memory: StateMemory,
  kind: TaskPlan['kind'],
): Readonly<Record<string, number>> {
  return new Counts<string>(memory, NAMES[kind]).all()
}
