import { describe, expect, it } from 'vitest'
import { murmur2, partitionOf } from '../../src/base/murmur2.ts'
import { keyBytes, recordText, RecordsBuilder, type Records } from '../../src/base/records.ts'
import { UNWATCHED } from '../../src/contracts/model-calls.ts'
import type { Append, Log } from '../../src/contracts/log.ts'
import type { PipelineParts } from '../../src/engine/open-task.ts'
import { tasksOf } from '../../src/engine/pipeline-tasks.ts'
import { isOfStage, type TaskPlan } from '../../src/engine/task-plan.ts'
import { lastCommit, restore } from '../../src/engine/recovery.ts'
import { replayCommit } from '../../src/engine/replay-commit.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import { OPEN } from '../../src/schema/guard.ts'
import { directPeriods, spendingPeriods } from '../testing/spending-periods.ts'
import { changingPipeline, type ChangingPipeline } from './changing-fixture.ts'

/** What the virtual clock says at the beginning, and a minute is not over. */
const BEGIN = 1_000_000
const PARTITIONS = 2
const TUNING = { batchRows: 3, snapshotBytes: 1000 }

const payment = (card: string, after: number, amount: number) => ({
  card,
  at: BEGIN + after,
  amount,
})

/** Each to the partition of its key. */
async function send(
  on: ChangingPipeline,
  payments: readonly ReturnType<typeof payment>[],
): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const records = new RecordsBuilder()
    for (const each of payments)
      if (partitionOf(murmur2(Buffer.from(each.card)), PARTITIONS) === partition)
        records.add(0, each.card, JSON.stringify(each), '')
    if (records.count > 0) await on.write('payments', records.records(), partition)
  }
}

/** Events, then nothing for so long that ticks tell of periods, then late ones, with a kill between, and the end. */
async function run(flow: typeof spendingPeriods): Promise<ChangingPipeline> {
  const on = await changingPipeline(['payments'])
  await on.change(flow)
  const first = await on.run(TUNING)
  await send(on, [
    payment('a', 1000, 1),
    payment('c', 1500, 3),
    payment('b', 2000, 2),
    payment('a', 8000, 4),
  ])
  await on.pass(150_000)
  await send(on, [payment('b', 3000, 5), payment('c', 4000, 6)])
  await on.pass(1000)
  await first.stop()
  const second = await on.run(TUNING)
  await send(on, [payment('a', 150_000, 7), payment('a', 90_000, 8)])
  await on.pass(1000)
  for (const partition of [0, 1]) await on.send('payments', partition, ['end'])
  await on.pass(5000)
  await second.stop()
  return on
}

function lines(records: Records): string[] {
  return Array.from({ length: records.count }, (_, i) => {
    const key = Buffer.from(keyBytes(records, i)).toString('utf8')
    return `${key} ${records.times[i]} ${recordText(records, i, 'value')}`
  })
}

async function written(log: Log, topic: string, partition: number): Promise<string[]> {
  const { runs } = await log.read([{ topic, partition, offset: 0 }], {
    maxBytes: 1 << 20,
    maxWaitMs: 0,
  })
  return runs.flatMap(({ records }) => lines(records))
}

function partsOf(flow: typeof spendingPeriods): {
  readonly parts: PipelineParts
  readonly tasks: readonly TaskPlan[]
} {
  const plan = planOf(flow)
  const schemas = new Map(
    plan.streams.map(({ name, schema }) => [name, compileSchema(schema, name)]),
  )
  const sources = new Map(plan.streams.map(({ name }) => [name, PARTITIONS]))
  const { tasks } = tasksOf(plan, schemas, { partitions: PARTITIONS, sources })
  const parts = {
    plan,
    schemas,
    sources,
    models: new Map(),
    calls: UNWATCHED,
    guard: OPEN,
    change: undefined,
    metrics: () => ({
      chances: 0,
      measures: () => true,
      of: () => ({ add: () => undefined, remove: () => undefined }),
    }),
  }
  return { parts, tasks }
}

const toldBy = (appends: readonly Append[], topic: string): string[] =>
  appends.filter((append) => append.topic === topic).flatMap(({ records }) => lines(records))

describe.each([
  ['rows of periods', spendingPeriods],
  ['rows of periods of a stage that reads its source itself', directPeriods],
])('%s', (_, flow) => {
  it('are told by ticks, told again after late events, and by a replay of each commit to the same bytes', async () => {
    const on = await run(flow)
    const { parts, tasks } = partsOf(flow)
    const all: string[] = []
    let ticked = 0
    for (const task of tasks) {
      if (!isOfStage(task) || task.stage.everies.length === 0) continue
      const [{ topic }] = task.stage.everies
      const last = await on.until(lastCommit(on.log, task.spec))
      const again: string[] = []
      for (let commit = 1; commit <= (last?.number ?? 0); commit++) {
        const { last: record } = await on.until(restore(on.log, task.spec, commit))
        const { last: before } = await on.until(restore(on.log, task.spec, commit - 1))
        const appends = await on.until(replayCommit(on.log, task, { parts, commit }))
        const rows = toldBy(appends, topic)
        if (rows.length > 0 && record?.ticked !== (before?.ticked ?? -Infinity)) ticked++
        again.push(...rows)
      }
      const found = await on.until(written(on.log, topic, task.spec.number))
      expect(again).toEqual(found)
      all.push(...found)
    }
    expect(ticked).toBeGreaterThan(0)
    const revisions = all.map((line) => /"revision":(\d)/.exec(line)?.[1])
    expect(new Set(revisions)).toContain('1')
  })
})
