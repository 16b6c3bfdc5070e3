// What can be asked of a run while it goes on, from what its tasks and workers told last.
import { isOfStage } from '../../engine/task-plan.ts'
import { ConnectorError, DefinitionError } from '../../base/errors.ts'
import { murmur2, partitionOf } from '../../base/murmur2.ts'
import type { GroupCounts } from '../../contracts/membership.ts'
import type { FeaturesAsked, FeaturesTold } from '../../contracts/edge.ts'
import type { TaskPlan } from '../../engine/task-plan.ts'
import type { Plan, SetUse } from '../../pipeline/plan.ts'
import type { FromWorker, LookJob, TaskStatus } from '../messages.ts'
import type { RunFigures } from './figures.ts'
import type { Lookups } from './lookups.ts'
import { unreadyReasons, type ReadinessParts } from './unready.ts'

/** A run that goes on, for those who ask it something. */
export interface RunningPipeline {
  /** Why not all tasks work, one sentence each; empty while they do. */
  unready(): string[]
  figures(): RunFigures
  /** undefined for a key that is not known. */
  features(asked: FeaturesAsked): Promise<FeaturesTold | undefined>
}

export interface RunParts extends ReadinessParts {
  readonly plan: Plan
  readonly tasks: readonly TaskPlan[]
  /** What each task told last, by its index. */
  readonly told: ReadonlyMap<number, TaskStatus>
  readonly reports: readonly ((FromWorker & { kind: 'status' }) | undefined)[]
  readonly lookups: Lookups
  readonly send: (worker: number, job: LookJob) => void
  readonly restarts: () => number
  /** The group of supervisors; undefined for a log that has none. */
  readonly group: () => GroupCounts | undefined
  readonly quarantined: () => RunFigures['quarantined']
}

export class Running implements RunningPipeline {
  readonly #parts: RunParts

  constructor(parts: RunParts) {
    this.#parts = parts
  }

  unready(): string[] {
    return unreadyReasons(this.#parts)
  }

  figures(): RunFigures {
    const { reports, told, tasks, workerOf, restarts, quarantined, group } = this.#parts
    const own = process.resourceUsage()
    const workers = reports.flatMap((report, number) => {
      if (report === undefined) return []
      const { memoryBytes, cpuSeconds } = report
      return [{ name: `worker-${number}`, memoryBytes, cpuSeconds }]
    })
    const supervisor = {
      name: 'supervisor',
      memoryBytes: process.memoryUsage.rss(),
      cpuSeconds: (own.userCPUTime + own.systemCPUTime) / 1e6,
    }
    return {
      tasks: [...told.values()].flatMap((status) => {
        if (workerOf(status.index) === undefined) return []
        const { kind, spec } = tasks[status.index]
        return [{ ...status, kind, stage: spec.stage, task: spec.number }]
      }),
      processes: [supervisor, ...workers],
      copies: reports.flatMap((report) =>
        (report?.copies ?? []).map(({ index, behind }) => {
          const { stage, number } = tasks[index].spec
          return { stage, task: number, behind }
        }),
      ),
      restoring: reports.flatMap((report) =>
        (report?.restoring ?? []).map(({ index, done, total, bytes }) => {
          const { stage, number } = tasks[index].spec
          return { stage, task: number, done, total, bytes }
        }),
      ),
      restarts: restarts(),
      group: group(),
      quarantined: quarantined(),
    }
  }

  async features({ set, key, at }: FeaturesAsked): Promise<FeaturesTold | undefined> {
    const { plan, tasks, reports, lookups, send, workerOf } = this.#parts
    const stage = keeperOf(plan, set)
    const partitions = tasks.filter((each) => isOfStage(each) && each.spec.stage === stage).length
    const partition = partitionOf(murmur2(Buffer.from(key)), partitions)
    const task = tasks.findIndex(
      (each) => isOfStage(each) && each.spec.stage === stage && each.spec.number === partition,
    )
    const worker = workerOf(task)
    if (worker === undefined) {
      throw new ConnectorError(
        'ML_CONNECTION',
        `the task that owns the key must be one of this process's own; found that ${stage}/${partition} runs at another, or is on its way: ask the others, or again in a moment`,
        { retryable: true },
      )
    }
    if (reports[worker] === undefined) {
      throw new ConnectorError(
        'ML_CONNECTION',
        'the worker that owns the key must be at work; found that it is being started: ask again in a moment',
        { retryable: true },
      )
    }
    const { commit, seen } = await lookups.ask(worker, (id) =>
      send(worker, { kind: 'look', id, task, set, key, at }),
    )
    return seen && { set, key, at: seen.at, commit, features: seen.features }
  }
}

/** The stage that keeps a set: where its own rows update it, else the first that looks it up. */
function keeperOf({ stages }: Plan, set: string): string {
  const named = ({ set: { name } }: SetUse): boolean => name === set
  const stage =
    stages.find(({ own }) => own.some(named)) ?? stages.find(({ lookups }) => lookups.some(named))
  if (stage !== undefined) return stage.name
  const known = stages.flatMap(({ own, lookups }) =>
    [...own, ...lookups].map((each) => each.set.name),
  )
  throw new DefinitionError(
    `a set must be one of the pipeline's: ${known.join(', ') || 'it has none'}; found another name`,
    { code: 'ML_USAGE' },
  )
}
