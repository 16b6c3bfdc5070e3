// A topic that a person names.
import { DefinitionError } from '../base/errors.ts'
import type { Log, TopicInfo } from '../contracts/log.ts'

/** Topics of commits, snapshots, blocks and receipts. */
export function isInternal(topic: string): boolean {
  return topic.startsWith('_')
}

/** @throws DefinitionError ML_USAGE, with the topics that there are. */
export async function knownTopic(log: Log, topic: string): Promise<TopicInfo> {
  const info = await log.topic(topic)
  if (info !== undefined) return info
  const names = (await log.topics()).map(({ name }) => name).filter((name) => !isInternal(name))
  throw new DefinitionError(
    `a topic must exist to be read; found no '${topic}'; there are: ${names.join(', ') || 'none'}`,
    { code: 'ML_USAGE' },
  )
}
