// Why not all of a run works: workers that have told nothing yet, tasks that they have not opened, tasks that are paused.
import type { TaskPlan } from '../../engine/task-plan.ts'
import type { TaskStatus } from '../messages.ts'

export interface ReadinessParts {
  readonly tasks: readonly Pick<TaskPlan, 'spec'>[]
  /** What each worker told last of the tasks that it has opened; undefined for one that is being started. */
  readonly reports: readonly (
    | { readonly tasks: readonly Pick<TaskStatus, 'index' | 'paused'>[] }
    | undefined
  )[]
  /** The worker that runs a task; undefined for one that runs at another supervisor, or nowhere now. */
  readonly workerOf: (task: number) => number | undefined
  /** Whether a worker waits for room on the log's device. */
  readonly noRoom: (worker: number) => boolean
}

/** A sentence for each worker and each task that does not work; empty while all do. */
export function unreadyReasons({ tasks, reports, workerOf, noRoom }: ReadinessParts): string[] {
  const silent = reports.flatMap((report, number) => {
    if (report !== undefined) return []
    return noRoom(number)
      ? `worker ${number} waits for room on the log's device`
      : `worker ${number} is being started`
  })
  const waiting = tasks.flatMap(({ spec: { stage, number } }, index) => {
    const worker = workerOf(index)
    const report = worker === undefined ? undefined : reports[worker]
    if (report === undefined) return []
    const told = report.tasks.find((task) => task.index === index)
    if (told === undefined) return `${stage}/${number} is being opened`
    return told.paused === undefined ? [] : `${stage}/${number} is paused: ${told.paused}`
  })
  return [...silent, ...waiting]
}
