// A replay is made of tasks as they were then: a pipeline may have been changed and rescaled since.
import { tasksOf } from '../../engine/pipeline-tasks.ts'
import { scaleOf, tasksOfStage } from '../../engine/scale.ts'
import { taskId, type TaskSpec } from '../../engine/task-spec.ts'
import type { TaskPlan } from '../../engine/task-plan.ts'
import { shapeOfDefinition } from '../changes/become-current.ts'
import { originOfPlan, type LayoutEvent } from '../control.ts'
import type { OpenedPipeline } from '../open-pipeline.ts'
import { originDifferences } from './origin-differences.ts'

export interface TasksThen {
  readonly tasks: readonly TaskPlan[]
  /** Partitions of each stream's topic, by stream. */
  readonly sources: ReadonlyMap<string, number>
  /** The plan that made the commit, where its features or stages are others than this definition's. */
  readonly otherPlan: string | undefined
}

/** As the tasks were when one of them made a commit: stages may have been rescaled since, and sources may have got partitions. */
export function tasksAt(
  { definition, layouts }: OpenedPipeline,
  at: { readonly stage: string; readonly number: number; readonly commit: number },
): TasksThen {
  const { plan, schemas } = definition
  const { stage, number, commit } = at
  const spec = { pipeline: plan.pipeline, stage, number, plan: plan.digest }
  const { shape, plan: by } = layoutAt(layouts, spec, commit)
  const sources = new Map(shape.streams.map(({ name, partitions }) => [name, partitions]))
  const scale = scaleOf(shape)
  const { tasks } = tasksOf(plan, schemas, { ...scale, sources })
  const own = shapeOfDefinition({ definition, ...scale, sources, tasks })
  return { tasks, sources, otherPlan: shape.flow === own.flow ? undefined : by }
}

/** The layout under which a task made a commit. */
export function layoutAt(
  layouts: readonly LayoutEvent[],
  spec: TaskSpec,
  commit: number,
): LayoutEvent {
  const after = ({ change }: LayoutEvent): number => change?.starts[taskId(spec)]?.after ?? 0
  const has = ({ shape }: LayoutEvent): boolean =>
    shape.stages.every(({ name }) => name !== spec.stage) ||
    spec.number < tasksOfStage(shape, spec.stage)
  return layouts.findLast((each) => has(each) && after(each) < commit) ?? layouts[0]
}

/** What is another in the plan of that digest than in this definition. Empty: it is the same plan. */
export async function planDifferences(
  { log, definition }: OpenedPipeline,
  digest: string,
): Promise<string[]> {
  if (digest === definition.plan.digest) return []
  const was = await originOfPlan(log, digest)
  if (was === undefined) return ['it is another, and the log has no run with it that says in what']
  const differences = originDifferences(was, definition.origin)
  return differences.length > 0
    ? differences
    : ['it is another, though all it is made from is the same']
}
