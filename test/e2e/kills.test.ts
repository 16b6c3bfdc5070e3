import type { ChildProcess } from 'node:child_process'
import { afterAll, describe, expect, it } from 'vitest'
import { flightId } from '../../examples/flights/import/event-bytes.ts'
import { Prng } from '../../src/base/prng.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { askChild, kill, killTree, startChild, workersOf } from './ask-child.ts'
import { FLIGHTS, FlightsFolders } from './flights-folder.ts'
import { countsOf, differences, readOutputs } from './read-outputs.ts'

const LIMIT = 200_000
const KILLS = 24
/** Rows of all stages, by which a run is known to go on. */
const WORK = 5 * LIMIT

const folders = new FlightsFolders()
afterAll(() => folders.remove())

/** Kills when a run has come so far, at a moment of its own; a third of the kills take the whole tree. */
class Killer {
  readonly #random: Prng
  #due = false
  #next = 0
  #timer: NodeJS.Timeout | undefined
  /** Percent of the work that was done at each kill. */
  readonly progress: number[] = []
  workers = 0
  trees = 0

  constructor(seed: number) {
    this.#random = new Prng(seed)
  }

  readonly heard = (status: RunStatus, child: ChildProcess): void => {
    const done = (countsOf(status, 'source').records ?? 0) + (countsOf(status, 'stage').rows ?? 0)
    if (this.#due || this.progress.length >= KILLS || done < this.#next || status.ended) return
    this.#due = true
    // Not when a worker has just reported, but anywhere in what it does until the next time.
    this.#timer = setTimeout(() => this.#strike(child, done), this.#random.below(250))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#due = false
  }

  #strike(child: ChildProcess, done: number): void {
    this.#due = false
    const workers = workersOf(child)
    if (workers.length === 0) return
    this.progress.push(Math.round((100 * done) / WORK))
    this.#next = ((this.progress.length + this.#random.next()) * WORK) / (KILLS + 6)
    if (this.#random.chance(1 / 3)) {
      this.trees++
      killTree(child)
    } else {
      this.workers++
      kill(this.#random.pick(workers))
    }
  }
}

async function runUntilEnd(log: string, killer: Killer): Promise<RunStatus> {
  for (;;) {
    const run = { kind: 'run', file: FLIGHTS, log, untilEnd: true, workers: 2 } as const
    const { child, result } = startChild({ ...run, batchRows: 1000 }, killer.heard)
    try {
      const status = (await result) as RunStatus | undefined
      if (status !== undefined) return status
    } finally {
      killer.stop()
      killTree(child)
    }
  }
}

async function replayed(log: string, count: number): Promise<Replay[]> {
  const random = new Prng(5)
  const ids = Array.from({ length: count }, () => flightId(random.below(LIMIT)))
  return (await askChild({ kind: 'replay', file: FLIGHTS, log, ids })) as Replay[]
}

describe('kill -9 of workers, and of the whole tree, at any moment', () => {
  it(
    'changes no byte of any output, and what was predicted is derived again from the log',
    { timeout: 900_000 },
    async () => {
      const undisturbed = folders.copy(LIMIT)
      await askChild({ kind: 'run', file: FLIGHTS, log: undisturbed, untilEnd: true, workers: 2 })
      const killed = folders.copy(LIMIT)
      const killer = new Killer(20_260_101)
      const started = performance.now()
      const status = await runUntilEnd(killed, killer)
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      // oxlint-disable-next-line no-console
      console.info(
        `killed ${killer.workers} workers and ${killer.trees} trees in ${seconds} s, ` +
          `when ${killer.progress.join(', ')} % was done`,
      )
      expect(killer.progress.length).toBeGreaterThanOrEqual(20)
      expect(killer.workers).toBeGreaterThan(0)
      expect(killer.trees).toBeGreaterThan(0)
      const outputs = await readOutputs(killed)
      expect(outputs.topics.predictions).toHaveLength(LIMIT)
      expect(outputs.topics['late-flights.dead-letters'].length).toBeGreaterThan(0)
      expect(differences(await readOutputs(undisturbed), outputs)).toEqual([])
      expect(outputs.astray).toEqual([])
      expect(countsOf(status, 'join')).toMatchObject({ predictions: LIMIT, orphaned: 0 })
      expect(countsOf(status, 'source').records).toBe(2 * LIMIT)
      const replays = await replayed(killed, 12)
      expect(
        replays.filter(({ equal, planDifferences }) => !equal || planDifferences.length > 0),
      ).toEqual([])
      expect(replays).toHaveLength(12)
    },
  )
})
