import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadFrom, ReadOptions, ReadResult } from '../../src/contracts/log.ts'
import { recordText } from '../../src/base/records.ts'
import { replayMerge } from '../../src/engine/replay-commit.ts'
import { blockRecord } from '../../src/engine/exchange/router.ts'
import type { StageBody } from '../../src/engine/body.ts'
import { MergeTask, type TaskInput } from '../../src/engine/merge-task.ts'
import type { StateMemory } from '../../src/engine/state/memory.ts'
import { TUNING } from '../../src/engine/task-context.ts'
import { blockOf, layout, linesOf, scenarios, type Scenario } from './exchange/lane-rows.ts'
import { MemoryLog } from './memory-log.ts'

const PRIMARY = 2
const SPEC = { pipeline: 'p', stage: 's', number: 0, plan: 'plan' }

let ms = 0
const clock = {
  now: () => 0,
  // Every look at the clock takes a moment, so that waits end somewhere.
  monotonic: () => ms++,
  sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
}

/** Writes each row behind how many came before it, which only its state knows. */
function counting(memory: StateMemory): StageBody {
  const region = memory.region('rows', 8)
  return {
    process: (merged) => {
      const lines = linesOf(merged).map((line) => {
        region.setF64(0, region.f64[0] + 1)
        return `${region.f64[0]}: ${line}`
      })
      const value = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      return [{ topic: 'out', partition: 0, records: blockRecord(value) }]
    },
  }
}

function inputsOf({ lanes }: Scenario, waits: readonly number[] = []): TaskInput[] {
  return [0, 1, PRIMARY].map((input) => ({
    topic: `input-${input}`,
    layout,
    partitions: lanes.flatMap((lane, i) => (lane.input === input ? [i] : [])),
    waitMs: waits[input] ?? Infinity,
    primary: input === PRIMARY,
  }))
}

/** Runs one task until its inputs end, or until its writer dies. */
async function runOnce(
  log: MemoryLog,
  inputs: readonly TaskInput[],
  batchRows: number,
): Promise<boolean> {
  const stop = new AbortController()
  const tuning = { ...TUNING, batchRows, laneBytes: 600, snapshotBytes: 64 }
  const context = { log, clock, steps: { reach: () => {} }, tuning, signal: stop.signal }
  try {
    const task = await MergeTask.open(context, SPEC, { inputs, body: counting })
    await task.run(({ ended }) => ended && stop.abort())
    return true
  } catch (error) {
    if (error instanceof Error && error.message === 'the writer is dead') return false
    throw error
  }
}

/** A log whose reads take a while, that counts those that were given up. */
class SlowLog extends MemoryLog {
  givenUp = 0
  ended = false

  override async read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    for (let turn = 0; turn < 5; turn++) await clock.sleep()
    if (options.signal?.aborted === true && !this.ended) this.givenUp++
    return super.read(from, options)
  }
}

describe('a task that merges lanes', () => {
  const cases = fc.record({
    scenario: scenarios,
    seed: fc.nat(),
    batchRows: fc.integer({ min: 1, max: 9 }),
    lives: fc.array(fc.nat({ max: 6 }), { maxLength: 12 }),
  })

  it('writes every row once, in order, with its state, wherever it dies and however little a read gives', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ scenario, seed, batchRows, lives }) => {
        const log = new MemoryLog(seed)
        scenario.lanes.forEach(({ input, blocks }, i) =>
          log.partition(`input-${input}`, i).push(...blocks),
        )
        let ended = false
        for (let life = 0; !ended; life++) {
          log.appendsLeft = lives[life] ?? Infinity
          ended = await runOnce(log, inputsOf(scenario), batchRows)
        }
        const written = Buffer.concat(log.partition('out', 0)).toString()
        expect(written.split('\n').slice(0, -1)).toEqual(
          scenario.sorted.map((line, i) => `${i + 1}: ${line}`),
        )
      }),
      { numRuns: 400 },
    )
  })
  it('is replayed commit by commit to what it wrote, whatever it waited for and wherever it died', async () => {
    const waits = fc.array(fc.constantFrom(0, 3, 30, 300, Infinity), { minLength: 2, maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(cases, waits, async ({ scenario, seed, batchRows, lives }, waitsMs) => {
        const log = new MemoryLog(seed)
        scenario.lanes.forEach(({ input, blocks }, i) =>
          log.partition(`input-${input}`, i).push(...blocks),
        )
        const inputs = inputsOf(scenario, waitsMs)
        let ended = false
        for (let life = 0; !ended; life++) {
          log.appendsLeft = lives[life] ?? Infinity
          ended = await runOnce(log, inputs, batchRows)
        }
        const written = log.partition('out', 0).map((value) => Buffer.from(value).toString())
        const again: string[] = []
        for (let commit = 1; commit <= written.length; commit++) {
          const appends = await replayMerge(log, { spec: SPEC, inputs, commit, body: counting })
          again.push(recordText(appends[0].records, 0, 'value'))
        }
        expect(again).toEqual(written)
        const lines = written.join('').split('\n').slice(0, -1)
        expect(lines.map((line) => line.replace(/^\d+: /, '')).toSorted()).toEqual(
          scenario.sorted.toSorted(),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('takes nothing while its stage is paused, says so, and goes on where it was', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, fc.nat(), async (scenario, seed) => {
        const log = new MemoryLog(seed)
        scenario.lanes.forEach(({ input, blocks }, i) =>
          log.partition(`input-${input}`, i).push(...blocks),
        )
        let sleeps = 0
        let paused: string | undefined = 'for a reason'
        const sleep = async (): Promise<void> => {
          await clock.sleep()
          if (paused !== undefined) expect(log.partition('out', 0)).toEqual([])
          if (++sleeps === 3) paused = undefined
        }
        const body = (memory: StateMemory): StageBody => {
          const own = counting(memory)
          return {
            process: (merged, batch) => own.process(merged, batch),
            get paused() {
              return paused
            },
          }
        }
        const stop = new AbortController()
        const context = {
          log,
          clock: { ...clock, sleep },
          steps: { reach: () => {} },
          tuning: { ...TUNING, batchRows: 3 },
          signal: stop.signal,
        }
        const task = await MergeTask.open(context, SPEC, { inputs: inputsOf(scenario), body })
        const told: (string | undefined)[] = []
        await task.run((progress) => {
          told.push(progress.paused)
          if (progress.ended) stop.abort()
        })
        expect(told[0]).toBe('for a reason')
        expect(told.at(-1)).toBeUndefined()
        const written = Buffer.concat(log.partition('out', 0)).toString().split('\n')
        expect(written).toHaveLength(scenario.sorted.length + 1)
      }),
      { numRuns: 50 },
    )
  })

  it('gives no read up that brings what all of its lanes have room for', async () => {
    const log = new SlowLog(3)
    for (let i = 0; i < 20; i++) {
      const row = { key: 'a', mergeTime: i, partition: 0, offset: i }
      log.partition('input-2', 0).push(blockOf([row], i < 19 ? i : Infinity))
    }
    const stop = new AbortController()
    const context = { log, clock, steps: { reach: () => {} }, tuning: TUNING, signal: stop.signal }
    const input = { topic: 'input-2', layout, partitions: [0], waitMs: Infinity, primary: true }
    const task = await MergeTask.open(context, SPEC, { inputs: [input], body: counting })
    await task.run(({ ended }) => {
      log.ended = ended
      if (ended) stop.abort()
    })
    expect(log.partition('out', 0).join('').split('\n')).toHaveLength(21)
    expect(log.givenUp).toBe(0)
  })
})
