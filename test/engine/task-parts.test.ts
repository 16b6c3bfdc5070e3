// Small parts of what a task commits, and says of itself.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { Committer } from '../../src/engine/committer.ts'
import { decodeCommit, encodeCommit } from '../../src/engine/commit-record.ts'
import { IDLE, type Idle } from '../../src/engine/exchange/block-format.ts'
import type { LanePosition } from '../../src/engine/exchange/lane.ts'
import { IdleTime } from '../../src/engine/idle-time.ts'
import { idleInputs, MergeTask, primaryIdle, settledOf } from '../../src/engine/merge-task.ts'
import { packRecord, unpackRecord } from '../../src/engine/packed-record.ts'
import { TUNING, type TaskContext } from '../../src/engine/task-context.ts'
import { blockOf, layout } from './exchange/lane-rows.ts'
import { MemoryLog } from './memory-log.ts'
import { inputsOf, recorder, SPEC } from './task-fixture.ts'

const clock = {
  now: () => 0,
  monotonic: () => 0,
  sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
}

function contextOf(log: MemoryLog, stop = new AbortController()): TaskContext {
  return { log, clock, steps: { reach: () => {} }, tuning: TUNING, signal: stop.signal }
}

function lane(bound: number, idle: Idle = false): LanePosition {
  return { offset: 0, row: 0, bound, idle }
}

describe('inputs of several lanes', () => {
  const input = { topic: 't', layout, waitMs: 0, primary: false }
  const inputs = [
    { ...input, partitions: [0, 1] },
    { ...input, partitions: [0], waitMs: 5 },
    { ...input, partitions: [0, 1, 2], primary: true },
  ]
  const positions = [
    lane(1, 'idle'),
    lane(2, 'live'),
    lane(7, 'idle'),
    lane(5, 'idle'),
    lane(6, 'idle'),
    lane(9),
  ]

  it('are idle each by its own lanes', () => {
    expect(idleInputs(inputs, positions)).toEqual(['live', 'idle', false])
    expect(primaryIdle(inputs, positions)).toBe(false)
    expect(primaryIdle(inputs, positions.with(5, lane(9, 'live')))).toBe('live')
  })

  it('have settled as far as the lanes that hold rows back, but for those that are idle', () => {
    expect(settledOf(inputs, positions)).toBe(9)
    expect(settledOf(inputs, positions.with(2, lane(7)))).toBe(7)
    expect(settledOf(inputs, positions.with(0, lane(1)))).toBe(9)
  })
})

describe('event time of a task', () => {
  it('stands at its progress while no input of a live stream is idle, and never goes back from a tick', () => {
    const time = new IdleTime({ idle: false, since: NaN, ticked: -Infinity })
    expect(time.at(100, 5000)).toBe(100)
    time.moved('live', 5000)
    expect(time.at(100, 5040)).toBe(140)
    expect(time.at(100, 4000)).toBe(100)
    time.fire(130)
    expect(time.at(100, 5010)).toBe(130)
    time.moved(false, 6000)
    expect(time.at(100, 9000)).toBe(130)
  })
})

describe('a record of a commit', () => {
  it('gives back what the commit says, also of times that JSON has not', () => {
    for (const idle of IDLE) {
      const commit = {
        number: 3,
        plan: 'p',
        lanes: [
          lane(-Infinity, idle),
          lane(Infinity, idle),
          { ...lane(5, idle), offset: 7, row: 2 },
        ],
        progress: Infinity,
        counts: [1, 2],
        stateBytes: 9,
        tick: NaN,
        ticked: -Infinity,
        unscored: [
          { model: 1, rows: 'all' as const },
          { model: 0, rows: [[2, 7]] as const },
        ],
      }
      expect(decodeCommit(encodeCommit(commit, Uint8Array.of(1, 2)))).toMatchObject(commit)
      const other = { ...commit, tick: 5, ticked: 6, progress: -Infinity, unscored: [] }
      const decoded = decodeCommit(encodeCommit(other, Uint8Array.of(1, 2)))
      expect(decoded).toMatchObject(other)
      expect([...decoded.delta()]).toEqual([1, 2])
    }
  })

  it('is refused where it is short or of another kind', () => {
    const record = packRecord(77, ['head'], Uint8Array.of(1))
    expect(unpackRecord(77, record, 'commit').head).toEqual(['head'])
    for (const wrong of [record.subarray(0, 11), packRecord(78, ['head'], Uint8Array.of(1))])
      expect(() => unpackRecord(77, wrong, 'commit')).toThrow('is no commit of this version')
  })

  it('holds long bodies in fewer bytes where that is possible, and gives them back', () => {
    const random = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 7919 + i * 31) >> 5)
    for (const body of [new Uint8Array(4095), new Uint8Array(4096), new Uint8Array(9000), random]) {
      const packed = packRecord(77, null, body)
      expect(Buffer.compare(unpackRecord(77, packed, 'commit').body(), body)).toBe(0)
      expect(unpackRecord(77, packed, 'commit').bodyBytes).toBe(body.length)
    }
    expect(packRecord(77, null, new Uint8Array(9000)).length).toBeLessThan(200)
    const prng = new Prng(1)
    const noise = Uint8Array.from({ length: 9000 }, () => prng.below(256))
    expect(packRecord(77, null, noise)).toHaveLength(12 + 'null'.length + noise.length)
  })
})

describe('a task that changes little state', () => {
  it('writes a snapshot once it has read many times its size, so that blocks can go', async () => {
    const log = new MemoryLog(1)
    const { committer, restored } = await Committer.open(contextOf(log), SPEC, [])
    restored.memory.region('words', 64)
    const inputs = { lanes: [], progress: 1, tick: NaN, ticked: -Infinity }
    const snapshots = (): number => log.partition('_p.stage.s.snapshots', 0).length
    for (let i = 0; i < 3; i++)
      await committer.commit([], inputs, { readBytes: TUNING.snapshotBytes * 16 })
    expect(snapshots()).toBe(0)
    await committer.commit([], inputs, { readBytes: TUNING.snapshotBytes * 16 })
    await committer.drain()
    expect(snapshots()).toBe(1)
    for (let i = 0; i < 4; i++) await committer.commit([], inputs)
    await committer.close()
    expect(snapshots()).toBe(2)
  })
})

describe('a task that waits', () => {
  it('names the lane that is least far of those that hold its rows back', async () => {
    const log = new MemoryLog(2)
    const stop = new AbortController()
    const row = { key: 'a', mergeTime: 50, partition: 0, offset: 0 }
    log.partition('input-0', 0).push(blockOf([], 10))
    log.partition('input-1', 0).push(blockOf([], 20))
    log.partition('input-2', 0).push(blockOf([], 5))
    log.partition('input-3', 0).push(blockOf([row], 60))
    // The third is not waited for.
    const inputs = inputsOf([Infinity, Infinity, 0])
    const task = await MergeTask.open(contextOf(log, stop), SPEC, { inputs, body: recorder() })
    expect(task.spec).toBe(SPEC)
    const waitsFor = (): string | undefined => task.figures.waitsFor?.topic
    expect(waitsFor()).toBeUndefined()
    const running = task.run(() => undefined)
    while (waitsFor() !== 'input-0') await clock.sleep()
    log.partition('input-0', 0).push(blockOf([], 70))
    while (waitsFor() !== 'input-1') await clock.sleep()
    stop.abort()
    await running
  })
})
