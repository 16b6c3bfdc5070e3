// What a task may say, and when: an append that is not durable yet is held back here until the test lets it go.
import { describe, expect, it } from 'vitest'
import type { Append, ReadFrom, ReadOptions, ReadResult, Writer } from '../../src/contracts/log.ts'
import type { StageBody } from '../../src/engine/body.ts'
import { decodeCommit } from '../../src/engine/commit-record.ts'
import { Committer } from '../../src/engine/committer.ts'
import { blockRecord } from '../../src/engine/exchange/router.ts'
import { MergeTask } from '../../src/engine/merge-task.ts'
import { restore } from '../../src/engine/recovery.ts'
import type { Region } from '../../src/engine/state/memory.ts'
import { TUNING, type TaskContext } from '../../src/engine/task-context.ts'
import { taskId } from '../../src/engine/task-spec.ts'
import { wholeSnapshot } from '../../src/engine/whole-snapshot.ts'
import { blockOf } from './exchange/lane-rows.ts'
import { MemoryLog } from './memory-log.ts'
import { inputsOf, recorder, SPEC } from './task-fixture.ts'

const clock = {
  now: () => 0,
  monotonic: () => 0,
  sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
}
const AT_ONE = { lanes: [], progress: 1, tick: NaN, ticked: -Infinity }

class HeldLog extends MemoryLog {
  #open = (): void => undefined
  readonly #gate = new Promise<void>((resolve) => (this.#open = resolve))
  /** Appends that were handed over. */
  handed = 0

  override async openWriter(id: string): Promise<Writer> {
    const writer = await super.openWriter(id)
    const append = async (appends: readonly Append[]): Promise<readonly number[]> => {
      this.handed++
      await this.#gate
      return writer.append(appends)
    }
    return { ...writer, append }
  }

  letGo(): void {
    this.#open()
  }
}

/** A log that notes which writers were closed, and how far commits were read. */
class WatchedLog extends MemoryLog {
  readonly closed: string[] = []
  readTo = 0

  override async openWriter(id: string): Promise<Writer> {
    const writer = await super.openWriter(id)
    return { ...writer, close: async () => void this.closed.push(id) }
  }

  override async read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    const result = await super.read(from, options)
    from.forEach(({ topic }, i) => {
      if (topic.endsWith('.commits')) this.readTo = Math.max(this.readTo, result.next[i].offset)
    })
    return result
  }
}

function contextOf(log: MemoryLog, stop = new AbortController()): TaskContext {
  const tuning = { ...TUNING, snapshotBytes: 64 }
  return { log, clock, steps: { reach: () => {} }, tuning, signal: stop.signal }
}

/** Lets whatever can go on go on. */
async function turns(): Promise<void> {
  for (let i = 0; i < 50; i++) await clock.sleep()
}

function fill(region: Region, [from, to]: readonly [number, number], value: number): void {
  region.f64.fill(value, from, to)
  region.touchWords(from, to - from)
}

describe('a task', () => {
  it('tells its end only once its last commit is durable', async () => {
    const log = new HeldLog(1)
    const row = { key: 'a', mergeTime: 5, partition: 0, offset: 0 }
    log.partition('input-0', 0).push(blockOf([row], Infinity))
    const stop = new AbortController()
    const task = await MergeTask.open(contextOf(log, stop), SPEC, {
      inputs: inputsOf([]),
      body: recorder(),
    })
    const told: boolean[] = []
    const running = task.run(({ ended }) => {
      told.push(ended)
      if (ended) stop.abort()
    })
    while (log.handed === 0) await clock.sleep()
    await turns()
    expect(task.ended).toBe(true)
    expect(told).not.toContain(true)
    log.letGo()
    await running
    expect(told.at(-1)).toBe(true)
  })

  it('names in what it writes the commit that it is written with', async () => {
    const log = new MemoryLog(5)
    for (let i = 0; i < 6; i++) {
      const row = { key: 'a', mergeTime: i, partition: 0, offset: i }
      log.partition('input-0', 0).push(blockOf([row], i < 5 ? i : Infinity))
    }
    const stop = new AbortController()
    const context = contextOf(log, stop)
    const named = (): StageBody => ({
      process: (_, { commit }) => [
        { topic: 'out', partition: 0, records: blockRecord(Buffer.from(String(commit))) },
      ],
    })
    const task = await MergeTask.open(
      { ...context, tuning: { ...context.tuning, batchRows: 2 } },
      SPEC,
      { inputs: inputsOf([]), body: named },
    )
    await task.run(({ ended }) => ended && stop.abort())
    const numbers = log
      .partition('_p.stage.s.commits', 0)
      .map((value) => decodeCommit(value).number)
    expect(numbers.length).toBeGreaterThan(2)
    expect(log.partition('out', 0).map((value) => Number(Buffer.from(value)))).toEqual(numbers)
  })
})

describe('a committer', () => {
  it('tells of an append that failed whoever commits, drains or checks after it, and wakes who waits for input', async () => {
    const log = new MemoryLog(2)
    const { committer } = await Committer.open(contextOf(log), SPEC, [])
    log.appendsLeft = 0
    await committer.commit([], AT_ONE)
    await expect(committer.drain()).rejects.toThrow('the writer is dead')
    expect(committer.wake.aborted).toBe(true)
    log.appendsLeft = Infinity
    expect(() => committer.check()).toThrow('the writer is dead')
    await expect(committer.durable()).rejects.toThrow('the writer is dead')
    await expect(committer.commit([], AT_ONE)).rejects.toThrow('the writer is dead')
  })

  it('that is closed waits for what is under way, and tells what it failed with', async () => {
    const log = new HeldLog(3)
    const { committer } = await Committer.open(contextOf(log), SPEC, [])
    await committer.commit([], AT_ONE)
    let closed = false
    const closing = committer.close().finally(() => (closed = true))
    await turns()
    expect(closed).toBe(false)
    log.appendsLeft = 0
    log.letGo()
    await expect(closing).rejects.toThrow('the writer is dead')
  })

  it('wakes who waits for input when the run stops, also where it had stopped before', async () => {
    const stop = new AbortController()
    const { committer: early } = await Committer.open(contextOf(new MemoryLog(8), stop), SPEC, [])
    expect(early.wake.aborted).toBe(false)
    stop.abort()
    expect(early.wake.aborted).toBe(true)
    const { committer: late } = await Committer.open(contextOf(new MemoryLog(9), stop), SPEC, [])
    expect(late.wake.aborted).toBe(true)
  })

  it('counts as acknowledged what is durable, and no commit that is under way', async () => {
    const log = new HeldLog(3)
    const { committer } = await Committer.open(contextOf(log), SPEC, [])
    await committer.commit([], AT_ONE)
    expect([committer.last, committer.acknowledged, committer.next]).toEqual([1, 0, 2])
    log.letGo()
    await committer.drain()
    expect([committer.last, committer.acknowledged, committer.next]).toEqual([1, 1, 2])
  })

  it('takes the next commit only where fewer are under way than may be', async () => {
    const log = new HeldLog(11)
    const context = contextOf(log)
    const tuning = { ...context.tuning, inFlight: 2 }
    const { committer } = await Committer.open({ ...context, tuning }, SPEC, [])
    await committer.commit([], AT_ONE)
    let taken = false
    const second = committer.commit([], AT_ONE).then(() => (taken = true))
    await turns()
    expect([log.handed, taken]).toEqual([2, false])
    log.letGo()
    await second
    await committer.close()
  })

  it('goes through its steps one after the other, and closes its writer at the end', async () => {
    const log = new WatchedLog(12)
    const steps: string[] = []
    const context = { ...contextOf(log), steps: { reach: (step: string) => void steps.push(step) } }
    const { committer } = await Committer.open({ ...context, tuning: TUNING }, SPEC, [])
    await committer.commit([], AT_ONE)
    await committer.close()
    expect(steps).toEqual([
      'open:fence',
      'open:restore',
      'open:restored',
      'commit:delta',
      'commit:append',
      'commit:acknowledged',
    ])
    expect(log.closed).toEqual([taskId(SPEC)])
  })

  it('writes a snapshot in chunks of about a quarter of a megabyte, one a commit', async () => {
    const log = new MemoryLog(13)
    const { committer, restored } = await Committer.open(contextOf(log), SPEC, [])
    const words = 150_000
    const region = restored.memory.region('words', words * 8)
    for (let i = 0; i < words; i++) region.setF64(i, i + 1)
    let commits = 0
    while ((await wholeSnapshot(log, SPEC)) === undefined && commits < 100) {
      await committer.commit([], AT_ONE)
      commits++
    }
    expect(commits).toBeGreaterThanOrEqual(4)
    expect(commits).toBeLessThanOrEqual(8)
    await committer.close()
  })

  it('has nothing to go on from where it never committed, and reads no further than the last commit that counts', async () => {
    const log = new WatchedLog(14)
    expect(await restore(log, SPEC)).toMatchObject({ last: undefined, lastOffset: -1, whole: -1 })
    const { committer } = await Committer.open({ ...contextOf(log), tuning: TUNING }, SPEC, [])
    for (let i = 0; i < 40; i++) await committer.commit([], AT_ONE)
    await committer.close()
    log.readTo = 0
    expect((await restore(log, SPEC, 5)).last?.number).toBe(5)
    // A read brings some records more than are asked for.
    expect(log.readTo).toBeLessThan(12)
  })

  // Of the larger state a snapshot takes four commits: some lives end in the middle of one.
  it.each([
    ['that fits a chunk', 8, [12, 12, 12]],
    ['of several chunks', 110_000, [2, 5, 7, 3, 8]],
  ])('goes on from any of its commits with the state %s that it had', async (_, words, lives) => {
    const log = new MemoryLog(4)
    const digests: string[] = []
    for (const commits of lives) {
      const { committer, restored } = await Committer.open(contextOf(log), SPEC, [])
      const { memory } = restored
      expect(restored.last?.number ?? 0).toBe(digests.length)
      if (digests.length > 0) expect(memory.digest()).toBe(digests.at(-1))
      const region = memory.region('words', words * 8)
      for (let i = 0; i < commits; i++) {
        const number = digests.length + 1
        // Two commits together write more than all of it, neither does alone.
        if (number % 6 === 1) fill(region, [0, words * 0.75], number)
        if (number % 6 === 2) fill(region, [words / 2, words], number)
        for (let word = number % 8; word < words; word += words / 4) region.setF64(word, -number)
        await committer.commit([], AT_ONE)
        digests.push(memory.digest())
      }
      await committer.close()
    }
    for (const [i, digest] of digests.entries())
      expect((await restore(log, SPEC, i + 1)).memory.digest()).toBe(digest)
    expect(log.partition('_p.stage.s.snapshots', 0).length).toBeGreaterThan(4)
  })

  it('knows after a restart on which of its commits a changed plan began', async () => {
    const log = new MemoryLog(10)
    const context = { ...contextOf(log), tuning: TUNING }
    const before = await Committer.open(context, SPEC, [])
    for (let i = 0; i < 3; i++) await before.committer.commit([], AT_ONE)
    await before.committer.close()
    expect((await restore(log, SPEC)).seeded).toBe(0)
    const start = { after: 3, seed: { parts: [], counts: [] }, lanes: [] }
    const { committer, restored } = await Committer.open(context, SPEC, [], start)
    expect(restored.seeded).toBe(4)
    for (let i = 0; i < 3; i++) await committer.commit([], AT_ONE)
    await committer.close()
    const again = await restore(log, SPEC)
    expect([again.seeded, again.last?.number]).toEqual([4, 7])
  })

  it('restores no state over a commit that is missing, and says which', async () => {
    const log = new MemoryLog(6)
    const { committer } = await Committer.open({ ...contextOf(log), tuning: TUNING }, SPEC, [])
    for (let i = 0; i < 4; i++) await committer.commit([], AT_ONE)
    await committer.close()
    log.partition('_p.stage.s.commits', 0).splice(1, 1)
    await expect(restore(log, SPEC)).rejects.toThrow(
      "commit 2 of '_p.stage.s.commits' is missing: found 3 at offset 1",
    )
  })

  it('tells commits that are missing at the beginning from those that a replay comes too late for', async () => {
    const log = new MemoryLog(7)
    const { committer } = await Committer.open({ ...contextOf(log), tuning: TUNING }, SPEC, [])
    for (let i = 0; i < 4; i++) await committer.commit([], AT_ONE)
    await committer.close()
    log.partition('_p.stage.s.commits', 0).splice(0, 2)
    await expect(restore(log, SPEC)).rejects.toThrow('commit 1 of')
    await expect(restore(log, SPEC, 3)).rejects.toThrow('lies before the replay horizon')
  })
})
