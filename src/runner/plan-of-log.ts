// The tasks of the pipeline that a log was last run with, where its definition can still be loaded.
import { existsSync } from 'node:fs'
import { MillraceError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { scaleOf } from '../engine/scale.ts'
import type { Plan } from '../pipeline/plan.ts'
import { lastLayout } from './changes/become-current.ts'
import { lastRun } from './control.ts'
import { loadDefinition } from './load-definition.ts'
import { sized } from './sized.ts'

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
    const definition = await loadDefinition(run.file)
    const { plan } = definition
    const layout = await lastLayout(log, plan.pipeline)
    if (layout === undefined || plan.digest !== run.plan)
      return { why: `the definition ${run.file} is another now than the one that was run` }
    const { tasks } = await sized(log, definition, scaleOf(layout.shape))
    return { plan, tasks }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { why: error.message }
  }
}
