import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { openLog } from '../../src/index.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { askChild, kill, killTree, startChild, workersOf } from './ask-child.ts'
import { OrderFolders, writeOrders } from './order-folders.ts'
import { countsOf, linesOf } from './read-outputs.ts'

const ORDERS = 6000
const HALF = ORDERS / 2

const folders = new OrderFolders()
afterAll(() => folders.remove())

function definition(name: 'risk-first' | 'risk-second' | 'watch'): string {
  return fileURLToPath(new URL(`./pipelines/changes/${name}.ts`, import.meta.url))
}

/** Values of a topic, by the id of the order. */
async function scores(folder: string, topic: string): Promise<Map<string, string>> {
  const { log } = await openLog(folder)
  try {
    const all = new Map<string, string>()
    for (const line of await linesOf(log, topic)) {
      const text = line.slice(line.indexOf('{'))
      const { id }: { id: string } = JSON.parse(text)
      if (all.has(id)) throw new Error(`${id} was predicted twice`)
      all.set(id, text)
    }
    return all
  } finally {
    await log.close()
  }
}

async function whole(name: 'risk-first' | 'risk-second'): Promise<Map<string, string>> {
  const log = await folders.of(ORDERS, [])
  await askChild({ kind: 'run', file: definition(name), log, untilEnd: true, workers: 2 })
  return scores(log, 'risk-scores')
}

const options = { untilEnd: true, workers: 2, batchRows: 64 } as const

/** Runs until as many predictions were written, and ends it there as a power cut would. */
async function runSome(file: string, log: string, predictions: number): Promise<void> {
  let over = false
  const heard = (status: RunStatus, child: ChildProcess): void => {
    if (over || (countsOf(status, 'stage').predictions ?? 0) < predictions) return
    over = true
    killTree(child)
  }
  const { child, result } = startChild({ kind: 'run', file, log, ...options }, heard)
  await result.catch(() => undefined)
  killTree(child)
}

/** Runs to the end, while workers and whole trees are killed at moments of a seed. */
async function runKilled(file: string, log: string, seed: number): Promise<number> {
  const random = new Prng(seed)
  let kills = 0
  for (;;) {
    let timer: NodeJS.Timeout | undefined
    const heard = (_: RunStatus, child: ChildProcess): void => {
      if (timer !== undefined || kills >= 6) return
      timer = setTimeout(() => {
        kills++
        const workers = workersOf(child)
        if (workers.length > 0 && random.chance(0.5)) kill(random.pick(workers))
        else killTree(child)
        timer = undefined
      }, random.below(700))
    }
    const { child, result } = startChild({ kind: 'run', file, log, ...options }, heard)
    const status = await result.catch(() => undefined)
    clearTimeout(timer)
    killTree(child)
    if (status !== undefined) return kills
  }
}

describe('a file that changes between two runs', () => {
  it(
    'goes on where the one before stopped, predicts each event once, and as if it had always been so, whatever is killed',
    { timeout: 300_000 },
    async () => {
      const log = folders.empty()
      await writeOrders(log, { from: 0, to: HALF, bad: [], partitions: 2, end: false })
      await runSome(definition('risk-first'), log, ORDERS / 8)
      await writeOrders(log, { from: HALF, to: ORDERS, bad: [], partitions: 2, end: true })
      const kills = await runKilled(definition('risk-second'), log, 7)
      expect(kills).toBeGreaterThan(0)
      const found = await scores(log, 'risk-scores')
      const expected = [await whole('risk-first'), await whole('risk-second')]
      expect(found.size).toBe(ORDERS)
      const versions = [0, 0]
      for (const [id, text] of found) {
        const { version }: { version: number } = JSON.parse(text)
        versions[version - 1]++
        expect(text).toBe(expected[version - 1].get(id))
      }
      expect(Math.min(...versions)).toBeGreaterThan(0)
      const file = definition('risk-second')
      const replays = (await askChild({ kind: 'replay', file, log, ids: ['shop-1'] })) as Replay[]
      const [own, before] = [true, false].map((is) =>
        replays.filter(({ otherPlan }) => (otherPlan === undefined) === is),
      )
      expect(before.length).toBeGreaterThan(0)
      expect(own.length).toBeGreaterThan(0)
      expect(own.filter(({ equal }) => !equal)).toEqual([])
    },
  )
})

describe('several pipelines on one log', () => {
  it(
    'run in processes of their own, and one is changed while the other goes on',
    { timeout: 300_000 },
    async () => {
      const log = folders.empty()
      await writeOrders(log, { from: 0, to: HALF, bad: [], partitions: 2, end: false })
      const watch = startChild({ kind: 'run', file: definition('watch'), log, ...options })
      await runSome(definition('risk-first'), log, ORDERS / 8)
      await writeOrders(log, { from: HALF, to: ORDERS, bad: [], partitions: 2, end: true })
      const file = definition('risk-second')
      await askChild({ kind: 'run', file, log, ...options })
      await watch.result
      killTree(watch.child)
      const found = await scores(log, 'risk-scores')
      const expected = [await whole('risk-first'), await whole('risk-second')]
      expect(found.size).toBe(ORDERS)
      for (const [id, text] of found) {
        const { version }: { version: number } = JSON.parse(text)
        expect(text).toBe(expected[version - 1].get(id))
      }
      const watched = await scores(log, 'watch-scores')
      expect(watched).toEqual(expected[0])
    },
  )
})
