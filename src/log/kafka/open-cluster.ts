// A cluster as the file that the environment names says it.
import { Cluster } from './cluster.ts'
import type { BrokerAddress } from './requests.ts'
import { CONFIG_VARIABLE, readKafkaConfig } from './kafka-config.ts'
import { loadWire } from './wire.ts'

const CLIENT_ID = 'millrace'

/**
 * @param config the file of properties. Default: what MILLRACE_KAFKA_CONFIG names, which workers inherit; without it connections are plain.
 * @throws DefinitionError ML_USAGE when the file is not as it must be.
 */
export async function openCluster(
  brokers: readonly BrokerAddress[],
  config?: string,
): Promise<Cluster> {
  const own =
    config === undefined
      ? await readKafkaConfig(process.env[CONFIG_VARIABLE])
      : await readKafkaConfig(config, 'config')
  return new Cluster(await loadWire(), { brokers, clientId: CLIENT_ID, ...own })
}
