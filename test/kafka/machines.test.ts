// Three supervisors as on three machines: each with a network and a folder of its own. One is cut off from the cluster for longer than a session,
// in the middle of its work, and comes back; each score is there once and right, as Kafka's own consumer reads them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { GroupState } from '../../src/contracts/membership.ts'
import { readGroup } from '../../src/log/open-membership.ts'
import { killTree, startChild, type Asked } from '../e2e/ask-child.ts'
import { definition, writeOrders } from '../e2e/order-folders.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { expectScores } from './expect-scores.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { shortenTimeouts } from './short-timeouts.ts'
import { Networks } from './networks.ts'

const MINUTES = 600_000
const CHUNK = 500
const SESSION_MS = 3000
const TASKS = 8

describe.skipIf(!hasKafka || !Networks.allowed).each(PROTOCOLS)(
  'supervisors on three machines and a real Kafka with %s (needs Java 17, Maven, and leave to make network namespaces)',
  (_protocol, level) => {
    const root = mkdtempSync(join(tmpdir(), 'millrace-machines-'))
    const networks = new Networks()
    const started: Asked[] = []
    let lengthen: () => void
    let broker: KafkaBroker
    let reader: JavaReader
    let log: string
    beforeAll(async () => {
      networks.open()
      broker = await startKafka({ host: networks.address, features: featuresOf(level) })
      reader = startJavaReader(broker.address)
      log = `kafka://${broker.address}/m.`
      lengthen = shortenTimeouts(SESSION_MS)
    }, MINUTES)
    afterAll(async () => {
      lengthen()
      for (const { child } of started) killTree(child)
      await reader.close()
      await broker.dispose()
      networks.close()
      rmSync(root, { recursive: true })
    })

    async function until(is: (group: GroupState) => boolean): Promise<void> {
      for (;;) {
        const group = await readGroup(log, 'orders')
        if (group !== undefined && is(group)) return
        await sleep(50)
      }
    }

    it(
      'go on without one that is cut off, which finds that it is not needed when it is back, and nothing is lost or twice',
      async () => {
        let from = 0
        const write = async (end = false): Promise<void> => {
          await writeOrders(log, { from, to: (from += CHUNK), bad: [], partitions: 4, end })
        }
        await write()
        const machines = [0, 1, 2].map(() => networks.add())
        const runs = machines.map(({ command }, i) => {
          const cwd = join(root, String(i))
          mkdirSync(cwd)
          const asked = startChild(
            {
              kind: 'run',
              file: definition('throws'),
              log,
              untilEnd: true,
              workers: 1,
              partitions: 4,
              batchRows: 5,
            },
            undefined,
            { command, cwd },
          )
          started.push(asked)
          return asked.result
        })
        const ended = Promise.all(runs)
        ended.catch(() => undefined)
        await until(shared(3))

        const writing = write()
        writing.catch(() => undefined)
        machines[0].link('down')
        await until(shared(2))
        await writing
        await write()
        machines[0].link('up')
        await until(shared(3))
        await write(true)
        await ended
        await expectScores(reader, 'm.scores', { orders: from })
      },
      MINUTES,
    )
  },
)

/** Whether so many are there, each has tasks, and together they have all. */
function shared(count: number): (group: GroupState) => boolean {
  return ({ members }) =>
    members.length === count &&
    members.every(({ tasks }) => tasks.length > 0) &&
    members.reduce((sum, { tasks }) => sum + tasks.length, 0) === TASKS
}
