// How a task that watches for drift begins after a change.
import type { Log } from '../../contracts/log.ts'
import { laneToJson } from '../commit-record.ts'
import { lastCommit } from '../recovery.ts'
import type { TaskSpec } from '../task-spec.ts'
import { lanesFrom, sameLanes } from './lanes-before.ts'
import type { WatchingShape } from './shape.ts'
import type { TaskStart } from './task-start.ts'

export interface WatchingStartOf {
  readonly was: WatchingShape | undefined
  readonly is: WatchingShape
  /** Writers of rows that are there now and were not: lanes of theirs may have ended. */
  readonly begins: readonly number[]
}

/**
 * It goes on as it is: undefined. Where other tasks write to it, it goes on with their lanes; what its detectors know stays. Where it is to
 * watch other numbers, it begins behind what is there, which has them not; detectors that stay keep what they know.
 */
export async function watchingStart(
  log: Log,
  task: TaskSpec,
  { was, is, begins }: WatchingStartOf,
): Promise<TaskStart | undefined> {
  const goesOn =
    was !== undefined &&
    was.inputs.length === is.inputs.length &&
    is.inputs.every(({ topic, layout }, i) => {
      const before = was.inputs[i]
      return topic === before.topic && layout === before.layout
    })
  if (goesOn && sameLanes(was.inputs, is.inputs) && begins.length === 0) return undefined
  const last = await lastCommit(log, task)
  const { stage } = task
  const parts =
    last === undefined
      ? []
      : [{ stage, task: 0, commit: last.number, regions: [['', '']] as const }]
  const seed = { parts, counts: last?.counts ?? [] }
  if (goesOn && last !== undefined) {
    // Those of examples go on as they are: as many tasks join as ever.
    const lanes = is.inputs.flatMap((input) =>
      lanesFrom(last, {
        was: was.inputs,
        is: [input],
        begins: input.topic.endsWith('.watched') ? begins : [],
        model: is.model,
      }),
    )
    return { after: last.number, seed, lanes }
  }
  const lanes = []
  for (const { topic, writers } of is.inputs) {
    const info = await log.topic(topic)
    for (let writer = 0; writer < writers; writer++) {
      const offset = info?.parts[writer]?.end ?? 0
      lanes.push(laneToJson({ offset, row: 0, bound: -Infinity, idle: false }))
    }
  }
  return { after: last?.number ?? 0, seed, lanes }
}
