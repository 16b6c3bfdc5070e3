import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { valueBytes } from '../../src/base/records.ts'
import type { Append } from '../../src/contracts/log.ts'
import { Block } from '../../src/engine/exchange/block.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import { lastCommit } from '../../src/engine/recovery.ts'
import { rowsTopic, waitingTopic } from '../../src/engine/task-names.ts'
import { replayCommit } from '../../src/engine/replay-commit.ts'
import { explanations } from '../../src/runner/provenance/explain.ts'
import { pipeline, stream, topic, type Duration } from '../../src/index.ts'
import { smallShop } from './small-shop.ts'
import { virtualPipeline, type VirtualPipeline } from './pipeline-fixture.ts'

const START = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000

async function open(options: {
  ahead?: Duration
  idle?: Duration | 'never'
}): Promise<VirtualPipeline> {
  const clicks = stream('clicks', {
    source: topic('clicks'),
    schema: z.object({ id: z.string(), at: z.int() }),
    key: (c) => c.id,
    time: (c) => c.at,
    ...options,
  })
  const flow = pipeline('scoring')
    .from(clicks)
    .emit(topic('out'), ({ event }) => ({ id: event.id }))
  return virtualPipeline(flow, START)
}

async function values({ log }: VirtualPipeline, name: string): Promise<Uint8Array[]> {
  const found: Uint8Array[] = []
  await readPartition(log, { topic: name, partition: 0, from: 0 }, (_, value) => {
    found.push(value.slice())
  })
  return found
}

function rowsOf({ plan }: VirtualPipeline): string {
  return rowsTopic(plan.pipeline, plan.stages[0].name)
}

/** Everything the source writes when each of its commits is done again. */
async function again(virtual: VirtualPipeline): Promise<Append[]> {
  const source = virtual.tasks.find(({ kind }) => kind === 'source')
  if (source === undefined) throw new RangeError('the pipeline has no source')
  const last = (await lastCommit(virtual.log, source.spec))?.number ?? 0
  const appends: Append[] = []
  for (let commit = 1; commit <= last; commit++)
    appends.push(...(await replayCommit(virtual.log, source, { parts: virtual.parts, commit })))
  return appends
}

describe('an event ahead of now by more than `ahead`', () => {
  it('goes to the dead letters and moves no time, and a replay at any later time decides the same', async () => {
    const virtual = await open({ ahead: '1h' })
    const tasks = await virtual.run()
    const at = virtual.scheduler.now()
    await virtual.send('clicks', [
      { id: 'now', at },
      { id: 'soon', at: at + HOUR - 60_000 },
      { id: 'far', at: at + 2 * HOUR },
      { id: 'soon too', at: at + HOUR - 50_000 },
    ])
    await virtual.pass(2 * HOUR)
    await tasks.stop()
    const letters = await values(virtual, 'scoring.dead-letters')
    expect(letters.map((value) => JSON.parse(Buffer.from(value).toString()).id)).toEqual(['far'])
    expect(await values(virtual, 'out')).toHaveLength(3)
    const appends = await again(virtual)
    for (const name of ['scoring.dead-letters', rowsOf(virtual)]) {
      const own = appends.filter((append) => append.topic === name)
      const replayed = own.map(({ records }) => Buffer.from(valueBytes(records, 0)))
      expect(replayed.length).toBeGreaterThan(0)
      expect(replayed).toEqual((await values(virtual, name)).map((value) => Buffer.from(value)))
    }
  })
})

describe('a source that hears nothing for `idle`', () => {
  /** What its last block says after an event of that age and twelve minutes of silence. */
  const idleAfter = async (age: number, idle: Duration | 'never'): Promise<unknown> => {
    const virtual = await open({ idle })
    const tasks = await virtual.run()
    await virtual.send('clicks', [{ id: 'a', at: virtual.scheduler.now() - age }])
    await virtual.pass(12 * 60_000)
    await tasks.stop()
    const last = (await values(virtual, rowsOf(virtual))).at(-1)
    return last === undefined ? undefined : new Block(last).idle
  }

  it('says that it is idle, and live where its last event came within `idle` of its own time', async () => {
    expect(await idleAfter(0, '10m')).toBe('live')
    expect(await idleAfter(599_000, '10m')).toBe('live')
    expect(await idleAfter(-599_000, '10m')).toBe('live')
    expect(await idleAfter(601_000, '10m')).toBe('idle')
    expect(await idleAfter(25 * 365 * 24 * HOUR, '10m')).toBe('idle')
    expect(await idleAfter(0, 'never')).toBe(false)
  })
})

describe('a pipeline whose sources fall silent', () => {
  it('says so through all its stages, and keeps no label waiting for predictions that do not come', async () => {
    const virtual = await virtualPipeline(smallShop(), START)
    const tasks = await virtual.run()
    const { plan, log } = virtual
    const at = virtual.scheduler.now()
    await virtual.send('payments', [{ id: 'a', at, card: 'c', shop: 's' }])
    await virtual.send('chargebacks', [{ payment: 'z', at, shop: 's' }])
    await virtual.pass(2 * 60_000)
    const names = plan.stages.map(({ name }) => rowsTopic(plan.pipeline, name))
    for (const name of [...names, waitingTopic(plan.pipeline, 'fraud')]) {
      const last = (await values(virtual, name)).at(-1)
      expect(last === undefined ? name : new Block(last)).toMatchObject({
        idle: 'live',
        progress: at,
      })
    }
    await virtual.send('chargebacks', [{ payment: 'a', at: at + HOUR, shop: 's' }])
    await virtual.pass(5000)
    await tasks.stop()
    const [prediction] = await explanations(log, plan, 'a')
    expect(prediction.labels).toMatchObject([{ outcome: 'joined', label: 1 }])
  })

  it('makes nothing negative that a later label could still make positive', async () => {
    const virtual = await virtualPipeline(smallShop(), START)
    const tasks = await virtual.run()
    const at = virtual.scheduler.now()
    await virtual.send('chargebacks', [{ payment: 'z', at, shop: 's' }])
    await virtual.send('payments', [{ id: 'a', at, card: 'c', shop: 's' }])
    await virtual.pass(2 * 60_000)
    await tasks.stop()
    await virtual.pass(100 * HOUR)
    const later = await virtual.run()
    await virtual.pass(2 * 60_000)
    await later.stop()
    const [prediction] = await explanations(virtual.log, virtual.plan, 'a')
    expect(prediction.labels).toEqual([])
  })
})
