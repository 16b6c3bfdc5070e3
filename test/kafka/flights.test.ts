// One definition, two logs: the flights pipeline on a real Kafka, with processes killed on the way, writes what it writes in a folder.
import { execFileSync, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flightId } from '../../examples/flights/import/event-bytes.ts'
import { Prng } from '../../src/base/prng.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-pipeline.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { askChild, kill, killTree, startChild, workersOf } from '../e2e/ask-child.ts'
import { FLIGHTS, FlightsFolders } from '../e2e/flights-folder.ts'
import { countsOf, firstDifference, readOutputs } from '../e2e/read-outputs.ts'
import { comparable } from './comparable.ts'

const LIMIT = 20_000
/** At most; a run that is quick between two looks has fewer. */
const KILLS = 6
const KILLS_MIN = 3
const MINUTES = 600_000
const IMPORT = fileURLToPath(new URL('../../examples/flights/import.ts', import.meta.url))

describe.skipIf(!hasKafka)('flights on a real Kafka (needs Java 17 and Maven)', () => {
  const folders = new FlightsFolders()
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka()
  }, MINUTES)
  afterAll(async () => {
    folders.remove()
    await broker.dispose()
  })

  it(
    'come out as from a folder, after kills of workers and whole trees, and replay bit for bit',
    async () => {
      const folder = folders.copy(LIMIT)
      await askChild({ kind: 'run', file: FLIGHTS, log: folder, untilEnd: true, workers: 2 })
      const log = `kafka://${broker.address}/flights.`
      execFileSync(process.execPath, [
        IMPORT,
        '--data',
        log,
        '--limit',
        String(LIMIT),
        '--partitions',
        '2',
      ])
      const status = await runWithKills(log)

      expect(countsOf(status, 'source').records).toBe(2 * LIMIT)
      const [onKafka, inFolder] = [
        comparable(await readOutputs(log)),
        comparable(await readOutputs(folder)),
      ]
      expect(inFolder.predictions).toHaveLength(LIMIT)
      for (const [name, lines] of Object.entries(inFolder))
        expect([name, firstDifference(onKafka[name], lines)]).toEqual([name, undefined])

      const random = new Prng(3)
      const ids = Array.from({ length: 5 }, () => flightId(random.below(LIMIT)))
      const replays = (await askChild({ kind: 'replay', file: FLIGHTS, log, ids })) as Replay[]
      expect(replays.map(({ equal }) => equal)).toEqual(ids.map(() => true))
    },
    MINUTES,
  )
})

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
      // By its name it is the same member whenever it comes back: its tasks wait for no session of the one before.
      {
        kind: 'run',
        file: FLIGHTS,
        log,
        untilEnd: true,
        workers: 2,
        batchRows: 500,
        member: 'flights',
      },
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
