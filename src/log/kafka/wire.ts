// The wire layer of a maintained client: connections, and what reads and writes the protocol's types. Loaded only where a log is on Kafka.
// Nothing else of the client is used: its producer, transactions and streams lose or repeat records under failure.
import { ConnectorError } from '../../base/errors.ts'

export type Wire = typeof import('@platformatic/kafka')
export type Connection = InstanceType<Wire['Connection']>
export type Reader = InstanceType<Wire['Reader']>
export type Writer = InstanceType<Wire['Writer']>

/** @throws ConnectorError ML_DEPENDENCY when the package is not installed. */
export async function loadWire(): Promise<Wire> {
  try {
    return await import('@platformatic/kafka')
  } catch (cause) {
    throw new ConnectorError(
      'ML_DEPENDENCY',
      "a log on Kafka needs the package '@platformatic/kafka'; found none: npm install @platformatic/kafka@~2.12",
      { cause },
    )
  }
}
