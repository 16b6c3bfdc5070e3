import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { Explanation } from '../../src/runner/explain.ts'
import type { Replay } from '../../src/runner/replay.ts'
import type { RunOptions, RunStatus } from '../../src/runner/run-pipeline.ts'
import { askChild, workersOf, type Heard } from './ask-child.ts'
import { FLIGHTS, FlightsLog } from './flights-log.ts'

const folders: FlightsLog[] = []
afterAll(() => folders.forEach((each) => each.remove()))

interface Ran {
  readonly log: FlightsLog
  readonly status: RunStatus
}

/** Imports that many flights and runs the example over them to the end. */
async function ran(
  limit: number,
  options: Partial<RunOptions> & { sources?: number } = {},
  heard: Heard = {},
): Promise<Ran> {
  const { sources = 2, ...own } = options
  const log = new FlightsLog()
  folders.push(log)
  await log.import(limit, sources)
  const run = { file: FLIGHTS, log: log.folder, untilEnd: true, ...own }
  const status = (await askChild({ kind: 'run', options: run }, heard)) as RunStatus
  return { log, status }
}

function counts(status: RunStatus, kind: string): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const stage of status.stages) {
    if (stage.kind !== kind) continue
    for (const [name, count] of Object.entries(stage.counts)) sum[name] = (sum[name] ?? 0) + count
  }
  return sum
}

/** Predictions by flight, whatever partition they lie in. */
function byFlight(lines: readonly string[]): string[] {
  return lines.map((line) => line.slice(line.indexOf('{'))).sort()
}

describe('the flights example', () => {
  const LIMIT = 4000
  let whole: Ran
  let outputs: Record<string, string[]>

  beforeAll(async () => {
    whole = await ran(LIMIT)
    outputs = await whole.log.outputs()
  }, 60_000)

  it('predicts every departure once and joins every landing to its prediction', () => {
    expect(whole.status.ended).toBe(true)
    expect(counts(whole.status, 'source').events).toBe(2 * LIMIT)
    expect(outputs.predictions).toHaveLength(LIMIT)
    expect(new Set(byFlight(outputs.predictions)).size).toBe(LIMIT)
    expect(counts(whole.status, 'join')).toMatchObject({
      predictions: LIMIT,
      labels: LIMIT,
      joined: LIMIT,
      orphaned: 0,
      duplicate: 0,
    })
  })

  it.each([1, 7, 1000])(
    'writes the same bytes in batches of %i',
    async (batchRows) => {
      const limit = batchRows === 1 ? 500 : LIMIT
      const expected = batchRows === 1 ? await (await ran(limit)).log.outputs() : outputs
      const { log } = await ran(limit, { batchRows })
      expect(await log.outputs()).toEqual(expected)
    },
    120_000,
  )

  it('writes the same bytes with one worker as with two', async () => {
    const { log } = await ran(LIMIT, { workers: 1 })
    expect(await log.outputs()).toEqual(outputs)
  }, 60_000)

  it.each([1, 8])(
    'gives the same predictions with %i partitions where all flights come from one',
    async (partitions) => {
      const one = await ran(LIMIT, { sources: 1, partitions: 2 })
      const other = await ran(LIMIT, { sources: 1, partitions })
      const [left, right] = [
        await one.log.lines('predictions'),
        await other.log.lines('predictions'),
      ]
      expect(byFlight(right)).toEqual(byFlight(left))
    },
    120_000,
  )

  it('derives any prediction again from the log, bit for bit', async () => {
    const random = new Prng(1)
    const ids = Array.from(
      { length: 6 },
      () => `F${String(1 + random.below(LIMIT)).padStart(7, '0')}`,
    )
    const place = { file: FLIGHTS, log: whole.log.folder, ids }
    const replays = (await askChild({ kind: 'replay', ...place })) as Replay[]
    for (const { steps } of replays) {
      expect(steps).toHaveLength(4)
      expect(steps.filter(({ equal }) => !equal)).toEqual([])
    }
    const told = (await askChild({ kind: 'explain', ...place })) as Explanation[]
    for (const { id, outputs: said } of told) {
      const line = `{"id":"${id}","late":${String(said.probability)}}`
      expect(outputs.predictions.some((each) => each.endsWith(`${line} `))).toBe(true)
    }
    expect([replays.length, told.length]).toEqual([6, 6])
  }, 60_000)
})

describe('workers that are killed', () => {
  const LIMIT = 30_000
  const KILLS = 8

  it('change no byte of any output', async () => {
    const undisturbed = await (await ran(LIMIT)).log.outputs()
    const random = new Prng(7)
    let next = 0
    let kills = 0
    const kill: Heard = {
      status: ({ stages }, child) => {
        const done = stages.reduce((sum, stage) => sum + (stage.counts.rows ?? 0), 0)
        const running = kills < KILLS && done >= next ? workersOf(child) : []
        if (running.length === 0) return
        process.kill(random.pick(running), 'SIGKILL')
        kills++
        next = done + random.below(LIMIT / 4)
      },
    }
    const { log, status } = await ran(LIMIT, { batchRows: 256 }, kill)
    expect(kills).toBe(KILLS)
    expect(status.restarts).toBeGreaterThanOrEqual(KILLS)
    expect(await log.outputs()).toEqual(undisturbed)
    expect(counts(status, 'join')).toMatchObject({ joined: LIMIT, predictions: LIMIT })
  }, 180_000)
})
