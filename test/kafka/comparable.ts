// What two runs must have equal, wherever their logs are.
import type { Outputs } from '../e2e/read-outputs.ts'

/** Without offsets of source records: they have gaps on Kafka. */
export function comparable({
  topics,
  receipts,
  examples,
  astray,
}: Outputs): Record<string, readonly string[]> {
  const bare = receipts.map(({ id, line }) => {
    const [mergeTime, time, partition, , ...rest] = line.split(' ')
    return [id, mergeTime, time, partition, ...rest].join(' ')
  })
  return { ...topics, receipts: bare, examples, astray }
}
