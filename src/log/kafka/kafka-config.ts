// What a log on Kafka takes from the file that the environment names: how connections are secured, and how topics are made.
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

export interface KafkaConfig {
  readonly security: Security
  readonly topics: NewTopics
}

export const AS_THE_CLUSTER_SAYS: NewTopics = { replicas: undefined, minInSync: undefined }

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
    return { security: PLAIN_CONNECTIONS, topics: AS_THE_CLUSTER_SAYS }
  const given = new Properties(file, propertiesOf(file, await textOf(file, named)))
  const security = await securityOf(given)
  const topics = {
    replicas: given.count('replication.factor'),
    minInSync: given.count('min.insync.replicas'),
  }
  given.nothingLeft(security.protocol)
  if (topics.minInSync !== undefined && topics.minInSync > (topics.replicas ?? Infinity)) {
    throw given.wrong(
      `min.insync.replicas must be at most replication.factor; found ${topics.minInSync} of ${topics.replicas}`,
    )
  }
  return { security, topics }
}
