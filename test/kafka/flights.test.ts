// One definition, two logs: the flights pipeline on a real Kafka, with processes killed on the way, writes what it writes in a folder.
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flightId } from '../../examples/flights/import/event-bytes.ts'
import { Prng } from '../../src/base/prng.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { askChild, kill, killTree, startChild, workersOf } from '../e2e/ask-child.ts'
import { FLIGHTS, FlightsFolders } from '../e2e/flights-folder.ts'
import { countsOf } from '../e2e/read-outputs.ts'
import { restore } from '../../src/engine/recovery.ts'
import { TUNING } from '../../src/engine/task-context.ts'
import { openLog } from '../../src/log/open-log.ts'
import { withPipeline } from '../../src/runner/open-pipeline.ts'
import { CountingLog } from '../engine/counting-log.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { expectSameAsFolder, importFlights } from './same-as-folder.ts'

const LIMIT = 20_000
/** At most; a run that is quick between two looks has fewer. */
const KILLS = 6
const KILLS_MIN = 3
const MINUTES = 600_000

describe.skipIf(!hasKafka)('flights on a real Kafka (needs Java 17 and Maven)', () => {
  const folders = new FlightsFolders()
  let broker: KafkaBroker
  let reader: JavaReader
  beforeAll(async () => {
    broker = await startKafka()
    reader = startJavaReader(broker.address)
  }, MINUTES)
  afterAll(async () => {
    folders.remove()
    await reader.close()
    await broker.dispose()
  })

  it(
    'come out as from a folder, after kills of workers and whole trees (T12), replay bit for bit, and come back by no more than twice their state (T20)',
    async () => {
      const folder = folders.copy(LIMIT)
      await askChild({ kind: 'run', file: FLIGHTS, log: folder, untilEnd: true, workers: 2 })
      const log = `kafka://${broker.address}/flights.`
      importFlights(log, LIMIT)
      const status = await runWithKills(log)

      expect(countsOf(status, 'source').records).toBe(2 * LIMIT)
      await expectSameAsFolder({ log, folder, flights: LIMIT, reader })

      await expectShortRestores(log)

      const random = new Prng(3)
      const ids = Array.from({ length: 5 }, () => flightId(random.below(LIMIT)))
      const replays = (await askChild({ kind: 'replay', file: FLIGHTS, log, ids })) as Replay[]
      expect(replays.map(({ equal }) => equal)).toEqual(ids.map(() => true))
    },
    MINUTES,
  )
})

/** What a task reads that comes back is at most twice its state, and what a state that is small does not fill. */
async function expectShortRestores(url: string): Promise<void> {
  const { log } = await openLog(url)
  const counted = new CountingLog(log)
  await withPipeline({ file: FLIGHTS, log: url }, async ({ tasks: { tasks } }) => {
    let states = 0
    for (const { spec } of tasks) {
      counted.bytes = 0
      const { memory } = await restore(counted, spec)
      states += memory.bytes
      expect
        .soft([spec.stage, counted.bytes])
        .toEqual([
          spec.stage,
          expect.toSatisfy(
            (bytes: number) => bytes <= 2 * Math.max(memory.bytes, TUNING.snapshotBytes),
          ),
        ])
    }
    expect(states).toBeGreaterThan(1 << 20)
  })
  await log.close()
}

/** Kills when a run has come so far: a worker, or the supervisor with all of them. */
async function runWithKills(log: string): Promise<RunStatus> {
  const random = new Prng(11)
  let kills = 0
  const heard = (status: RunStatus, child: ChildProcess): void => {
    const done = countsOf(status, 'stage').rows ?? 0
    if (status.ended || kills >= KILLS || done < (kills + 0.5) * ((5 * LIMIT) / (KILLS + 1))) return
    kills++
    if (random.chance(0.4)) killTree(child)
    else kill(workersOf(child)[0])
  }
  for (;;) {
    const { child, result } = startChild(
      { kind: 'run', file: FLIGHTS, log, untilEnd: true, workers: 2, batchRows: 500 },
      heard,
    )
    try {
      const status = (await result) as RunStatus | undefined
      if (status === undefined) continue
      expect(kills).toBeGreaterThanOrEqual(KILLS_MIN)
      return status
    } finally {
      killTree(child)
    }
  }
}
