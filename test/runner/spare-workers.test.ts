// Workers that are started before there is a job, as real processes.
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import type { FromWorker, WorkerJob } from '../../src/runner/messages.ts'
import { SpareWorkers } from '../../src/runner/spare-workers.ts'
import { startWorker, type StartedWorker } from '../../src/runner/start-worker.ts'

const FILE = '/no-such-folder/pipeline.ts'

const JOB: WorkerJob = {
  kind: 'start',
  file: FILE,
  reach: 'no-such-socket',
  scale: { partitions: 1 },
  sources: [],
  plan: '',
  origin: { files: {}, packages: {}, versions: {} },
  tasks: [],
  copies: [],
  shared: false,
  batchRows: undefined,
  models: [],
  hangs: [],
  quarantined: [],
}

describe('workers that are started before there is a job', () => {
  let started: StartedWorker[] = []

  function spares(workers: number): SpareWorkers {
    return new SpareWorkers({ file: FILE, log: 'no-such-folder', workers }, () => {
      const worker = startWorker()
      started.push(worker)
      return worker
    })
  }

  /** How it ended. */
  async function end({ child }: StartedWorker): Promise<unknown> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.signalCode ?? child.exitCode
  }

  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL')
    await Promise.all(started.map(end))
    started = []
  })

  it('are taken once each, and another is started where none is left', () => {
    const some = spares(2)
    const taken = [some.take(), some.take()]
    expect(new Set(taken)).toEqual(new Set(started))
    expect(taken).not.toContain(some.take())
    expect(started).toHaveLength(3)
  })

  it('are four at most, however many are wanted: how many tasks there are is not known', () => {
    spares(100)
    expect(started).toHaveLength(4)
  })

  it('are passed over where they died', async () => {
    const some = spares(2)
    const [one, other] = started
    other.child.kill('SIGKILL')
    await end(other)
    expect(some.take()).toBe(one)
  })

  it('tell with their job what failed while they prepared for it', async () => {
    const { child } = spares(1).take()
    child.send(JOB)
    const [told]: FromWorker[] = await once(child, 'message')
    expect(told).toMatchObject({ kind: 'failed', code: 'ML_USAGE' })
    expect(told.kind === 'failed' && told.message).toContain(FILE)
  })

  it('are ended where nobody took them, and no other', async () => {
    const some = spares(3)
    const taken = some.take()
    some.close()
    const left = started.filter((each) => each !== taken)
    expect(await Promise.all(left.map(end))).toEqual(['SIGKILL', 'SIGKILL'])
    expect(taken.child.connected).toBe(true)
  })
})
