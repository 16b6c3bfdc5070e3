import { describe, expect, it } from 'vitest'
import { Committer } from '../../src/engine/committer.ts'
import { lastCommit, restore } from '../../src/engine/recovery.ts'
import { Counts, countsIn } from '../../src/engine/state/counts.ts'
import { TUNING } from '../../src/engine/task-context.ts'
import { MemoryLog } from './memory-log.ts'

const SPEC = { pipeline: 'p', stage: 's', number: 0, plan: 'plan' }
const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() }

describe('the last commit of a task', () => {
  it('is undefined before the first', async () => {
    expect(await lastCommit(new MemoryLog(1), SPEC)).toBeUndefined()
  })

  it('tells counts and size of the state as they are after everything was restored', async () => {
    const log = new MemoryLog(2)
    const signal = new AbortController().signal
    const context = { log, clock, steps: { reach: () => {} }, tuning: TUNING, signal }
    const { committer, restored } = await Committer.open(context, SPEC, [])
    const counts = new Counts(restored.memory, ['events', 'late'])
    for (let i = 1; i <= 5; i++) {
      counts.add('events', i)
      if (i % 2 === 0) counts.add('late', 1)
      await committer.commit([], { lanes: [], progress: i * 1000, tick: NaN, ticked: -Infinity })
    }
    await committer.close()
    const last = await lastCommit(log, SPEC)
    const { memory } = await restore(log, SPEC)
    expect(last).toMatchObject({ number: 5, progress: 5000, stateBytes: memory.bytes })
    expect(last?.counts).toEqual(countsIn(memory))
    expect(last?.counts.slice(0, 2)).toEqual([15, 2])
  })
})
