// Does a commit again: the state before it, the ranges it recorded, the same operators. What it writes must be what is in the log.
import { RecordsBuilder } from '../base/records.ts'
import type { Append, Log } from '../contracts/log.ts'
import type { CommitRecord } from './commit-record.ts'
import { fillLane } from './fill-lane.ts'
import { merge, Merged } from './exchange/merge.ts'
import type { StageBody } from './body.ts'
import {
  idleInputs,
  lanesOf,
  primaryIdle,
  settledOf,
  settles,
  START,
  type TaskInput,
} from './merge-task.ts'
import { directBody, mergeBody, sourceBody, type PipelineParts } from './open-task.ts'
import type { DirectBody } from './operators/direct-body.ts'
import type { SourceBody } from './operators/source-body.ts'
import type { TaskPlan } from './task-plan.ts'
import { beforeHorizon, commitAt, restore } from './recovery.ts'
import type { StateMemory } from './state/memory.ts'
import { TUNING } from './task-context.ts'
import type { TaskSpec } from './task-spec.ts'

/** Gives what the commit wrote, derived again from the log, and nothing of it written. */
export async function replayCommit(
  log: Log,
  task: TaskPlan,
  { parts, commit }: { parts: PipelineParts; commit: number },
): Promise<readonly Append[]> {
  const of = { spec: task.spec, commit }
  if (task.kind === 'source') {
    return replaySource(log, {
      ...of,
      topic: task.stream.topic,
      body: (memory) => sourceBody(memory, task, parts),
    })
  }
  const own = { log, sealRows: TUNING.sealRows, parts }
  if (task.kind === 'direct') {
    const { topic } = task.stream
    return replayDirect(log, { ...of, topic, body: (memory) => directBody(memory, task, own) })
  }
  const { inputs } = task
  return replayMerge(log, { ...of, inputs, body: (memory) => mergeBody(memory, task, own) })
}

interface ReplayOf<Body> {
  readonly spec: TaskSpec
  readonly commit: number
  readonly body: (memory: StateMemory) => Body
}

/** The records of the commit's range, at the time they were taken. */
export async function replaySource(
  log: Log,
  of: ReplayOf<SourceBody> & { readonly topic: string },
): Promise<readonly Append[]> {
  const { spec, topic, commit, body } = of
  const { memory, last, record } = await before(log, spec, commit)
  const { records, offsets } = await recordsOf(
    log,
    { topic, partition: spec.number },
    { from: last?.lanes[0].offset ?? 0, to: record.lanes[0].offset },
  )
  const batch = { idle: record.lanes[0].idle, commit, now: record.tick }
  return body(memory).process(records, offsets, batch)
}

/** The records of the commit's range through the source and the stage behind it. */
async function replayDirect(
  log: Log,
  of: ReplayOf<DirectBody> & { readonly topic: string },
): Promise<readonly Append[]> {
  const { spec, topic, commit, body } = of
  const { memory, last, record } = await before(log, spec, commit)
  const [lane] = record.lanes
  const { records, offsets } = await recordsOf(
    log,
    { topic, partition: spec.number },
    { from: last?.lanes[0].offset ?? 0, to: lane.offset },
  )
  return body(memory).process(records, offsets, {
    idle: lane.idle,
    commit,
    now: record.tick,
    ticked: record.ticked,
    byTick: record.ticked > (last?.ticked ?? -Infinity),
    reached: last?.progress ?? -Infinity,
    recorded: record.unscored,
  })
}

/** The rows of the commit's ranges: whatever a lane waited for or not, they come in the order they were taken in (ENGINE 1). */
export async function replayMerge(
  log: Log,
  of: ReplayOf<StageBody> & { readonly inputs: readonly TaskInput[] },
): Promise<readonly Append[]> {
  const { spec, inputs, commit, body } = of
  const { memory, last, record } = await before(log, spec, commit)
  const lanes = lanesOf(inputs, last?.lanes)
  let rows = 0
  for (let i = 0; i < lanes.length; i++)
    rows += await fillLane(log, lanes[i], [last?.lanes[i] ?? START, record.lanes[i]])
  const merged = new Merged(inputs.length, Math.max(rows, 1))
  merge(lanes, { waits: inputs.map(() => 0), behind: 0, now: 0, limit: rows }, merged)
  const { progress, ticked, unscored } = record
  const from = last?.lanes ?? lanes.map(() => START)
  const settled = settledOf(inputs, record.lanes)
  const stage = body(memory)
  const moved =
    rows > 0 ||
    progress > (last?.progress ?? -Infinity) ||
    primaryIdle(inputs, record.lanes) !== primaryIdle(inputs, from) ||
    settles(stage, settled)
  return stage.process(merged, {
    progress,
    settled,
    time: Math.max(progress, ticked),
    ticked: !moved,
    commit,
    from,
    idle: idleInputs(inputs, record.lanes),
    recorded: unscored,
  })
}

/** The state before a commit, the commit before it, and what it says itself. */
async function before(
  log: Log,
  spec: TaskSpec,
  commit: number,
): Promise<{ memory: StateMemory; last: CommitRecord | undefined; record: CommitRecord }> {
  const { memory, last, lastOffset } = await restore(log, spec, commit - 1)
  const record = await commitAt(log, spec, { number: commit, from: lastOffset + 1 })
  if (record === undefined) throw beforeHorizon(spec, commit)
  return { memory, last, record }
}

async function recordsOf(
  log: Log,
  place: { topic: string; partition: number },
  { from, to }: { from: number; to: number },
): Promise<{ records: ReturnType<RecordsBuilder['records']>; offsets: Float64Array }> {
  const builder = new RecordsBuilder()
  const offsets: number[] = []
  let offset = from
  while (offset < to) {
    const { runs, next } = await log.read([{ ...place, offset }], {
      maxBytes: 1 << 20,
      maxWaitMs: 0,
    })
    for (const run of runs) {
      for (let i = 0; i < run.records.count; i++) {
        if (run.offsets[i] < offset || run.offsets[i] >= to) continue
        builder.addFrom(run.records, i)
        offsets.push(run.offsets[i])
      }
    }
    if (next[0].offset <= offset) break
    offset = next[0].offset
  }
  return { records: builder.records(), offsets: Float64Array.from(offsets) }
}
