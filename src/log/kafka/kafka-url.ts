// Where a log on Kafka lives: kafka://HOST:PORT[,HOST:PORT...][/PREFIX].
import { DefinitionError } from '../../base/errors.ts'
import type { BrokerAddress } from './requests.ts'

const SCHEME = 'kafka://'
const DEFAULT_PORT = 9092
const PREFIX = /^[\w.-]{0,64}$/

export interface KafkaUrl {
  /** Any of the cluster: the others are learned from it. */
  readonly brokers: readonly BrokerAddress[]
  /** Stands before the names of all topics and transactional ids, so that several logs share a cluster. Default: none. */
  readonly prefix: string
}

export function isKafkaUrl(url: string): boolean {
  return url.startsWith(SCHEME)
}

/** @throws DefinitionError ML_USAGE */
export function kafkaUrl(url: string): KafkaUrl {
  const [hosts, prefix = '', ...rest] = url.slice(SCHEME.length).split('/')
  const brokers = hosts.split(',').map(brokerOf)
  if (!isKafkaUrl(url) || rest.length > 0 || !PREFIX.test(prefix) || brokers.includes(undefined)) {
    throw new DefinitionError(
      `a log on Kafka must be given as kafka://HOST:PORT, several hosts with commas between, and perhaps /PREFIX for its topics; found '${url}'`,
      {
        code: 'ML_USAGE',
      },
    )
  }
  return { brokers: brokers.filter((each) => each !== undefined), prefix }
}

function brokerOf(text: string): BrokerAddress | undefined {
  const match = /^(\[[0-9a-f:]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(text)
  if (match === null) return undefined
  return { host: match[1].replaceAll(/[[\]]/g, ''), port: Number(match[2] ?? DEFAULT_PORT) }
}
