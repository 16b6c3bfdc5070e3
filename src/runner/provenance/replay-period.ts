// A row of `every` derived again from the log: the commit that wrote it is done again, and what it writes is compared with the record.
import { DefinitionError, StateError } from '../../base/errors.ts'
import { keyBytes, valueBytes } from '../../base/records.ts'
import type { Append, Log, Records } from '../../contracts/log.ts'
import { decodeCommit } from '../../engine/commit-record.ts'
import { readPartition } from '../../engine/read-partition.ts'
import { beforeHorizon } from '../../engine/recovery.ts'
import { replayCommit } from '../../engine/replay-commit.ts'
import { taskId, type TaskSpec } from '../../engine/task-spec.ts'
import { commitsTopic } from '../../engine/task-names.ts'
import { isOfStage } from '../../engine/task-plan.ts'
import type { EveryPlan, StagePlan } from '../../pipeline/plan.ts'
import { partsOf, type OpenedPipeline } from '../open-pipeline.ts'
import { namedCounts } from '../read-counts.ts'
import { layoutAt, planDifferences, tasksAt } from './replay-layout.ts'
import type { ReplayStep } from './replay-step.ts'

/** A record of a topic that a pipeline tells periods to. */
export interface PeriodPlace {
  readonly stage: StagePlan
  readonly every: EveryPlan
  readonly partition: number
  readonly offset: number
}

export interface PeriodReplay {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** As the record has it. */
  readonly key: string
  /** End of its period, ms since 1970. */
  readonly to: number
  /** What the record says. */
  readonly value: string
  /** The commit that wrote it. */
  readonly steps: readonly ReplayStep[]
  readonly equal: boolean
  readonly planDifferences: readonly string[]
  readonly otherPlan: string | undefined
}

/** The place that `TOPIC/PARTITION/OFFSET` names, where the topic is one of periods; undefined where it is not. */
export function periodPlace({ definition }: OpenedPipeline, id: string): PeriodPlace | undefined {
  const [, topic, partition, offset] = /^(.+)\/(\d+)\/(\d+)$/.exec(id) ?? []
  for (const stage of definition.plan.stages)
    for (const every of stage.everies)
      if (every.topic === topic)
        return { stage, every, partition: Number(partition), offset: Number(offset) }
  return undefined
}

interface Told {
  readonly key: Uint8Array
  readonly to: number
  readonly value: Uint8Array
  /** Records of the same key and period before it, in the topic. */
  readonly before: number
}

/** @throws DefinitionError where there is no such record; StateError ML_OFFSET_GONE where its commit is no longer kept. */
export async function replayPeriod(
  opened: OpenedPipeline,
  place: PeriodPlace,
): Promise<PeriodReplay> {
  const { log } = opened
  const { stage, every, partition, offset } = place
  const told = await toldAt(log, place)
  const spec = specOf(opened, stage, partition)
  const about = {
    topic: every.topic,
    partition,
    offset,
    key: Buffer.from(told.key).toString('utf8'),
    to: told.to,
    value: Buffer.from(told.value).toString('utf8'),
  }
  let seen = 0
  for (const commit of await candidates(opened, spec, told.to)) {
    const { otherPlan, appends } = await again(opened, spec, commit.number)
    const differences = await planDifferences(opened, commit.plan)
    const not = { steps: [], equal: false, planDifferences: differences, otherPlan }
    if (otherPlan !== undefined) return { ...about, ...not }
    for (const value of sameRows(appends, place, told)) {
      const equal = Buffer.compare(value, told.value) === 0
      if (!equal && seen++ < told.before) continue
      const step = {
        stage: stage.name,
        task: partition,
        commit: commit.number,
        wrote: `${every.topic}/${partition}`,
        bytes: told.value.length,
        equal,
      }
      return { ...about, ...not, steps: [step], equal }
    }
  }
  throw new StateError(
    'ML_OFFSET_GONE',
    `no commit of stage '${stage.name}', task ${partition}, that is still kept writes the record ${every.topic}/${partition}/${offset}: it lies before the replay horizon, or this definition tells no such period; for longer replays, give the pipeline a longer \`replay\``,
    { details: { topic: every.topic, partition, offset } },
  )
}

function specOf({ definition }: OpenedPipeline, stage: StagePlan, number: number): TaskSpec {
  const { pipeline, digest } = definition.plan
  return { pipeline, stage: stage.name, number, plan: digest }
}

/** The record, and how many of its key and period came before. */
async function toldAt(log: Log, { every, partition, offset }: PeriodPlace): Promise<Told> {
  const { topic } = every
  const parts = (await log.topic(topic))?.parts ?? []
  const part = parts.at(partition)
  const has = part !== undefined && offset >= part.start && offset < part.end
  const at = has ? await recordAt(log, { topic, partition, offset }) : undefined
  if (!has || at === undefined) {
    throw new DefinitionError(
      `a row of a period must be a record of '${topic}'; found none at partition ${partition}, offset ${offset}; \`millrace topics tail ${topic}\` shows the places of its records`,
      { code: 'ML_USAGE' },
    )
  }
  let before = 0
  await eachRecord(log, { topic, partition, from: part.start }, (records, row, own) => {
    if (own >= offset) return false
    if (isOf(records, row, at)) before++
    return true
  })
  return { ...at, before }
}

async function recordAt(
  log: Log,
  { topic, partition, offset }: { topic: string; partition: number; offset: number },
): Promise<Omit<Told, 'before'> | undefined> {
  let found: Omit<Told, 'before'> | undefined
  await eachRecord(log, { topic, partition, from: offset }, (records, row, own) => {
    if (own === offset)
      found = {
        key: keyBytes(records, row).slice(),
        to: records.times[row],
        value: valueBytes(records, row).slice(),
      }
    return false
  })
  return found
}

async function eachRecord(
  log: Log,
  { topic, partition, from }: { topic: string; partition: number; from: number },
  each: (records: Records, row: number, offset: number) => boolean,
): Promise<void> {
  for (let offset = from; ;) {
    const wanted = [{ topic, partition, offset }]
    const { runs, next } = await log.read(wanted, { maxBytes: 1 << 20, maxWaitMs: 0 })
    for (const { records, offsets } of runs)
      for (let row = 0; row < records.count; row++)
        if (offsets[row] >= offset && !each(records, row, offsets[row])) return
    if (next[0].offset >= next[0].end) return
    offset = next[0].offset
  }
}

interface Candidate {
  readonly number: number
  /** Digest of the plan that made it. */
  readonly plan: string
}

/** Commits that may have written a row of a period that ends at `to`: they come past it, and have written rows of periods. */
async function candidates(
  opened: OpenedPipeline,
  spec: TaskSpec,
  to: number,
): Promise<Candidate[]> {
  const { log } = opened
  const topic = commitsTopic(spec.pipeline, spec.stage)
  const from = (await log.topic(topic))?.parts.at(spec.number)?.start ?? 0
  const task = opened.tasks.tasks.find((each) => taskId(each.spec) === taskId(spec))
  const found: Candidate[] = []
  let rows = 0
  await readPartition(log, { topic, partition: spec.number, from }, (_, bytes) => {
    const commit = decodeCommit(bytes)
    const own = task === undefined ? 0 : (namedCounts(commit.counts, task).periodRows ?? 0)
    const { progress, ticked, lanes } = commit
    const reached = Math.max(progress, ticked, ...lanes.map(({ bound }) => bound))
    if (own !== rows && reached > to) found.push({ number: commit.number, plan: commit.plan })
    rows = own
    return true
  })
  if (found.length === 0) throw beforeHorizon(spec, 1)
  return found
}

/** What a commit writes, done again; nothing where it was made by a plan of another shape. */
async function again(
  opened: OpenedPipeline,
  spec: TaskSpec,
  commit: number,
): Promise<{ otherPlan: string | undefined; appends: readonly Append[] }> {
  const at = { stage: spec.stage, number: spec.number, commit }
  const { tasks, sources, otherPlan } = tasksAt(opened, at)
  const task = tasks.find((each) => isOfStage(each) && taskId(each.spec) === taskId(spec))
  if (otherPlan !== undefined || task === undefined)
    return { otherPlan: otherPlan ?? 'unknown', appends: [] }
  const change = layoutAt(opened.layouts, spec, commit).change ?? undefined
  const parts = { ...(await partsOf(opened)), sources, change }
  return { otherPlan, appends: await replayCommit(opened.log, task, { parts, commit }) }
}

function* sameRows(
  appends: readonly Append[],
  { every, partition }: PeriodPlace,
  told: Told,
): Generator<Uint8Array> {
  for (const { topic, partition: own, records } of appends) {
    if (topic !== every.topic || own !== partition) continue
    for (let row = 0; row < records.count; row++)
      if (isOf(records, row, told)) yield valueBytes(records, row)
  }
}

function isOf(records: Records, row: number, { key, to }: Omit<Told, 'value' | 'before'>): boolean {
  return records.times[row] === to && Buffer.compare(keyBytes(records, row), key) === 0
}
