// The log contract on a real Kafka.
import { afterAll, beforeAll, describe } from 'vitest'
import type { Log } from '../../src/contracts/log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { logContract } from '../contracts/log-contract.ts'

describe.skipIf(!hasKafka)('a real Kafka (needs Java 17 and Maven)', () => {
  let broker: KafkaBroker
  let logs = 0
  beforeAll(async () => {
    broker = await startKafka()
  }, 120_000)
  afterAll(() => broker.dispose())

  logContract('Kafka', async () => {
    const url = kafkaUrl(`kafka://${broker.address}/log${logs++}.`)
    let log: Log = await openKafkaLog(url)
    return {
      log,
      sparse: true,
      reopen: async () => {
        // Who wrote something waits until others see it.
        for (const { name } of await log.topics()) await log.topic(name)
        await log.close()
        log = await openKafkaLog(url)
        return log
      },
      dispose: () => log.close(),
    }
  })
})
