// A whole pipeline on the embedded log in virtual time: its tasks run in lives, between which time passes.
import { RecordsBuilder } from '../../src/base/records.ts'
import { UNWATCHED } from '../../src/contracts/model-calls.ts'
import { openTask, type PipelineParts } from '../../src/engine/open-task.ts'
import { tasksOf, type PipelineTasks } from '../../src/engine/pipeline-tasks.ts'
import type { Standbys } from '../../src/engine/standbys.ts'
import type { TaskTuning } from '../../src/engine/task-context.ts'
import type { Pipeline } from '../../src/pipeline/flow.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { loadModels, localVersions } from '../../src/runner/versions/load-models.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { OPEN } from '../../src/schema/guard.ts'
import { life, virtualLog, type VirtualLog } from './virtual-log.ts'

export interface VirtualPipeline extends VirtualLog {
  readonly plan: Plan
  readonly tasks: PipelineTasks['tasks']
  readonly parts: PipelineParts
  /** Opens all tasks, from copies where there are some; they run until `stop` resolves. Fails with what a task failed with. */
  run(tuning?: Partial<TaskTuning>, copies?: Standbys): Promise<{ stop(): Promise<void> }>
  /** Appends events to partition 0 of a topic. */
  send(topic: string, events: readonly object[]): Promise<void>
}

/** @param start ms since 1970 at which time begins. */
export async function virtualPipeline(flow: Pipeline, start: number): Promise<VirtualPipeline> {
  const plan = planOf(flow)
  const schemas = new Map(
    plan.streams.map(({ name, schema }) => [name, compileSchema(schema, name)]),
  )
  const sources = new Map(plan.streams.map(({ name }) => [name, 1]))
  const { tasks, topics } = tasksOf(plan, schemas, { partitions: 1, sources })
  const parts: PipelineParts = {
    plan,
    schemas,
    sources,
    models: await loadModels({ plan, schemas }, await localVersions({ plan, folder: '.' })),
    calls: UNWATCHED,
    guard: OPEN,
    // Months of curves would make the state of the join so large that it takes years to be worth a snapshot.
    metrics: () => ({
      chances: 0,
      measures: () => true,
      of: () => ({ add: () => undefined, remove: () => undefined }),
    }),
  }
  const virtual = await virtualLog(topics, start)
  return {
    ...virtual,
    plan,
    tasks,
    parts,
    run: async (tuning = {}, copies) => {
      const own = life(virtual, { replayMs: plan.replayMs, ...tuning })
      const all = Promise.all(
        tasks.map(async (task) => {
          const context = { ...own.context, copy: await copies?.take(task.spec) }
          return (await openTask(context, task, parts)).run(() => undefined)
        }),
      )
      all.catch(() => undefined)
      await virtual.pass(1)
      return {
        stop: async () => {
          own.kill()
          await virtual.until(all)
        },
      }
    },
    send: async (topic, events) => {
      const records = new RecordsBuilder()
      for (const event of events) records.add(0, '', JSON.stringify(event), '')
      await virtual.write(topic, records.records())
    },
  }
}
