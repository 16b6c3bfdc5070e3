// The wire layer of a maintained client: connections, and what reads and writes the protocol's types. Loaded only where a log is on Kafka.
// Nothing else of the client is used: its producer, transactions and streams lose or repeat records under failure.

export type Wire = typeof import('./client.ts')
export type Connection = InstanceType<Wire['Connection']>
export type Reader = InstanceType<Wire['Reader']>
export type Writer = InstanceType<Wire['Writer']>

export function loadWire(): Promise<Wire> {
  return import('./client.ts')
}
