// Pipelines one after the other on one log, in virtual time: each is a change of the one before.
import { RecordsBuilder } from '../../src/base/records.ts'
import { progressHeader } from '../../src/contracts/progress.ts'
import { UNWATCHED } from '../../src/contracts/model-calls.ts'
import type { Step } from '../../src/contracts/steps.ts'
import { changeOf } from '../../src/engine/change/change-of.ts'
import { fenceTasks } from '../../src/engine/change/fence.ts'
import type { PlanChange } from '../../src/engine/change/plan-change.ts'
import { shapeOf, type Shape } from '../../src/engine/change/shape.ts'
import { openTask, type PipelineParts } from '../../src/engine/open-task.ts'
import { settle } from '../../src/engine/change/settle.ts'
import { tasksOf } from '../../src/engine/pipeline-tasks.ts'
import { rescaledTo, scaleOf, type Scale } from '../../src/engine/scale.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import type { TaskContext, TaskTuning } from '../../src/engine/task-context.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import type { Pipeline } from '../../src/pipeline/flow.ts'
import { loadModels, localVersions } from '../../src/runner/versions/load-models.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { OPEN } from '../../src/schema/guard.ts'
import { life, virtualLog, type VirtualLog } from './virtual-log.ts'

const PARTITIONS = 2
/** So that what moves is written in several appends. */
const SMALL: Partial<TaskTuning> = { snapshotBytes: 1000 }

export interface ChangingPipeline extends VirtualLog {
  /** Makes a pipeline the current one, and lets its tasks run until `stop`, or until they are killed. */
  change(flow: Pipeline, rescale?: { stage: string; tasks: number }): Promise<void>
  run(tuning?: Partial<TaskTuning>): Promise<{ readonly died: boolean; stop(): Promise<void> }>
  /** Appends events, or the end of all of them, to a partition of a topic. */
  send(topic: string, partition: number, events: readonly (object | 'end')[]): Promise<void>
  /** Values of all records of a topic, by partition, as text. */
  values(topic: string): Promise<string[][]>
}

/**
 * @param topics that exist before any pipeline.
 * @param dies asked as a step is reached; true: the process dies there. One that changes a pipeline is started again at once.
 */
export async function changingPipeline(
  topics: readonly string[],
  dies: (step: Step) => boolean = () => false,
): Promise<ChangingPipeline> {
  const virtual = await virtualLog(topics.map((name) => ({ name, partitions: PARTITIONS })))
  const { log } = virtual
  const until = <Value>(promise: Promise<Value>): Promise<Value> => virtual.until(promise)
  let shape: Shape | undefined
  let change: PlanChange | undefined
  let tasks: ReturnType<typeof tasksOf>['tasks'] = []
  let parts: PipelineParts | undefined

  /** Begins again after every death. */
  async function inLives<Value>(work: (context: TaskContext) => Promise<Value>): Promise<Value> {
    for (;;) {
      const own = life(virtual, SMALL, dies)
      const done = await until(
        Promise.race([work(own.context).then((value) => ({ value })), own.death]),
      )
      if (done !== undefined) return done.value
    }
  }

  async function become(flow: Pipeline, rescale?: { stage: string; tasks: number }): Promise<void> {
    const plan = planOf(flow)
    const before: Scale = shape === undefined ? { partitions: PARTITIONS } : scaleOf(shape)
    const scale = rescale === undefined ? before : rescaledTo(before, plan, rescale)
    const schemas = new Map(
      plan.streams.map(({ name, schema }) => [name, compileSchema(schema, name)]),
    )
    const sources = new Map(plan.streams.map(({ name }) => [name, PARTITIONS]))
    const made = tasksOf(plan, schemas, { ...scale, sources })
    for (const spec of made.topics) {
      const found = await until(log.topic(spec.name))
      if (found === undefined || found.partitions < spec.partitions)
        await until(log.ensureTopic(spec, { grow: true }))
    }
    const sized = { plan, schemas, sources, ...scale }
    const is = shapeOf({ ...sized, tasks: made.tasks, helpers: '' })
    const { pipeline } = plan
    if (shape !== undefined && parts !== undefined && shape.flow !== is.flow) {
      const was = { shape, plan: parts.plan.digest, change }
      await inLives((context) => fenceTasks(context, pipeline, was))
      const found = await until(changeOf(log, { pipeline, was: shape, is, before: change }))
      const next = JSON.parse(JSON.stringify(found)) as PlanChange
      change = next
      const { tasks: all } = made
      await inLives((context) =>
        settle(context, { plan, schemas, tasks: all, scale, change: next }),
      )
    }
    shape = is
    tasks = made.tasks
    parts = {
      plan,
      schemas,
      sources,
      models: await loadModels({ plan, schemas }, await localVersions({ plan, folder: '.' })),
      calls: UNWATCHED,
      guard: OPEN,
      change,
      metrics: () => ({
        chances: 0,
        measures: () => true,
        of: () => ({ add: () => undefined, remove: () => undefined }),
      }),
    }
  }

  return {
    ...virtual,
    change: become,
    run: async (tuning = {}) => {
      const own = life(virtual, tuning, dies)
      const running = parts
      if (running === undefined) throw new Error('no pipeline runs yet')
      const all = Promise.all(
        tasks.map(async (task) =>
          (await openTask(own.context, task, running)).run(() => undefined),
        ),
      )
      all.catch(() => undefined)
      await virtual.pass(1)
      return {
        get died() {
          return own.died
        },
        stop: async () => {
          own.kill()
          await until(Promise.race([all, virtual.scheduler.sleep(5000)]))
        },
      }
    },
    send: async (topic, partition, events) => {
      const records = new RecordsBuilder()
      for (const event of events) {
        if (event === 'end') records.add(0, '', '', progressHeader(Infinity))
        else records.add(0, '', JSON.stringify(event), '')
      }
      await virtual.write(topic, records.records(), partition)
    },
    values: async (topic) => {
      const all: string[][] = []
      const { partitions = 0 } = (await until(log.topic(topic))) ?? {}
      for (let partition = 0; partition < partitions; partition++) {
        const own: string[] = []
        await until(
          readPartition(log, { topic, partition, from: 0 }, (_, value) => {
            own.push(Buffer.from(value).toString('utf8'))
          }),
        )
        all.push(own)
      }
      return all
    },
  }
}
