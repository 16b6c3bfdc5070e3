// Copies of tasks that run elsewhere: what they hold is what a restore gives, and no more than is durable.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { Log } from '../../src/contracts/log.ts'
import {
  lastCommit,
  readState,
  restore,
  restoreFromCopy,
  type Restored,
} from '../../src/engine/recovery.ts'
import type { RestoreProgress } from '../../src/engine/restore-progress.ts'
import { Standbys } from '../../src/engine/standbys.ts'
import type { TaskSpec } from '../../src/engine/task-spec.ts'
import { commitsTopic, snapshotsTopic } from '../../src/engine/task-names.ts'
import { CountingLog } from './counting-log.ts'
import { virtualPipeline, type VirtualPipeline } from './pipeline-fixture.ts'
import { smallShop } from './small-shop.ts'

const START = Date.UTC(2026, 0, 1)

/** Gives nobody a way to write. */
function readOnly(log: Log): Log {
  const refused = (): Promise<never> => Promise.reject(new Error('a copy must never write'))
  return {
    read: (from, options) => log.read(from, options),
    topic: (name) => log.topic(name),
    topics: () => log.topics(),
    ensureTopic: refused,
    openWriter: refused,
    trim: refused,
    close: refused,
  }
}

interface Following {
  readonly standbys: Standbys
  /** Fails with what they failed with. */
  readonly stop: () => Promise<void>
}

function follow(virtual: VirtualPipeline, log: Log): Following {
  const stop = new AbortController()
  const { scheduler: clock, tasks } = virtual
  const standbys = new Standbys({ log: readOnly(log), clock, signal: stop.signal })
  standbys.keep(tasks.map(({ spec }) => spec))
  const running = standbys.run()
  running.catch(() => undefined)
  return {
    standbys,
    stop: () => {
      stop.abort()
      return virtual.until(running)
    },
  }
}

async function send(virtual: VirtualPipeline, prng: Prng): Promise<void> {
  const now = virtual.scheduler.now()
  const ids = Array.from({ length: 1 + prng.below(40) }, (_, i) => `${now}-${i}`)
  await virtual.send(
    'payments',
    ids.map((id, i) => ({
      id,
      at: now + i,
      card: `card-${prng.below(20)}`,
      shop: `s-${prng.below(4)}`,
    })),
  )
  await virtual.send(
    'chargebacks',
    ids.slice(0, 5).map((payment, i) => ({ payment, at: now + i, shop: `s-${i}` })),
  )
}

function comparable({ memory, last, ...rest }: Restored): object {
  return { state: memory.digest(), commit: last?.number, lanes: last?.lanes, ...rest }
}

async function bothWays(
  virtual: VirtualPipeline,
  standbys: Standbys,
  task: TaskSpec,
): Promise<{ readonly copied: object; readonly restored: object }> {
  const copy = await virtual.until(standbys.take(task))
  if (copy === undefined) throw new Error('a copy must be kept')
  const copied = await virtual.until(restoreFromCopy(virtual.log, task, copy))
  return {
    copied: comparable(copied),
    restored: comparable(await virtual.until(restore(virtual.log, task))),
  }
}

describe('a state that is read back', () => {
  it('tells how far it is, from record to record, to the end of what was there, and with all its bytes', async () => {
    let withSnapshot = 0
    let withTrim = 0
    for (let seed = 0; seed < 6; seed++) {
      const prng = new Prng(seed, 2)
      const virtual = await virtualPipeline(smallShop({ replay: '0ms' }), START)
      const running = await virtual.run({ snapshotBytes: 256, batchRows: 8, sealRows: 32 })
      for (let i = 0; i < 4; i++) {
        await send(virtual, prng)
        await virtual.pass(prng.below(200))
      }
      await running.stop()
      for (const { spec } of virtual.tasks) {
        const told: RestoreProgress[] = []
        const log = new CountingLog(virtual.log)
        const read = await virtual.until(readState(log, spec, { tell: (each) => told.push(each) }))
        if (read.commit === 0) continue
        const snapshots = await virtual.log.topic(snapshotsTopic(spec.pipeline, spec.stage))
        const commits = await virtual.log.topic(commitsTopic(spec.pipeline, spec.stage))
        const [chunk, commit] = [snapshots, commits].map((topic) => topic?.parts[spec.number])
        if ((chunk?.end ?? 0) > 0) withSnapshot++
        if ((chunk?.start ?? 0) > 0) withTrim++
        // No more than there is, whatever was trimmed.
        const there = [chunk, commit].reduce(
          (sum, part) => sum + (part?.end ?? 0) - (part?.start ?? 0),
          0,
        )
        expect(told[0].total).toBeLessThanOrEqual(there)
        const shares = told.map(({ done, total }) => done / total)
        expect(shares[0]).toBeGreaterThan(0)
        expect(shares).toEqual(shares.toSorted((a, b) => a - b))
        expect(shares.at(-1)).toBe(1)
        expect(new Set(told.map(({ total }) => total)).size).toBe(1)
        const bytes = told.map((each) => each.bytes)
        expect(bytes).toEqual([...new Set(bytes)].toSorted((a, b) => a - b))
      }
    }
    expect(withSnapshot).toBeGreaterThan(0)
    expect(withTrim).toBeGreaterThan(0)
  })
})

describe('a copy of a task', () => {
  it('that is taken over, again and again, equals a restore byte for byte, at whatever moment it is taken', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const prng = new Prng(seed, 1)
      const replay = seed % 2 === 0 ? '0ms' : '7d'
      const virtual = await virtualPipeline(smallShop({ replay }), START)
      const tuning = { snapshotBytes: prng.pick([256, 1024, 8192]), batchRows: 8, sealRows: 32 }
      let copies: Following | undefined
      for (let turn = 0; turn < 4; turn++) {
        const running = await virtual.run(tuning, copies?.standbys)
        copies = follow(virtual, virtual.log)
        for (let i = 0; i < 4; i++) {
          await send(virtual, prng)
          await virtual.pass(prng.below(200))
        }
        await running.stop()
        await virtual.pass(prng.below(3))
      }
      if (copies === undefined) throw new Error('there must have been a turn')
      // Before it is read for the first time, there is nothing to take over.
      while (copies.standbys.states.some(({ behind }) => behind === undefined))
        await virtual.pass(1)
      for (const { spec } of virtual.tasks) {
        const { copied, restored } = await bothWays(virtual, copies.standbys, spec)
        expect([seed, spec.stage, copied]).toEqual([seed, spec.stage, restored])
      }
      await copies.stop()
    }
  })

  it('is never ahead of what is durable, follows what is, and writes nothing', async () => {
    const virtual = await virtualPipeline(smallShop({ replay: '7d' }), START)
    const running = await virtual.run({ snapshotBytes: 512, batchRows: 8 })
    const { standbys, stop } = follow(virtual, virtual.log)
    const prng = new Prng(3, 1)
    for (let i = 0; i < 30; i++) {
      await send(virtual, prng)
      await virtual.pass(prng.below(20))
      for (const { task, commit } of standbys.states) {
        const last = await virtual.until(lastCommit(virtual.log, task))
        expect(commit).toBeLessThanOrEqual(last?.number ?? 0)
      }
    }
    await virtual.pass(1000)
    for (const { task, commit, behind } of standbys.states) {
      const last = await virtual.until(lastCommit(virtual.log, task))
      expect([task.stage, commit, behind]).toEqual([task.stage, last?.number ?? 0, 0])
    }
    await stop()
    await running.stop()
  })

  it('lets whoever takes it over read the tail alone', async () => {
    const virtual = await virtualPipeline(smallShop({ replay: '7d' }), START)
    const running = await virtual.run({ batchRows: 8 })
    const { standbys, stop } = follow(virtual, virtual.log)
    const prng = new Prng(4, 1)
    for (let i = 0; i < 20; i++) await send(virtual, prng)
    await virtual.pass(1000)
    await running.stop()
    const log = new CountingLog(virtual.log)
    for (const { spec } of virtual.tasks) {
      const copy = await virtual.until(standbys.take(spec))
      if (copy === undefined) throw new Error('a copy must be kept')
      log.bytes = 0
      await virtual.until(restore(log, spec))
      const all = log.bytes
      log.bytes = 0
      await virtual.until(restoreFromCopy(log, spec, copy))
      expect(all).toBeGreaterThan(0)
      expect(log.bytes).toBe(0)
    }
    await stop()
  })

  it('begins again with a snapshot where its owner let go of what it had not read', async () => {
    const virtual = await virtualPipeline(smallShop({ replay: '0ms' }), START)
    let held: PromiseWithResolvers<void> | undefined
    const read: Log['read'] = async (from, options) => {
      await held?.promise
      return virtual.log.read(from, options)
    }
    const { standbys, stop } = follow(virtual, { ...readOnly(virtual.log), read })
    const tuning = { snapshotBytes: 256, batchRows: 8, sealRows: 32 }
    const prng = new Prng(5, 1)
    const early = await virtual.run(tuning)
    await send(virtual, prng)
    await virtual.pass(1000)
    const then = new Map(standbys.states.map(({ task, commit }) => [task.stage, commit]))
    held = Promise.withResolvers()
    for (let i = 0; i < 30; i++) {
      await send(virtual, prng)
      await virtual.pass(1000)
    }
    await early.stop()
    held.resolve()
    held = undefined
    await virtual.pass(1000)
    let overtaken = 0
    for (const { spec } of virtual.tasks) {
      const topic = await virtual.log.topic(commitsTopic(spec.pipeline, spec.stage))
      if ((topic?.parts[0].start ?? 0) > (then.get(spec.stage) ?? 0)) overtaken++
      const { copied, restored } = await bothWays(virtual, standbys, spec)
      expect([spec.stage, copied]).toEqual([spec.stage, restored])
    }
    expect(overtaken).toBeGreaterThan(0)
    await stop()
  })
})
