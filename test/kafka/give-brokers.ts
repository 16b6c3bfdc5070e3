// Before suites that run on folders as well: a broker, and its address for the places of their logs.
import { startKafka, type KafkaBroker } from './broker.ts'

let broker: KafkaBroker | undefined

export async function setup(): Promise<void> {
  broker = await startKafka()
  process.env.MILLRACE_TEST_BROKERS = `kafka://${broker.address}/`
}

export async function teardown(): Promise<void> {
  await broker?.dispose()
}
