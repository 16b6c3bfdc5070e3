// Several supervisors share a pipeline on a real Kafka, while some are killed, stopped for long, come late and leave: what comes out is
// what one supervisor writes in a folder, as Kafka's own consumer reads it, too.
import { execFileSync, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunOptions } from '../../src/runner/run-options.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { readGroup } from '../../src/log/open-membership.ts'
import type { GroupState } from '../../src/contracts/membership.ts'
import { askChild, kill, killTree, startChild, workersOf, type Asked } from '../e2e/ask-child.ts'
import { FLIGHTS, FlightsFolders } from '../e2e/flights-folder.ts'
import { countsOf } from '../e2e/read-outputs.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { expectSameAsFolder } from './same-as-folder.ts'
import { shortenTimeouts } from './short-timeouts.ts'

const LIMIT = 4_000
const PARTITIONS = 4
const MINUTES = 600_000
const PIPELINE = 'late-flights'
const IMPORT = fileURLToPath(new URL('../../examples/flights/import.ts', import.meta.url))

/** Of supervisors: none may fail, whatever happens to the others. */
const failures: unknown[] = []

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'supervisors on a real Kafka with %s (needs Java 17 and Maven)',
  (_protocol, level) => {
    const folders = new FlightsFolders()
    const started: Asked[] = []
    let broker: KafkaBroker
    let reader: JavaReader
    let lengthen: () => void
    beforeAll(async () => {
      lengthen = shortenTimeouts()
      broker = await startKafka({ features: featuresOf(level) })
      reader = startJavaReader(broker.address)
    }, MINUTES)
    afterAll(async () => {
      lengthen()
      for (const { child } of started) killTree(child)
      folders.remove()
      await reader.close()
      await broker.dispose()
    })

    function start(log: string, more: Partial<RunOptions> = {}): Asked {
      const asked = startChild({
        kind: 'run',
        file: FLIGHTS,
        log,
        workers: 1,
        partitions: PARTITIONS,
        // Many commits: there is work while others come and go.
        batchRows: 20,
        ...more,
      })
      asked.result.catch((error: unknown) => failures.push(error))
      started.push(asked)
      return asked
    }

    it(
      'share the tasks, and write what one of them alone writes in a folder, whoever is killed, stopped, late or gone',
      async () => {
        const folder = folders.copy(LIMIT, PARTITIONS)
        const inFolder = askChild({
          kind: 'run',
          file: FLIGHTS,
          log: folder,
          untilEnd: true,
          workers: 1,
          partitions: PARTITIONS,
        })
        const log = `kafka://${broker.address}/flights.`
        execFileSync(process.execPath, [
          IMPORT,
          '--data',
          log,
          '--limit',
          String(LIMIT),
          '--partitions',
          String(PARTITIONS),
        ])
        await inFolder

        // Two at once, on a log where nothing is yet.
        const [first, second] = [start(log), start(log, { standbys: 1 })]
        // Each keeps copies of what the other runs, and takes over with them.
        const all = await until(log, (group) => shared(2)(group) && copied(group))
        const tasks = tasksOf(all).length
        expect(tasks).toBeGreaterThan(2 * PARTITIONS)

        // One comes late and takes its share; a worker of another dies.
        const third = start(log)
        kill(workersOf(first.child)[0])
        await until(log, (group) => shared(3)(group) && tasksOf(group).length === tasks)

        // One is killed with all it has, and its tasks go on at the others.
        killTree(second.child)
        await until(log, (group) => shared(2)(group) && tasksOf(group).length === tasks)

        // One is stopped for longer than a session, is taken for dead, wakes up and finds that it is.
        stopTree(third.child, 'SIGSTOP')
        await until(log, (group) => group.members.length === 1 && tasksOf(group).length === tasks)
        stopTree(third.child, 'SIGCONT')
        await until(log, (group) => shared(2)(group) && tasksOf(group).length === tasks)

        // One leaves as it is told to.
        first.child.kill('SIGTERM')
        await first.result
        await until(log, (group) => group.members.length === 1 && tasksOf(group).length === tasks)

        // Another one comes to wait for the end of all tasks, those of others included.
        const status = (await start(log, { untilEnd: true }).result) as RunStatus
        expect(status.ended).toBe(true)
        expect(countsOf(status, 'source').records).toBe(2 * LIMIT)
        killTree(third.child)

        await expectSameAsFolder({ log, folder, flights: LIMIT, reader })
      },
      MINUTES,
    )
  },
)

/** Whether so many are there and each has tasks. */
function shared(members: number): (group: GroupState) => boolean {
  return (group) =>
    group.members.length === members && group.members.every(({ tasks }) => tasks.length > 0)
}

function copied({ members: [one, other] }: GroupState): boolean {
  const stateful = ({ tasks }: GroupState['members'][number]): readonly string[] =>
    tasks.filter((task) => !task.includes('source.')).toSorted()
  return [
    [one, other],
    [other, one],
  ].every(([at, of]) => at.copies.toSorted().join() === stateful(of).join())
}

function tasksOf({ members }: GroupState): string[] {
  const tasks = members.flatMap((member) => member.tasks)
  expect(new Set(tasks).size).toBe(tasks.length)
  return tasks
}

async function until(log: string, is: (group: GroupState) => boolean): Promise<GroupState> {
  for (;;) {
    if (failures.length > 0) throw failures[0]
    const group = await readGroup(log, PIPELINE)
    if (group !== undefined && is(group)) return group
    await sleep(100)
  }
}

function stopTree({ pid }: ChildProcess, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid !== undefined) process.kill(-pid, signal)
}
