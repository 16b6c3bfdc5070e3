// How a worker reaches the log of its supervisor: the folder's owner by its socket, a cluster by itself.
import type { Log } from '../contracts/log.ts'
import { openKafkaLog } from './kafka/kafka-log.ts'
import { isKafkaUrl, kafkaUrl } from './kafka/kafka-url.ts'
import { connectLog } from './server/connect-log.ts'

export interface ReachedLog {
  readonly log: Log
  /** Resolves when there is no way to the log any more; never for a cluster, whose brokers come and go. */
  readonly closed: Promise<void>
}

/** @param reach what `OpenedLog.reach` says. */
export async function reachLog(reach: string): Promise<ReachedLog> {
  if (isKafkaUrl(reach)) {
    return { log: await openKafkaLog(kafkaUrl(reach)), closed: new Promise(() => undefined) }
  }
  const log = await connectLog(reach)
  return { log, closed: log.closed }
}
