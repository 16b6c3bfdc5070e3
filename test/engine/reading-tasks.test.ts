// The two tasks that read a partition of a source: one that routes to others behind a hop, and one that is the first stage itself.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RecordsBuilder } from '../../src/base/records.ts'
import type {
  Log,
  ReadFrom,
  ReadOptions,
  ReadResult,
  Writer,
  WriterOptions,
} from '../../src/contracts/log.ts'
import { decodeCommit, type CommitRecord } from '../../src/engine/commit-record.ts'
import { openTask } from '../../src/engine/open-task.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import type { TaskTuning } from '../../src/engine/task-context.ts'
import { commitsTopic } from '../../src/engine/task-names.ts'
import { pipeline, stream, topic } from '../../src/index.ts'
import { CountingLog } from './counting-log.ts'
import { virtualPipeline, type VirtualPipeline } from './pipeline-fixture.ts'
import { life } from './virtual-log.ts'

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
    for (let time = 0; time < 3; time++) {
      const tasks = await reading.run()
      const at = reading.scheduler.now()
      await reading.click({ id: 'a', at }, { id: 'b', at: at + 1 })
      await reading.pass(2000)
      const last = (await reading.commits()).at(-1)
      expect(last?.lanes).toMatchObject([{ offset: 2 * (time + 1), bound: at + 1, idle: false }])
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

/** What a task does to the log, in order: reads of its topic, and commits as they are handed over and are durable. */
class TracedLog extends CountingLog {
  readonly trace: ('read' | 'commit' | 'durable')[] = []
  /** How many reads of the topic may succeed. */
  readsLeft = Infinity
  /** Awaited before each commit. */
  before: () => Promise<void> = () => Promise.resolve()
  readonly #topic: string

  constructor(log: Log, traced: string) {
    super(log)
    this.#topic = traced
  }

  override async read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    if (from[0].topic !== this.#topic) return super.read(from, options)
    this.trace.push('read')
    if (--this.readsLeft < 0) throw new Error('the device cannot be read')
    return super.read(from, options)
  }

  override async openWriter(id: string, options?: WriterOptions): Promise<Writer> {
    const writer = await super.openWriter(id, options)
    return {
      id: writer.id,
      epoch: writer.epoch,
      close: () => writer.close(),
      append: async (appends) => {
        this.trace.push('commit')
        await this.before()
        const offsets = await writer.append(appends)
        this.trace.push('durable')
        return offsets
      },
    }
  }
}

describe('a first stage that reads its source itself', () => {
  async function started(
    clicks: number,
    { readsLeft = Infinity, ...tuning }: Partial<TaskTuning> & { readonly readsLeft?: number } = {},
  ): Promise<{
    readonly log: TracedLog
    readonly reading: Reading
    readonly run: Promise<void>
    readonly end: () => void
  }> {
    const reading = await open('direct')
    const at = reading.scheduler.now()
    await reading.click(
      ...Array.from({ length: clicks }, (_, i) => ({ id: `${i % 9}`, at: at + i })),
    )
    const own = life(reading, tuning)
    const log = new TracedLog(own.context.log, 'clicks')
    log.readsLeft = readsLeft
    // A turn of the event loop, in which Node reports a rejection that nobody has taken.
    log.before = () => reading.scheduler.outside(new Promise((resolve) => setImmediate(resolve)))
    const [task] = reading.tasks
    const run = openTask({ ...own.context, log }, task, reading.parts).then((each) =>
      each.run(() => undefined),
    )
    run.catch(() => undefined)
    await reading.pass(500)
    return { log, reading, run, end: () => own.kill() }
  }

  it('reads on once what it has is durable where that is little, so that more come together', async () => {
    const { log, reading, run, end } = await started(3)
    expect(log.trace).toEqual(['read', 'commit', 'durable', 'read'])
    end()
    await reading.until(run)
  })

  it('reads on at once where it has much', async () => {
    const { log, reading, run, end } = await started(600)
    expect(log.trace.slice(0, 3)).toEqual(['read', 'read', 'commit'])
    end()
    await reading.until(run)
  })

  it('fails with what a read failed with that it was ahead with, and with nothing else', async () => {
    const early: unknown[] = []
    const note = (reason: unknown): void => void early.push(reason)
    process.on('unhandledRejection', note)
    const { reading, run } = await started(600, { readsLeft: 1, inFlight: 1 })
    await expect(reading.until(run)).rejects.toThrow('the device cannot be read')
    process.off('unhandledRejection', note)
    expect(early).toEqual([])
  })
})
