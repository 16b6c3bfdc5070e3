import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { murmur2, partitionOf } from '../../src/base/murmur2.ts'
import { statusLines } from '../../src/cli/terminal/status-text.ts'
import { style } from '../../src/cli/terminal/style.ts'
import { openLog, type Log } from '../../src/index.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { askChild, kill, killTree, startChild, statusOf, workersOf } from './ask-child.ts'
import {
  definition,
  OrderFolders,
  orderOf,
  orderOutputs,
  type OrderOutputs,
} from './order-folders.ts'

const ORDERS = 240
/** Neighbours, and one far from them. */
const BAD_ORDERS = [40, 41, 147]

const folders = new OrderFolders()
afterAll(() => folders.remove())

type Definition = Parameters<typeof definition>[0]

function jobOf(name: Definition, log: string, more: object = {}): Parameters<typeof askChild>[0] {
  return { kind: 'run', file: definition(name), log, untilEnd: true, workers: 2, ...more }
}

async function outputsOf(
  name: Definition,
  bad: readonly number[] = BAD_ORDERS,
): Promise<OrderOutputs> {
  const log = await folders.of(ORDERS, bad)
  await askChild(jobOf(name, log))
  return orderOutputs(log)
}

/** Without the reason, which says why the row failed. */
function letters({ deadLetters }: OrderOutputs): string[] {
  return deadLetters.map((line) => line.replace(/millrace-reason: .*\n/, ''))
}

describe('a model that never comes back from some rows', () => {
  it(
    'gives every output that a model gives which fails on them, also when kill -9 disturbs the search for them',
    { timeout: 600_000 },
    async () => {
      const failing = await outputsOf('throws')
      const log = await folders.of(ORDERS, BAD_ORDERS)
      let kills = 0
      let status: RunStatus | undefined
      while (status === undefined) {
        // The second life of a supervisor knows nothing of what the first one found and had not committed.
        const { child, result } = startChild(
          jobOf('hangs', log, { batchRows: 8, hangsMax: 20 }),
          (heard) => {
            if (heard.restarts < 2 + kills * 2 || kills >= 3) return
            kills++
            if (kills === 2) killTree(child)
            else kill(workersOf(child).at(-1))
          },
        )
        status = (await result) as RunStatus | undefined
        killTree(child)
      }
      expect(kills).toBeGreaterThan(0)
      expect(status.quarantined).toEqual([])
      const hanging = await orderOutputs(log)
      expect(hanging.scores).toHaveLength(ORDERS - BAD_ORDERS.length)
      expect(hanging.scores).toEqual(failing.scores)
      expect(hanging.receipts).toEqual(failing.receipts)
      expect(letters(hanging)).toEqual(letters(failing))
      expect(hanging.deadLetters.join()).toContain('did%20not%20answer%20on%20this%20row')
      const replays = (await askChild({
        kind: 'replay',
        file: definition('hangs'),
        log,
        ids: BAD_ORDERS.map((number) => `shop-${number % 37}`),
      })) as Replay[]
      expect(replays.filter(({ equal }) => !equal)).toEqual([])
      const failed = replays.filter(({ explanation }) => explanation.outcome === 'failed')
      expect(failed).toHaveLength(BAD_ORDERS.length)
    },
  )

  it(
    'is quarantined when it hangs too often: its stage pauses, everything else goes on, and a person resumes it',
    { timeout: 600_000 },
    async () => {
      const log = await folders.of(ORDERS, BAD_ORDERS)
      const place = { file: definition('hangs'), log }
      const paused = Promise.withResolvers<RunStatus>()
      const resume = (): Promise<unknown> => askChild({ kind: 'resume', ...place, model: 'risk' })
      let idle = false
      const { child, result } = startChild(
        jobOf('hangs', log, { hangsMax: 1, batchRows: 8 }),
        (status) => {
          const sources = status.stages.filter(({ kind }) => kind === 'source')
          const stages = status.stages.filter(({ kind }) => kind === 'stage')
          if (stages.every((stage) => stage.paused === undefined)) return
          if (sources.every(({ ended }) => ended)) paused.resolve(status)
          // A machine that is too slow for the deadline brings it into quarantine more than once.
          if (!idle) return
          idle = false
          void resume().then(
            () => (idle = true),
            () => (idle = true),
          )
        },
      )
      const status = await paused.promise
      expect(status.quarantined).toMatchObject([{ model: 'risk', hangs: 2 }])
      expect(status.stages.map((stage) => stage.paused ?? '').join()).toContain("'risk' is quar")
      const report = await statusOf(place)
      expect(report.tasks.find((task) => task.paused !== undefined)?.stage).toBe('by-shop.shop')
      const told = statusLines({ report }, style(false, 400))
      expect(told.join('\n')).toMatch(/model risk, .* hung 2 times .* its stage is paused/)
      await resume()
      idle = true
      expect(((await result) as RunStatus).quarantined).toEqual([])
      killTree(child)
      const hanging = await orderOutputs(log)
      const failing = await outputsOf('throws')
      expect(hanging.receipts).toEqual(failing.receipts)
      expect(letters(hanging)).toEqual(letters(failing))
    },
  )

  it(
    'falls back for every row once it is quarantined, where it states what to, and is replayed so',
    { timeout: 600_000 },
    async () => {
      const log = await folders.of(ORDERS, BAD_ORDERS)
      const job = jobOf('falls-back', log, { hangsMax: 1, batchRows: 8 })
      const status = (await askChild(job)) as RunStatus
      expect(status.quarantined).toMatchObject([{ model: 'risk', hangs: 2 }])
      const { scores, receipts, deadLetters } = await orderOutputs(log)
      expect(scores).toHaveLength(ORDERS)
      expect(deadLetters).toEqual([])
      const fellBack = receipts.filter((line) => line.endsWith(' -1 2'))
      expect(fellBack.length).toBeGreaterThan(BAD_ORDERS.length)
      expect(receipts.filter((line) => line.endsWith(' 0')).length).toBe(ORDERS - fellBack.length)
      const ids = ['shop-0', 'shop-4']
      const file = definition('falls-back')
      const replays = (await askChild({ kind: 'replay', file, log, ids })) as Replay[]
      expect(replays.filter(({ equal }) => !equal)).toEqual([])
      expect(replays.map(({ explanation }) => explanation.outcome)).toContain('fell back')
    },
  )
})

/** How many orders have a score, by partition of the source. Read, and not reckoned from offsets, which have holes on Kafka. */
async function scoresOf(log: Log): Promise<readonly number[]> {
  const from = [0, 1].map((partition) => ({ topic: 'scores', partition, offset: 0 }))
  if ((await log.topic('scores')) === undefined) return from.map(() => 0)
  const { runs } = await log.read(from, { maxBytes: 1 << 20, maxWaitMs: 0 })
  return from.map(({ partition }) =>
    runs.reduce((sum, run) => sum + (run.partition === partition ? run.records.count : 0), 0),
  )
}

describe('a model that hangs in one task, where none reads what another writes', () => {
  const partitions = Array.from({ length: ORDERS }, (_, i) =>
    partitionOf(murmur2(Buffer.from(orderOf(i, []).shop)), 2),
  )
  const bad = partitions.indexOf(0)
  const others = partitions.filter((each) => each === 1).length

  it(
    'leaves another task of its worker a turn in each life of the search: it has all its rows before the search is over',
    { timeout: 300_000 },
    async () => {
      const folder = await folders.of(ORDERS, [bad])
      const job = jobOf('hangs-keyed', folder, { workers: 1, batchRows: 8, deadlineMs: 2000 })
      // Eight rows, four, two: one of these is the last that is looked for.
      const third = Promise.withResolvers<void>()
      const peaks: number[] = []
      let lives = 0
      const { child, result } = startChild(job, ({ restarts, peakMemoryBytes }) => {
        peaks.push(peakMemoryBytes)
        lives = restarts
        if (restarts === 3) third.resolve()
      })
      try {
        await third.promise
        // Opened by then: whoever opens it first owns it, and its end would be the end of a part of the run.
        const { log } = await openLog(folder)
        while ((await scoresOf(log))[1] < others) expect(lives).toBe(3)
        expect((await scoresOf(log))[1]).toBe(others)
        await log.close()
        const status = (await result) as RunStatus
        expect(status.restarts).toBe(4)
        // What ended workers had is a part of the most there was.
        expect(peaks).toEqual(peaks.toSorted((one, other) => one - other))
        expect(status.quarantined).toEqual([])
      } finally {
        killTree(child)
      }
    },
  )

  it(
    'holds up no task of another worker, though nobody ends it',
    { timeout: 300_000 },
    async () => {
      const folder = await folders.of(ORDERS, [bad])
      const { child } = startChild(
        jobOf('hangs-keyed', folder, { untilEnd: false, deadlineMs: 86_400_000 }),
      )
      try {
        const { log } = await openLog(folder)
        const expected = [0, others]
        let seen = await scoresOf(log)
        while (seen[1] !== expected[1]) {
          await pause(100)
          seen = await scoresOf(log)
        }
        expect(seen).toEqual(expected)
        await log.close()
      } finally {
        killTree(child)
      }
    },
  )
})

describe('a model that takes memory without end for some rows', () => {
  it(
    'loses those rows alone: what its process dies of is found by halving',
    { timeout: 600_000 },
    async () => {
      const log = await folders.of(40, [20])
      const job = jobOf('swells', log, { batchRows: 4, workers: 1 })
      const status = (await askChild(job, {
        execArgv: ['--max-old-space-size=80'],
        quiet: true,
      })) as RunStatus
      expect(status.restarts).toBeGreaterThan(0)
      expect(status.quarantined).toEqual([])
      const { scores, receipts, deadLetters } = await orderOutputs(log)
      expect(scores).toHaveLength(39)
      expect(scores.join()).not.toContain('order-20')
      expect(receipts).toHaveLength(40)
      expect(deadLetters).toHaveLength(1)
      expect(deadLetters[0]).toContain('did%20not%20answer%20on%20this%20row')
    },
  )

  it.runIf(process.platform === 'linux')(
    'loses those rows alone where V8 does not bound it, ended by what a call may take: other rows come out as of a model that fails on them',
    { timeout: 600_000 },
    async () => {
      const job = { batchRows: 8, callMemoryBytes: 256 << 20, hangsMax: 20 }
      const failing = await outputsOf('throws', [40])
      const log = await folders.of(ORDERS, [40])
      const status = (await askChild(jobOf('swells-outside', log, job))) as RunStatus
      // A call of eight rows, of four, of two, of one: each is ended.
      expect(status.restarts).toBeGreaterThanOrEqual(4)
      expect(status.quarantined).toEqual([])
      const swelling = await orderOutputs(log)
      expect(swelling.scores).toEqual(failing.scores)
      expect(swelling.receipts).toEqual(failing.receipts)
      expect(letters(swelling)).toEqual(letters(failing))
    },
  )
})
