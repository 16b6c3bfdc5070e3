// Three brokers with every record on at least two of them: each in turn is stopped or killed, above all those that coordinate the group of the
// supervisors and the transactions of their tasks, and comes back. Two supervisors go on meanwhile; each score is there once and right, by both
// protocols of transactions.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, it, vi } from 'vitest'
import { openLog } from '../../src/log/open-log.ts'
import type { Log } from '../../src/contracts/log.ts'
import { killTree, startChild, type Asked } from '../e2e/ask-child.ts'
import { definition, writeOrders } from '../e2e/order-folders.ts'
import { hasKafka, startKafkaCluster, type KafkaCluster } from './broker.ts'
import { expectScores } from './expect-scores.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { until } from './until.ts'

const MINUTES = 600_000
/** Written while one broker is away. */
const CHUNK = 500

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'three brokers of a real Kafka with %s (needs Java 17 and Maven)',
  (_, level) => {
    const root = mkdtempSync(join(tmpdir(), 'millrace-three-'))
    const config = join(root, 'client.properties')
    const started: Asked[] = []
    let cluster: KafkaCluster
    let reader: JavaReader
    let log: Log
    let url: string
    beforeAll(async () => {
      cluster = await startKafkaCluster(3, { features: featuresOf(level) })
      reader = startJavaReader(cluster.address)
      writeFileSync(config, 'replication.factor=3\nmin.insync.replicas=2\n')
      vi.stubEnv('MILLRACE_KAFKA_CONFIG', config)
      url = `kafka://${cluster.address}/three.`
      log = (await openLog(url)).log
    }, MINUTES)
    afterEach(() => {
      for (const { child } of started) killTree(child)
    })
    afterAll(async () => {
      vi.unstubAllEnvs()
      await log.close()
      await reader.close()
      await cluster.dispose()
      rmSync(root, { recursive: true })
    })

    const written = async (topic: string): Promise<number> =>
      ((await log.topic(topic))?.parts ?? []).reduce((sum, { end }) => sum + end, 0)

    function start(): Promise<unknown> {
      const asked = startChild({
        kind: 'run',
        file: definition('throws'),
        log: url,
        untilEnd: true,
        workers: 1,
        partitions: 2,
        batchRows: 10,
      })
      started.push(asked)
      return asked.result
    }

    it(
      'are each killed or stopped while two supervisors go on, coordinators included, and nothing is lost or twice',
      async () => {
        let from = 0
        const write = async (count: number, end = false): Promise<void> => {
          await writeOrders(url, { from, to: (from += count), bad: [], partitions: 2, end })
        }
        await write(CHUNK)
        const runs = Promise.all([start(), start()])
        runs.catch(() => undefined)
        await until(async () => (await written('scores')) > 0)

        const leader = async (): Promise<number> => (await reader.leaders('three.orders'))[0]
        const ofGroup = (): Promise<number> => reader.keeper('group', 'millrace.three.orders')
        const ofTask = (): Promise<number> =>
          reader.keeper('transaction', 'millrace.three.orders/by-shop.shop/0')
        const faults = [
          ['stop', leader],
          ['kill', ofGroup],
          ['kill', ofTask],
          ['kill', leader],
        ] as const
        for (const [how, whose] of faults) {
          const away = await whose()
          const node = cluster.nodes[away - 1]
          const writing = write(CHUNK)
          writing.catch(() => undefined)
          await node[how]()
          const before = await written('scores')
          await until(async () => (await whose()) !== away)
          await writing
          // Whatever was scored before the broker was away, something is left.
          await write(50)
          await until(async () => (await written('scores')) > before)
          await node.restart()
          await reader.inSync()
          // What it led before it leads again: the others lose that once more.
          await reader.elect()
        }
        await write(0, true)
        await runs
        await expectScores(reader, 'three.scores', { orders: from })
      },
      MINUTES,
    )
  },
)
