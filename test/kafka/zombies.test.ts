// Runs that stand still in the middle of a transaction (SIGSTOP) and come back: after the cluster has given the transaction up (T13), and
// after another run has taken their work over (T15). What came of it is compared with a run in a folder, by Kafka's own consumer too.
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { askChild, killTree, startChild } from '../e2e/ask-child.ts'
import { FLIGHTS, FlightsFolders } from '../e2e/flights-folder.ts'
import { countsOf } from '../e2e/read-outputs.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { expectSameAsFolder, importFlights } from './same-as-folder.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { shortenTimeouts } from './short-timeouts.ts'
import { until } from './until.ts'

const LIMIT = 10_000
/** Rows of all stages of a run. */
const WORK = 5 * LIMIT
const MINUTES = 600_000

const folders = new FlightsFolders()
afterAll(() => folders.remove())

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'a run that stands still, on a real Kafka with %s (needs Java 17 and Maven)',
  (_, level) => {
    let broker: KafkaBroker
    let reader: JavaReader
    let folder: string
    let log: string
    let lengthen: () => void
    beforeAll(async () => {
      lengthen = shortenTimeouts()
      broker = await startKafka({ features: featuresOf(level) })
      reader = startJavaReader(broker.address)
      folder = folders.copy(LIMIT)
      await askChild({ kind: 'run', file: FLIGHTS, log: folder, untilEnd: true, workers: 2 })
    }, MINUTES)
    afterAll(async () => {
      lengthen()
      await reader.close()
      await broker.dispose()
    })

    it(
      'longer than its transaction may last goes on and writes everything once; and leaves what another run took over as that wrote it',
      async () => {
        log = `kafka://${broker.address}/still.`
        importFlights(log, LIMIT)
        let done = 0
        const run = { kind: 'run', file: FLIGHTS, log, untilEnd: true, workers: 2 } as const
        const first = startChild({ ...run, batchRows: 200 }, (status) => {
          done = countsOf(status, 'stage').rows ?? 0
        })
        const outcome = first.result.catch((error: unknown) => error)
        try {
          await until(() => done > 0)
          await standStillInTransaction(first.child, reader)
          await reader.noneOpen()
          const before = done
          signal(first.child, 'SIGCONT')
          await until(() => done > before)

          await standStillInTransaction(first.child, reader)
          expect(done).toBeLessThan(WORK)
          const status = (await askChild(run)) as RunStatus
          expect(countsOf(status, 'source').records).toBe(2 * LIMIT)
          signal(first.child, 'SIGCONT')
          await outcome
        } finally {
          killTree(first.child)
        }
        await expectSameAsFolder({ log, folder, flights: LIMIT, reader })
      },
      MINUTES,
    )
  },
)

/** Stops all processes of a run, at a moment at which a transaction of theirs is open. */
async function standStillInTransaction(child: ChildProcess, reader: JavaReader): Promise<void> {
  for (;;) {
    signal(child, 'SIGSTOP')
    if ((await reader.transactions()).some(({ state }) => state === 'Ongoing')) return
    signal(child, 'SIGCONT')
    await sleep(1)
    if (child.exitCode !== null) throw new Error('the run ended before it stood still')
  }
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, name)
}
