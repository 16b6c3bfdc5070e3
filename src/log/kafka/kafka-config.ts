// What a log on Kafka takes from the file that the environment names: how connections are secured, how topics are made, and when the cluster
// gives a process up.
import { Properties, propertiesOf, textOf } from './properties.ts'
import { PLAIN_CONNECTIONS, securityOf, type Security } from './security.ts'

/** The variable that names the file: an address or a command line would show what is secret to whoever lists processes. */
export const CONFIG_VARIABLE = 'MILLRACE_KAFKA_CONFIG'

/** How topics are made that are missing. */
export interface NewTopics {
  /** undefined: as many as the cluster says (`default.replication.factor`). */
  readonly replicas: number | undefined
  /** How many replicas must have a record before it counts as written; undefined: as the cluster says. */
  readonly minInSync: number | undefined
}

/** When the cluster gives a process up, ms. */
export interface Timeouts {
  /**
   * A transaction that is open for so long is ended by the cluster. Longer than any pause of a healthy process; what a dead one left open blocks
   * readers no longer than this, where nobody fences it.
   */
  readonly transactionMs: number
  /** A member that was not heard for so long is dead. Longer than a collection of garbage, a busy disk or a moved machine. */
  readonly sessionMs: number
}

export interface KafkaConfig {
  readonly security: Security
  readonly topics: NewTopics
  readonly timeouts: Timeouts
}

export const AS_THE_CLUSTER_SAYS: NewTopics = { replicas: undefined, minInSync: undefined }
export const TIMEOUTS: Timeouts = { transactionMs: 15_000, sessionMs: 10_000 }

/** Several heartbeats, and a pause among them. */
const LEAST_MS = 2_000

/**
 * @param file undefined or empty: plain connections, and topics as the cluster makes them.
 * @param named what names it, as errors say.
 * @throws DefinitionError ML_USAGE; values of the file are never in its message.
 */
export async function readKafkaConfig(
  file: string | undefined,
  named: string = CONFIG_VARIABLE,
): Promise<KafkaConfig> {
  if (file === undefined || file === '')
    return { security: PLAIN_CONNECTIONS, topics: AS_THE_CLUSTER_SAYS, timeouts: TIMEOUTS }
  const given = new Properties(file, propertiesOf(file, await textOf(file, named)))
  const security = await securityOf(given)
  const topics = {
    replicas: given.count('replication.factor'),
    minInSync: given.count('min.insync.replicas'),
  }
  const timeouts = {
    transactionMs: given.millis('transaction.timeout.ms', LEAST_MS) ?? TIMEOUTS.transactionMs,
    sessionMs: given.millis('session.timeout.ms', LEAST_MS) ?? TIMEOUTS.sessionMs,
  }
  given.nothingLeft(security.protocol)
  if (topics.minInSync !== undefined && topics.minInSync > (topics.replicas ?? Infinity)) {
    throw given.wrong(
      `min.insync.replicas must be at most replication.factor; found ${topics.minInSync} of ${topics.replicas}`,
    )
  }
  return { security, topics, timeouts }
}
