import { describe, expect, it } from 'vitest'
import { replayCommit } from '../../src/engine/replay-commit.ts'
import { explanations } from '../../src/runner/provenance/explain.ts'
import { valueBytes } from '../../src/base/records.ts'
import { Block } from '../../src/engine/exchange/block.ts'
import { receiptsTopic } from '../../src/engine/task-names.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import type { Explanation } from '../../src/contracts/explanation.ts'
import { restore } from '../../src/engine/recovery.ts'
import { CountingLog } from './counting-log.ts'
import { smallShop } from './small-shop.ts'
import { virtualPipeline, type VirtualPipeline } from './pipeline-fixture.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)
const EVENTS = 60

/** Every day some events, done by tasks that begin anew. @returns the most bytes internal topics had at the end of a day. */
async function runDays(virtual: VirtualPipeline, from: number, to: number): Promise<number> {
  let most = 0
  for (let day = from; day < to; day++) {
    const tasks = await virtual.run({ snapshotBytes: 512, batchRows: 8, sealRows: 64 })
    const now = virtual.scheduler.now()
    const ids = Array.from({ length: EVENTS }, (_, i) => `${day}-${i}`)
    await virtual.send(
      'payments',
      ids.map((id, i) => ({ id, at: now + i, card: `card-${i % 7}`, shop: `shop-${i % 3}` })),
    )
    await virtual.send(
      'chargebacks',
      ids.slice(0, 10).map((payment, i) => ({ payment, at: now + i, shop: `shop-${i % 3}` })),
    )
    await virtual.pass(5000)
    await tasks.stop()
    most = Math.max(most, await internalBytes(virtual))
    await virtual.pass(DAY - 5000)
  }
  return most
}

async function internalBytes({ log }: VirtualPipeline): Promise<number> {
  const own = (await log.topics()).filter(({ name }) => name.startsWith('_'))
  return own.flatMap(({ parts }) => parts).reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Does the commit of a prediction again; gives whether the receipts it writes are those in the log. */
async function replays(
  { log, plan, tasks, parts }: VirtualPipeline,
  { receipt }: Explanation,
): Promise<boolean> {
  const last = tasks.findLast(({ kind }) => kind === 'stage')
  if (last === undefined) throw new RangeError('the pipeline has no stage')
  const appends = await replayCommit(log, last, { parts, commit: receipt.commit })
  const again = appends.find((append) => append.topic === receiptsTopic(plan.pipeline))
  let equal = false
  const place = { topic: receiptsTopic(plan.pipeline), partition: 0 }
  const from = (await log.topic(place.topic))?.parts[0].start ?? 0
  await readPartition(log, { ...place, from }, (_, value) => {
    if (again !== undefined && new Block(value).commit === receipt.commit)
      equal = Buffer.compare(value, valueBytes(again.records, 0)) === 0
  })
  return equal
}

describe('what a pipeline keeps', () => {
  it('grows no more with replay 0ms, while events flow; topics of users are never trimmed', async () => {
    const virtual = await virtualPipeline(smallShop({ replay: '0ms' }), START)
    // The most of some weeks: a task lets go of much at once, whenever its changes exceed its state.
    const early = await runDays(virtual, 0, 25)
    const late = await runDays(virtual, 25, 60)
    expect(late).toBeLessThan(early * 1.3)
    for (const name of ['payments', 'chargebacks', 'scores']) {
      const part = (await virtual.log.topic(name))?.parts[0]
      expect(part).toMatchObject({ start: 0 })
      expect(part?.end).toBeGreaterThanOrEqual(60 * 10)
    }
  })

  it('is what a replay needs for as long as it says, and receipts for a week', async () => {
    const virtual = await virtualPipeline(smallShop({ replay: '3d' }), START)
    const days = 30
    await runDays(virtual, 0, days)
    const { log, plan } = virtual
    const tasks = await virtual.run()
    await tasks.stop()
    for (const age of [1, 2, 3]) {
      const [prediction] = await explanations(log, plan, `${days - age}-7`)
      expect(await replays(virtual, prediction)).toBe(true)
    }
    const [older] = await explanations(log, plan, `${days - 6}-7`)
    expect(older).toMatchObject({ id: '24-7', outcome: 'scored' })
    expect(older.labels).toMatchObject([{ outcome: 'joined', label: 1 }])
    await expect(replays(virtual, older)).rejects.toMatchObject({
      code: 'ML_OFFSET_GONE',
      message: expect.stringContaining('lies before the replay horizon'),
    })
    expect(await explanations(log, plan, '2-7')).toEqual([])
  })
  it('is not read by a task that comes back, but for its newest snapshot and what changed since', async () => {
    const read = async (days: number): Promise<number[]> => {
      const virtual = await virtualPipeline(smallShop({ replay: '90d' }), START)
      await runDays(virtual, 0, days)
      const log = new CountingLog(virtual.log)
      const bytes: number[] = []
      for (const { spec } of virtual.tasks) {
        const before = log.bytes
        await restore(log, spec)
        bytes.push(log.bytes - before)
      }
      return bytes
    }
    const [early, late] = [await read(6), await read(25)]
    // Four times as many snapshots are kept.
    for (const [task, bytes] of late.entries()) expect(bytes).toBeLessThan(2 * early[task])
  })

  it('is receipts for the longest of what the pipeline says, its labels need and its replays need', async () => {
    const kept = async (options: Parameters<typeof smallShop>[0]) => {
      const { log } = await virtualPipeline(smallShop(options), START)
      const names = ['_shop.receipts', '_shop.model.fraud.examples', 'shop.dead-letters', 'scores']
      return Promise.all(names.map(async (name) => (await log.topic(name))?.retentionMs))
    }
    expect(await kept({})).toEqual([7 * DAY, 7 * DAY, 30 * DAY, undefined])
    expect(await kept({ receipts: '90d' })).toEqual([90 * DAY, 90 * DAY, 30 * DAY, undefined])
    expect(await kept({ replay: '9d' })).toEqual([9 * DAY, 9 * DAY, 30 * DAY, undefined])
    // Labels of small-shop are waited for two days.
    const short = await kept({ receipts: '0ms', replay: '0ms' })
    expect(short).toEqual([2 * DAY, 2 * DAY, 30 * DAY, undefined])
  })
})
