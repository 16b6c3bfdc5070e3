// The two tasks that read a partition of a source: one that routes to others behind a hop, and one that is the first stage itself.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RecordsBuilder } from '../../src/base/records.ts'
import { decodeCommit, type CommitRecord } from '../../src/engine/commit-record.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import { commitsTopic } from '../../src/engine/task-names.ts'
import { pipeline, stream, topic } from '../../src/index.ts'
import { virtualPipeline, type VirtualPipeline } from './pipeline-fixture.ts'

const START = Date.UTC(2026, 0, 1)
const MINUTE = 60_000

type Kind = 'source' | 'direct'

interface Reading extends VirtualPipeline {
  click(...events: readonly { readonly id: string; readonly at: number }[]): Promise<void>
  commits(): Promise<CommitRecord[]>
  out(): Promise<string[]>
}

async function open(kind: Kind): Promise<Reading> {
  const clicks = stream('clicks', {
    source: topic('clicks', kind === 'direct' ? { partitionedBy: 'key' } : {}),
    schema: z.object({ id: z.string(), at: z.int() }),
    key: (c) => c.id,
    time: (c) => c.at,
    idle: '10m',
  })
  const counts = clicks.features('counts', { define: (f) => ({ n: f.count({ over: '1h' }) }) })
  const flow = pipeline('p')
    .from(clicks)
    .features(counts)
    .emit(topic('out'), ({ event, features }) => `${event.id} ${features.n}`)
  const virtual = await virtualPipeline(flow, START)
  const task = virtual.tasks.find((each) => each.kind === kind)
  if (task === undefined) throw new RangeError(`the pipeline has no task that is '${kind}'`)
  const valuesOf = async (name: string): Promise<Uint8Array[]> => {
    const found: Uint8Array[] = []
    await readPartition(virtual.log, { topic: name, partition: 0, from: 0 }, (_, value) => {
      found.push(value.slice())
    })
    return found
  }
  return {
    ...virtual,
    click: async (...events) => {
      const records = new RecordsBuilder()
      for (const event of events) records.add(event.at, event.id, JSON.stringify(event), '')
      await virtual.write('clicks', records.records())
    },
    commits: async () =>
      (await valuesOf(commitsTopic('p', task.spec.stage))).map((value) => decodeCommit(value)),
    out: async () => (await valuesOf('out')).map((value) => Buffer.from(value).toString()),
  }
}

describe.each<Kind>(['source', 'direct'])('a task that reads a source: %s', (kind) => {
  it('takes every record once over restarts, and says how far it is and when it read', async () => {
    const reading = await open(kind)
    for (let life = 0; life < 3; life++) {
      const tasks = await reading.run()
      const at = reading.scheduler.now()
      await reading.click({ id: 'a', at }, { id: 'b', at: at + 1 })
      await reading.pass(2000)
      const last = (await reading.commits()).at(-1)
      expect(last?.lanes).toMatchObject([{ offset: 2 * (life + 1), bound: at + 1, idle: false }])
      expect(last?.tick).toBeGreaterThanOrEqual(at)
      expect(last?.tick).toBeLessThanOrEqual(reading.scheduler.now())
      expect(last?.progress).toBe(at + 1)
      await tasks.stop()
    }
    expect(await reading.out()).toEqual([1, 2, 3].flatMap((n) => [`"a ${n}"`, `"b ${n}"`]))
  })

  it('says once that its partition is idle, also over a restart, and no more once a record comes', async () => {
    const reading = await open(kind)
    const first = await reading.run()
    await reading.click({ id: 'a', at: reading.scheduler.now() })
    await reading.pass(25 * MINUTE)
    await first.stop()
    const quiet = await reading.commits()
    expect(quiet.map(({ lanes }) => lanes[0].idle)).toEqual([false, 'live'])
    const second = await reading.run()
    await reading.pass(25 * MINUTE)
    expect(await reading.commits()).toHaveLength(2)
    await reading.click({ id: 'a', at: reading.scheduler.now() })
    await reading.pass(MINUTE)
    expect((await reading.commits()).at(-1)?.lanes[0]).toMatchObject({ offset: 2, idle: false })
    await reading.pass(25 * MINUTE)
    await second.stop()
    expect((await reading.commits()).map(({ lanes }) => lanes[0].idle)).toEqual([
      false,
      'live',
      false,
      'live',
    ])
  })

  it('says that it is idle also where nothing has come since it began', async () => {
    const reading = await open(kind)
    const first = await reading.run()
    await reading.click({ id: 'a', at: reading.scheduler.now() })
    await reading.pass(MINUTE)
    await first.stop()
    const second = await reading.run()
    await reading.pass(25 * MINUTE)
    await second.stop()
    expect((await reading.commits()).map(({ lanes }) => lanes[0].idle)).toEqual([false, 'live'])
  })

  it('says that it is idle no sooner than its partition was silent for so long', async () => {
    const reading = await open(kind)
    const tasks = await reading.run()
    for (let i = 0; i < 3; i++) {
      await reading.click({ id: 'a', at: reading.scheduler.now() })
      await reading.pass(9 * MINUTE)
    }
    expect((await reading.commits()).map(({ lanes }) => lanes[0].idle)).toEqual([
      false,
      false,
      false,
    ])
    await tasks.stop()
  })
})
