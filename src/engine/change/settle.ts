// What a change of the number of tasks leaves to do before its tasks work (ENGINE 13). Whoever starts them does it, once: done again, it
// does nothing, and killed anywhere, it is done by the next one.
//
// The state of a task that takes keys of others is written whole with its first commits, so that from then on it needs nothing of the
// tasks it came from, which may let go of what they had. Tasks that are no more say so in the lanes that outlive them.
import type { Append } from '../../contracts/log.ts'
import type { Plan } from '../../pipeline/plan.ts'
import type { EventSchema } from '../../schema/event-schema.ts'
import { encodeCommit, laneFromJson } from '../commit-record.ts'
import { Block } from '../exchange/block.ts'
import { blockRecord, Router, type Hop } from '../exchange/router.ts'
import { valueBytes } from '../../base/records.ts'
import { lastRecord } from '../last-record.ts'
import { learnsFromRows } from '../learning-models.ts'
import { WAITING_LAYOUT } from '../operators/join-layouts.ts'
import { learningLayout } from '../operators/learning-layout.ts'
import { noRows } from '../operators/plain-columns.ts'
import { isWatched, watchedOfRows, watchLayout } from '../watched-models.ts'
import { isOfStage, type TaskPlan } from '../task-plan.ts'
import { lastCommit } from '../recovery.ts'
import { predictionWriters, tasksOfStage, type Scale } from '../scale.ts'
import { encodeSnapshot, type SnapshotPart } from '../snapshot-record.ts'
import { countsIn } from '../state/counts.ts'
import { StateMemory } from '../state/memory.ts'
import type { TaskContext } from '../task-context.ts'
import { taskId } from '../task-spec.ts'
import {
  commitsTopic,
  learningTopic,
  snapshotsTopic,
  waitingTopic,
  watchedTopic,
} from '../task-names.ts'
import { wholeSnapshot } from '../whole-snapshot.ts'
import { movedMemory, type MoveOf } from './move-state.ts'
import type { PlanChange } from './plan-change.ts'
import { takesKeys } from './seed.ts'
import type { TaskStart } from './task-start.ts'

export interface SettleOf {
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
  readonly tasks: readonly TaskPlan[]
  readonly scale: Scale
  readonly change: PlanChange
}

const CHUNK_BYTES = 256 << 10
const NO_CHUNK = new Uint8Array(0)

export async function settle(context: TaskContext, of: SettleOf): Promise<void> {
  const { plan, schemas, tasks, change } = of
  for (const task of tasks) {
    const start = change.starts[taskId(task.spec)]
    if (isOfStage(task) && start !== undefined && takesKeys(start.seed))
      await beginMoved(context, start, { plan, schemas, task })
  }
  await endGone(context, of)
}

async function beginMoved(context: TaskContext, start: TaskStart, of: MoveOf): Promise<void> {
  const { log, clock, steps, tuning } = context
  const { spec } = of.task
  const last = await lastCommit(log, spec)
  if ((last?.number ?? 0) > start.after) return
  const { pipeline, stage, number: partition } = spec
  const [snapshots, commits] = [snapshotsTopic(pipeline, stage), commitsTopic(pipeline, stage)]
  const writer = await log.openWriter(taskId(spec), { fromReserve: true })
  const memory = await movedMemory(log, start.seed, of)
  const number = start.after + 1
  const lanes = start.lanes.map(laneFromJson)
  const part: SnapshotPart = {
    from: number + 1,
    commit: number + 1,
    fromOffset: (await log.topic(commits))?.parts[partition].end ?? 0,
    startsAt: (await log.topic(snapshots))?.parts[partition].end ?? 0,
    before: (await wholeSnapshot(log, spec))?.end ?? -1,
    last: false,
    at: clock.now(),
    kept: lanes.map(({ offset }) => offset),
    seeded: number,
  }
  const cursor = memory.startSnapshot(CHUNK_BYTES)
  let appends: Append[] = []
  let bytes = 0
  for (let chunk = memory.readChunk(cursor); chunk !== undefined;) {
    appends.push({ topic: snapshots, partition, records: blockRecord(encodeSnapshot(part, chunk)) })
    bytes += chunk.length
    if (bytes > tuning.snapshotBytes) {
      await steps.reach('move:chunks')
      await writer.append(appends)
      appends = []
      bytes = 0
    }
    chunk = memory.readChunk(cursor)
  }
  const commit = {
    progress: -Infinity,
    tick: NaN,
    ticked: -Infinity,
    plan: spec.plan,
    lanes,
    counts: countsIn(memory),
    stateBytes: memory.bytes,
    unscored: [],
  }
  const nothing = new StateMemory().takeDelta()
  const own = [
    encodeCommit({ ...commit, number, seed: start.seed }, nothing),
    // The snapshot stands behind the seed, as that of any other commit.
    encodeCommit({ ...commit, number: number + 1 }, nothing),
  ]
  await steps.reach('move:commit')
  await writer.append([
    ...appends,
    {
      topic: snapshots,
      partition,
      records: blockRecord(encodeSnapshot({ ...part, last: true }, NO_CHUNK)),
    },
    ...own.map((record) => ({ topic: commits, partition, records: blockRecord(record) })),
  ])
  await steps.reach('move:done')
  await writer.close()
}

/** Lanes to joins and learners stay when the tasks that wrote them are gone: a last block says that nothing more comes. */
async function endGone({ log, steps }: TaskContext, { plan, scale }: SettleOf): Promise<void> {
  const { pipeline, stages } = plan
  const { name: stage, models } = stages[stages.length - 1]
  const { partitions } = scale
  for (const model of models) {
    const hops: Omit<Hop, 'writer'>[] = []
    if (model.labels !== undefined)
      hops.push({ topic: waitingTopic(pipeline, model.name), layout: WAITING_LAYOUT, partitions })
    if (learnsFromRows(model)) {
      const layout = learningLayout(model.learning.features)
      hops.push({ topic: learningTopic(pipeline, model.name), layout, partitions: 1 })
    }
    if (isWatched(model)) {
      const watched = watchedOfRows(model)
      const layout = watchLayout(watched)
      if (watched.length > 0)
        hops.push({ topic: watchedTopic(pipeline, model.name), layout, partitions: 1 })
    }
    const writers = hops.length === 0 ? 0 : predictionWriters(scale, model.name)
    for (let task = tasksOfStage(scale, stage); task < writers; task++) {
      const ends = hops.flatMap((hop) =>
        new Router({ ...hop, writer: task }).route(noRows(hop.layout), 0, {
          progress: Infinity,
          idle: false,
          commit: 0,
        }),
      )
      const open: Append[] = []
      for (const end of ends) {
        const last = await lastRecord(log, end.topic, end.partition)
        const isOver =
          last !== undefined && new Block(valueBytes(last.record, 0)).progress === Infinity
        if (!isOver) open.push(end)
      }
      if (open.length === 0) continue
      const writer = await log.openWriter(taskId({ pipeline, stage, number: task, plan: '' }))
      await steps.reach('gone:end')
      await writer.append(open)
      await steps.reach('gone:ended')
      await writer.close()
    }
  }
}
