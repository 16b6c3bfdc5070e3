import { describe, expect, it } from 'vitest'
import type { Idle } from '../../src/engine/exchange/block-format.ts'
import { decodeCommit, type CommitRecord } from '../../src/engine/commit-record.ts'
import { idleOf, progressOf } from '../../src/engine/idle-time.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import { replayMerge } from '../../src/engine/replay-commit.ts'
import type { TaskInput } from '../../src/engine/merge-task.ts'
import { blockOf, type LaneRow } from './exchange/lane-rows.ts'
import { inputsOf, output, recorder, SPEC, start, TASK_TOPICS, texts } from './task-fixture.ts'
import { life, virtualLog, type VirtualLog } from './virtual-log.ts'

const TOPIC = 'input-0'
const TIMER = 60_000
const DAY_OF_2001 = Date.UTC(2001, 5, 5)

const INPUTS: TaskInput[] = inputsOf([]).map((input) => ({ ...input, partitions: [0, 1] }))

const row = (mergeTime: number): LaneRow => ({
  key: 'k',
  mergeTime,
  partition: 0,
  offset: mergeTime,
})
const rows = (...times: number[]): Uint8Array => blockOf(times.map(row), times.at(-1) ?? 0)
const quiet = (progress: number, idle: Idle = 'live'): Uint8Array => blockOf([], progress, idle)

function open(): Promise<VirtualLog> {
  return virtualLog([{ name: TOPIC, partitions: 2 }, ...TASK_TOPICS])
}

async function commits({ log }: VirtualLog): Promise<CommitRecord[]> {
  const found: CommitRecord[] = []
  const topic = '_p.stage.s.commits'
  await readPartition(log, { topic, partition: 0, from: 0 }, (_, value) => {
    found.push(decodeCommit(value))
  })
  return found
}

describe('event time of a task', () => {
  it('goes on by elapsed ticks while all its inputs are idle, and fires what they make due, once', async () => {
    const virtual = await open()
    start(life(virtual).context, INPUTS, recorder(TIMER))
    await virtual.append(TOPIC, rows(DAY_OF_2001), 0)
    await virtual.append(TOPIC, quiet(DAY_OF_2001), 0)
    await virtual.append(TOPIC, quiet(DAY_OF_2001 - 5000), 1)
    await virtual.pass(TIMER - 1000)
    expect(await output(virtual.log)).toHaveLength(1)
    await virtual.pass(2000)
    expect(await output(virtual.log)).toEqual([
      `${DAY_OF_2001} 0 0/${DAY_OF_2001}`,
      `due ${DAY_OF_2001 + TIMER}`,
    ])
    await virtual.pass(100 * TIMER)
    expect(await output(virtual.log)).toHaveLength(2)
  })

  it('never goes on in a back-fill, nor while one input is not idle', async () => {
    for (const last of [quiet(DAY_OF_2001, 'idle'), quiet(DAY_OF_2001 + 1, false)]) {
      const virtual = await open()
      start(life(virtual).context, INPUTS, recorder(TIMER))
      await virtual.append(TOPIC, rows(DAY_OF_2001), 0)
      await virtual.append(TOPIC, quiet(DAY_OF_2001, 'idle'), 0)
      await virtual.append(TOPIC, last, 1)
      await virtual.pass(100 * TIMER)
      expect(await output(virtual.log)).toHaveLength(1)
    }
  })

  it('stands at the greatest event time while its inputs are idle, and not at the end', async () => {
    const virtual = await open()
    const task = start(life(virtual).context, INPUTS, recorder(TIMER))
    await virtual.append(TOPIC, quiet(5000, 'idle'), 0)
    await virtual.append(TOPIC, quiet(7000, 'idle'), 1)
    await virtual.pass(TIMER)
    expect(task).toMatchObject({ progress: 7000, ended: false })
    await virtual.append(TOPIC, quiet(Infinity, false), 0)
    await virtual.pass(TIMER)
    expect(task).toMatchObject({ progress: 7000, ended: false })
    await virtual.append(TOPIC, quiet(Infinity, false), 1)
    await virtual.pass(10)
    expect(task).toMatchObject({ progress: Infinity, ended: true })
  })

  it('is moved by data again as soon as some come, and counts anew from when they stop', async () => {
    const virtual = await open()
    start(life(virtual).context, INPUTS, recorder(TIMER))
    await virtual.append(TOPIC, quiet(0), 1)
    await virtual.append(TOPIC, rows(1000), 0)
    await virtual.append(TOPIC, quiet(1000), 0)
    await virtual.pass(TIMER - 1000)
    await virtual.append(TOPIC, rows(2000), 0)
    await virtual.pass(10 * TIMER)
    expect(await output(virtual.log)).toHaveLength(2)
    await virtual.append(TOPIC, quiet(2000), 0)
    await virtual.pass(TIMER - 1500)
    expect((await output(virtual.log)).slice(2)).toEqual([])
    await virtual.pass(1000)
    expect((await output(virtual.log)).slice(2)).toEqual([`due ${1000 + TIMER}`])
    await virtual.pass(1000)
    expect((await output(virtual.log)).slice(2)).toEqual([
      `due ${1000 + TIMER}`,
      `due ${2000 + TIMER}`,
    ])
  })

  it('goes on over a crash: time that passed while the task was dead has passed', async () => {
    const virtual = await open()
    const first = life(virtual)
    start(first.context, INPUTS, recorder(TIMER))
    await virtual.append(TOPIC, quiet(0), 1)
    await virtual.append(TOPIC, rows(1000), 0)
    await virtual.append(TOPIC, quiet(1000), 0)
    await virtual.pass(TIMER / 2)
    first.kill()
    await virtual.pass(TIMER)
    expect(await output(virtual.log)).toHaveLength(1)
    start(life(virtual).context, INPUTS, recorder(TIMER))
    await virtual.pass(10)
    expect((await output(virtual.log)).slice(1)).toEqual([`due ${1000 + TIMER}`])
  })

  it('is in the commits that fire something and in no other, and replays', async () => {
    const virtual = await open()
    start(life(virtual).context, INPUTS, recorder(TIMER))
    await virtual.append(TOPIC, quiet(0), 1)
    await virtual.append(TOPIC, rows(1000, 9000), 0)
    await virtual.append(TOPIC, quiet(9000), 0)
    await virtual.pass(1000)
    const before = (await commits(virtual)).length
    await virtual.pass(20 * TIMER)
    const all = await commits(virtual)
    expect(all.length - before).toBe(2)
    const lines: string[] = []
    for (const { number: commit } of all) {
      const of = { spec: SPEC, inputs: INPUTS, commit, body: recorder(TIMER) }
      lines.push(...texts(await replayMerge(virtual.log, of)))
    }
    expect(lines).toEqual(await output(virtual.log))
    expect(lines.slice(2)).toEqual([`due ${1000 + TIMER}`, `due ${9000 + TIMER}`])
  })
})

describe('lanes that are idle', () => {
  const idle = (bound: number, how: Idle = 'idle') => ({ bound, idle: how })

  it('hold nothing back, and say how far time has come only where no other is left', () => {
    expect(progressOf([idle(3, false), idle(5, false)])).toBe(3)
    expect(progressOf([idle(3), idle(5, false)])).toBe(5)
    expect(progressOf([idle(3), idle(5)])).toBe(5)
    expect(progressOf([idle(3), idle(Infinity, false)])).toBe(3)
    expect(progressOf([idle(Infinity), idle(Infinity, false)])).toBe(Infinity)
    expect(progressOf([idle(-Infinity), idle(-Infinity)])).toBe(-Infinity)
  })

  it('are idle together when all are that have not ended, and live when one is', () => {
    expect(idleOf([idle(3), idle(5, false)])).toBe(false)
    expect(idleOf([idle(3), idle(Infinity, false)])).toBe('idle')
    expect(idleOf([idle(3), idle(5, 'live')])).toBe('live')
    expect(idleOf([idle(Infinity, 'live'), idle(Infinity, false)])).toBe(false)
  })
})
