// The tasks of the pipeline that a log was last run with, where its definition can still be loaded.
import { existsSync } from 'node:fs'
import { MillraceError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import { tasksOf, type TaskPlan } from '../engine/pipeline-tasks.ts'
import { commitsTopic } from '../engine/task-names.ts'
import type { Plan } from '../pipeline/plan.ts'
import { lastRun } from './control.ts'
import { loadDefinition } from './load-definition.ts'

export interface PlanOfLog {
  /** undefined where no pipeline was run. */
  readonly plan: Plan | undefined
  readonly tasks: readonly TaskPlan[]
}

/** @returns `why` it is not known, where it is not. */
export async function readPlanOf(log: Log): Promise<PlanOfLog | { readonly why: string }> {
  const run = await lastRun(log)
  if (run === undefined) return { plan: undefined, tasks: [] }
  if (!existsSync(run.file)) return { why: `the definition ${run.file} is not there` }
  try {
    const { plan, schemas } = await loadDefinition(run.file)
    const commits = await log.topic(commitsTopic(plan.pipeline, plan.stages[0].name))
    if (commits === undefined || plan.digest !== run.plan)
      return { why: `the definition ${run.file} is another now than the one that was run` }
    const { partitions } = commits
    const sources = new Map<string, number>()
    for (const { name, topic } of plan.streams)
      sources.set(name, (await log.topic(topic))?.partitions ?? partitions)
    return { plan, tasks: tasksOf(plan, schemas, { partitions, sources }).tasks }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { why: error.message }
  }
}
