// Whether what the tasks of any pipeline left in a log fits together: commits without gaps, snapshots that can be read, state that can
// be restored from them, and positions that lie within the topics that were read.
import { MillraceError } from '../base/errors.ts'
import type { Log, TopicInfo } from '../contracts/log.ts'
import type { CommitRecord } from '../engine/commit-record.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { lastCommit, restore } from '../engine/recovery.ts'
import type { TaskSpec } from '../engine/task-spec.ts'
import { stageOfCommits } from '../engine/task-names.ts'
import type { Problem } from '../log/backup/problem.ts'
import { placesOf } from './status/lane-places.ts'

export interface CheckedTasks {
  readonly tasks: number
  readonly problems: readonly Problem[]
}

/** Restores the state of every task of every pipeline in the log, one after the other. */
export async function checkTasks(log: Log, signal: AbortSignal): Promise<CheckedTasks> {
  const problems: Problem[] = []
  let tasks = 0
  for (const topic of await log.topics()) {
    const stage = stageOfCommits(topic.name)
    if (stage === undefined) continue
    for (let number = 0; number < topic.partitions; number++) {
      signal.throwIfAborted()
      tasks++
      const problem = await checkState(log, { ...stage, number, plan: '' }, topic)
      if (problem !== undefined) problems.push(problem)
    }
  }
  return { tasks, problems }
}

async function checkState(
  log: Log,
  spec: TaskSpec,
  commits: TopicInfo,
): Promise<Problem | undefined> {
  try {
    await restore(log, spec)
    return undefined
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    const offset = error.details.offset
    return {
      file: commits.name,
      topic: commits.name,
      partition: spec.number,
      ...(typeof offset === 'number' ? { offset } : {}),
      what: error.message,
    }
  }
}

/** Whether the last commit of each task names only what is there. */
export async function checkPositions(log: Log, plans: readonly TaskPlan[]): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const plan of plans) {
    const commit = await readableCommit(log, plan.spec)
    // Read behind the commit: topics only grow.
    for (const [i, { topic, partition }] of placesOf(plan).entries()) {
      const position = commit?.lanes[i]
      const part = (await log.topic(topic))?.parts[partition]
      if (position === undefined || part === undefined) continue
      const { offset } = position
      if (offset <= part.end && (offset >= part.start || offset === 0)) continue
      const { stage, number } = plan.spec
      const what = `expected the position of ${stage}/${number} within offsets ${part.start} to ${part.end}, found ${offset}`
      problems.push({ file: topic, topic, partition, offset, what })
    }
  }
  return problems
}

/** undefined where there is none, also where it cannot be read: `checkTasks` says that. */
async function readableCommit(log: Log, spec: TaskSpec): Promise<CommitRecord | undefined> {
  try {
    return await lastCommit(log, spec)
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return undefined
  }
}
