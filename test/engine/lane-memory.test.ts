import { describe, expect, it } from 'vitest'
import type { Log } from '../../src/contracts/log.ts'
import type { TaskInput } from '../../src/engine/merge-task.ts'
import { blockOf, type LaneRow } from './exchange/lane-rows.ts'
import { inputsOf, output, recorder, start, TASK_TOPICS } from './task-fixture.ts'
import { life, virtualLog } from './virtual-log.ts'

const TOPIC = 'input-0'
const AHEAD = 0
const SLOW = 1
const BLOCKS = 400
const LANE_BYTES = 1000

const INPUTS: TaskInput[] = inputsOf([]).map((input) => ({ ...input, partitions: [AHEAD, SLOW] }))

const row = (mergeTime: number): LaneRow => ({
  key: 'k',
  mergeTime,
  partition: 0,
  offset: mergeTime,
})

/** The log, and how many bytes of the lane that is ahead were read from it. */
function measured(log: Log): { log: Log; bytes: () => number } {
  let bytes = 0
  return {
    bytes: () => bytes,
    log: {
      ensureTopic: (spec) => log.ensureTopic(spec),
      topics: () => log.topics(),
      topic: (name) => log.topic(name),
      openWriter: (id, options) => log.openWriter(id, options),
      trim: (topic, partition, before) => log.trim(topic, partition, before),
      close: () => log.close(),
      read: async (from, options) => {
        const result = await log.read(from, options)
        for (const { topic, partition, records } of result.runs)
          if (topic === TOPIC && partition === AHEAD)
            bytes += records.valueEnds[records.count] - records.valueEnds[0]
        return result
      },
    },
  }
}

describe('a task with a lane that is far ahead of another', () => {
  it('reads only what its buffer may hold, however much lies there, and the rest as the other comes on', async () => {
    const virtual = await virtualLog([{ name: TOPIC, partitions: 2 }, ...TASK_TOPICS])
    const block = blockOf([row(BLOCKS * 1000)], 0).length
    for (let i = 1; i <= BLOCKS; i++)
      await virtual.append(TOPIC, blockOf([row(i * 1000)], i * 1000), AHEAD)
    const { log, bytes } = measured(virtual.log)
    const { context } = life(virtual, { laneBytes: LANE_BYTES })
    start({ ...context, log }, INPUTS, recorder())
    await virtual.pass(60_000)
    expect(await output(virtual.log)).toEqual([])
    // What was below the bound when it was read for, and one read more.
    const most = LANE_BYTES * 3 + block
    expect(bytes()).toBeLessThanOrEqual(most)
    expect(BLOCKS * block).toBeGreaterThan(most * 10)
    await virtual.append(TOPIC, blockOf([], (BLOCKS / 2) * 1000 + 1), SLOW)
    await virtual.pass(60_000)
    expect(await output(virtual.log)).toHaveLength(BLOCKS / 2)
    expect(bytes()).toBeLessThanOrEqual((BLOCKS / 2) * block + most)
  })
})
