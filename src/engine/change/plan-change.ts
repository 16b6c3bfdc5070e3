// How the tasks of a plan begin where another plan ran before it on the same log (ENGINE 13). JSON: it lies in the control topic,
// so that every process, and every later start, begins from the same places.
import type { Plan, StagePlan, StreamPlan } from '../../pipeline/plan.ts'
import { originsOf } from '../../pipeline/plan-streams.ts'
import type { SourceBefore } from '../operators/source-body.ts'
import type { StageBefore } from '../operators/stage-options.ts'
import { Handled, type HandledPart } from './handled.ts'
import type { TaskStart } from './task-start.ts'

export interface PlanChange {
  /** By the task's id. A task without one goes on as it is, or is new. */
  readonly starts: Readonly<Record<string, TaskStart>>
  /** Of each stream, a partition each. */
  readonly streams: Readonly<Record<string, readonly StreamBefore[]>>
  /** Rows of the pipeline's own stream that came to their end. */
  readonly handled: readonly HandledPart[]
  /** Events that the state of a set has, by `<stage>/<set>`: of those sets that kept theirs. */
  readonly taken: Readonly<Record<string, readonly HandledPart[]>>
  /** Per topic of `every`, by task: periods due before this event time, ms, were told. */
  readonly told: Readonly<Record<string, readonly number[]>>
}

export type StreamBefore = Pick<SourceBefore, 'taken' | 'built'>

/** What one partition of a stream that is read had before the change. */
export function sourceBefore(
  change: PlanChange,
  of: { readonly plan: Plan; readonly stream: StreamPlan; readonly partition: number },
): SourceBefore | undefined {
  const { plan, stream, partition } = of
  const part = change.streams[stream.name]?.[partition]
  if (part === undefined) return undefined
  const handled = change.handled.find(
    (each) => each.topic === stream.topic && each.partition === partition,
  )
  const isRows = originsOf(plan, plan.from).includes(stream)
  return { ...part, handled: isRows ? handled : undefined }
}

/** What the rows and sets of a stage had before the change. */
export function stageBefore(
  { handled, taken, told }: PlanChange,
  plan: Plan,
  { name, own, lookups }: StagePlan,
): StageBefore {
  const topics = (stream: string): string[] => originsOf(plan, stream).map(({ topic }) => topic)
  const sets = [...own, ...lookups].flatMap(({ set }) => {
    const parts = taken[`${name}/${set.name}`]
    return parts === undefined ? [] : [[set.name, new Handled(parts, topics(set.stream))] as const]
  })
  return {
    handled: new Handled(handled, topics(plan.from)),
    taken: new Map(sets),
    told: (topic, task) => told[topic]?.[task] ?? -Infinity,
  }
}
