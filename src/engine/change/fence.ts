// Ends whatever still works for the plan before: after it, nothing of that plan is written any more.
import { Committer } from '../committer.ts'
import { lastCommit } from '../recovery.ts'
import type { TaskContext } from '../task-context.ts'
import { taskId } from '../task-spec.ts'
import { commitsTopic } from '../task-names.ts'
import { tasksOfShape } from './cut.ts'
import type { PlanChange } from './plan-change.ts'
import type { Shape } from './shape.ts'

export interface EarlierPlan {
  readonly shape: Shape
  /** Its digest. */
  readonly plan: string
  /** How it began itself, where that was a change. */
  readonly change: PlanChange | undefined
}

/** Takes every task over, and lets one that never began under its plan begin: only then does it stand where the plan says. */
export async function fenceTasks(
  context: TaskContext,
  pipeline: string,
  { shape, plan, change }: EarlierPlan,
): Promise<void> {
  const { log, steps } = context
  for (const task of tasksOfShape(pipeline, shape)) {
    const own = { ...task, plan }
    const start = change?.starts[taskId(own)]
    const info = await log.topic(commitsTopic(pipeline, task.stage))
    // Its topic is made when it first runs: there is nothing of it yet.
    if (info?.parts[task.number] === undefined) continue
    await steps.reach('fence:task')
    const last = await lastCommit(log, own)
    if (start === undefined || (last?.number ?? 0) > start.after) {
      await (await log.openWriter(taskId(own))).close()
      continue
    }
    const { committer } = await Committer.open(context, own, [], start)
    await committer.close()
  }
}
