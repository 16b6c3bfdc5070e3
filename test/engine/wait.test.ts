import { describe, expect, it } from 'vitest'
import { decodeCommit } from '../../src/engine/commit-record.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import { replayMerge } from '../../src/engine/replay-commit.ts'
import { blockOf, type LaneRow } from './exchange/lane-rows.ts'
import { inputsOf, output, recorder, SPEC, start, TASK_TOPICS, texts } from './task-fixture.ts'
import { life, virtualLog, type VirtualLog } from './virtual-log.ts'

const WAIT = 500
const LOOKUP = 'input-0'
const OWN = 'input-1'
const INPUTS = inputsOf([WAIT])

const row = (mergeTime: number): LaneRow => ({
  key: 'k',
  mergeTime,
  partition: 0,
  offset: mergeTime,
})
const rows = (...times: number[]): Uint8Array => blockOf(times.map(row), times.at(-1) ?? 0)
const open = (): Promise<VirtualLog> => virtualLog([LOOKUP, OWN, ...TASK_TOPICS])

/** Every commit of the task, done again from the log. */
async function replayed({ log }: VirtualLog): Promise<string[]> {
  const numbers: number[] = []
  const topic = '_p.stage.s.commits'
  await readPartition(log, { topic, partition: 0, from: 0 }, (_, value) => {
    numbers.push(decodeCommit(value).number)
  })
  const lines: string[] = []
  for (const commit of numbers) {
    const of = { spec: SPEC, inputs: INPUTS, commit, body: recorder() }
    lines.push(...texts(await replayMerge(log, of)))
  }
  return lines
}

describe('a row whose lookup has a wait', () => {
  it('waits for the lookup as long as that, and then passes', async () => {
    const virtual = await open()
    start(life(virtual).context, INPUTS, recorder())
    await virtual.append(OWN, rows(10))
    await virtual.pass(WAIT - 1)
    expect(await output(virtual.log)).toEqual([])
    await virtual.pass(2)
    expect(await output(virtual.log)).toEqual(['10 1 0/10'])
  })

  it('passes at once when the lookup has come past it', async () => {
    const virtual = await open()
    start(life(virtual).context, INPUTS, recorder())
    await virtual.append(OWN, rows(10, 20))
    await virtual.append(LOOKUP, rows(5, 15))
    await virtual.pass(1)
    expect(await output(virtual.log)).toEqual(['5 0 0/5', '10 1 0/10', '15 0 0/15'])
  })

  it('waits from its own arrival, whatever waited before it', async () => {
    const virtual = await open()
    start(life(virtual).context, INPUTS, recorder())
    await virtual.append(OWN, rows(10))
    await virtual.pass(WAIT - 100)
    await virtual.append(OWN, rows(20))
    await virtual.pass(101)
    expect(await output(virtual.log)).toEqual(['10 1 0/10'])
    // The lookup comes late for the first row, and in time for the second.
    await virtual.append(LOOKUP, rows(8, 18))
    await virtual.pass(WAIT)
    expect(await output(virtual.log)).toEqual(['10 1 0/10', '8 0 0/8', '18 0 0/18', '20 1 0/20'])
  })

  it('is taken once, in one order, by whoever takes the task over while it waits', async () => {
    const virtual = await open()
    const first = life(virtual)
    start(first.context, INPUTS, recorder())
    await virtual.append(OWN, rows(10, 30))
    await virtual.pass(WAIT - 1)
    first.kill()
    start(life(virtual).context, INPUTS, recorder())
    await virtual.pass(WAIT - 10)
    expect(await output(virtual.log)).toEqual([])
    await virtual.append(LOOKUP, rows(20))
    await virtual.pass(WAIT)
    expect(await output(virtual.log)).toEqual(['10 1 0/10', '20 0 0/20', '30 1 0/30'])
  })

  it('is replayed as it was taken: after its wait was over, or after its lookup', async () => {
    const virtual = await open()
    start(life(virtual).context, INPUTS, recorder())
    await virtual.append(OWN, rows(10, 30))
    await virtual.pass(WAIT + 1)
    await virtual.append(LOOKUP, rows(20, 40))
    await virtual.append(OWN, rows(50))
    await virtual.pass(WAIT + 1)
    const lines = await output(virtual.log)
    expect(lines).toEqual(['10 1 0/10', '30 1 0/30', '20 0 0/20', '40 0 0/40', '50 1 0/50'])
    expect(await replayed(virtual)).toEqual(lines)
  })
  it('does not wait for a fetch of its lookup to end, once its own lane has room again', async () => {
    const virtual = await open()
    const blocks = 30
    for (let i = 0; i < blocks; i++) await virtual.append(OWN, rows(i))
    start(life(virtual, { laneBytes: 300 }).context, inputsOf([0]), recorder())
    await virtual.pass(100)
    expect(await output(virtual.log)).toHaveLength(blocks)
  })
})
