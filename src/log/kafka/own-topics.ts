// Topics of Millrace's own that are there already: made by Millrace, or by whoever may make topics on the cluster. With other settings
// state or commits would be lost, so these are an error that says what to change.
import { ConnectorError } from '../../base/errors.ts'
import type { NewTopics } from './kafka-config.ts'
import type { TopicMetadata } from './requests.ts'

/** The largest batch of a topic of ours: a record may be as large as a frame of the embedded log. */
export const MAX_BATCH_BYTES: number = 32 << 20
export const MIN_IN_SYNC = 'min.insync.replicas'

const POLICY = 'cleanup.policy'
const BATCH = 'max.message.bytes'
const TIMES = 'message.timestamp.type'
const RETENTION_MS = 'retention.ms'

export const CHECKED_SETTINGS: readonly string[] = [POLICY, BATCH, TIMES, MIN_IN_SYNC]

/** @throws ConnectorError ML_TOPIC */
export function checkOwnTopic(
  { name, replicas }: TopicMetadata,
  settings: ReadonlyMap<string, string>,
  wanted: NewTopics,
): void {
  const change = (setting: string, value: string | number, why: string): void => {
    throw wrong(
      name,
      `${setting}=${value}; found ${settings.get(setting) ?? 'none'}: ${why}; change it: kafka-configs.sh --alter --entity-type topics --entity-name ${name} --add-config ${setting}=${value}`,
    )
  }
  if (settings.get(POLICY) !== 'delete')
    change(POLICY, 'delete', 'records that are still needed would be compacted away')
  if (Number(settings.get(BATCH)) < MAX_BATCH_BYTES)
    change(BATCH, MAX_BATCH_BYTES, 'larger commits would be refused')
  if (settings.get(TIMES) !== 'LogAppendTime' && Number(settings.get(RETENTION_MS)) >= 0)
    change(TIMES, 'LogAppendTime', 'old event times would be taken for old records')
  if (wanted.minInSync !== undefined && Number(settings.get(MIN_IN_SYNC)) < wanted.minInSync)
    change(MIN_IN_SYNC, wanted.minInSync, 'so says the file of the configuration')
  if (wanted.replicas !== undefined && replicas < wanted.replicas) {
    throw wrong(
      name,
      `${wanted.replicas} replicas, as replication.factor says; found ${replicas}; give it more with kafka-reassign-partitions.sh, or lower replication.factor`,
    )
  }
}

function wrong(topic: string, rest: string): ConnectorError {
  return new ConnectorError('ML_TOPIC', `topic '${topic}' must have ${rest}`, {
    details: { topic },
  })
}
