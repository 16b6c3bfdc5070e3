// The log behind a URL: a folder on this machine, or a Kafka cluster.
import { DefinitionError } from '../base/errors.ts'
import { isKafkaUrl, kafkaUrl } from './kafka/kafka-url.ts'
import { openKafkaLog } from './kafka/kafka-log.ts'
import type { OpenLogOptions, OpenedLog } from './opened-log.ts'
import { openFolderLog } from './server/open-folder-log.ts'

export type { OpenLogOptions, OpenedLog } from './opened-log.ts'

/**
 * Opens a log: that of a folder, as its owner or through the process that owns it, or that of a Kafka cluster. A folder that is not there is made.
 * @param url a folder (`./data`, `file:///var/millrace`), or `kafka://HOST:PORT[,HOST:PORT...][/PREFIX]`. Closing the log of an owner closes the folder.
 * @example
 * const { log } = await openLog('./data')
 * console.log((await log.topics()).map(({ name }) => name))
 * await log.close()
 * @throws DefinitionError ML_USAGE for another kind of URL, or a folder with other files; ConnectorError ML_LOCKED when an owner holds the folder
 * and does not answer, ML_CONNECTION when no broker answers, ML_DEPENDENCY when the package for Kafka is not installed.
 */
export async function openLog(url: string, options: OpenLogOptions = {}): Promise<OpenedLog> {
  if (!isKafkaUrl(url)) return openFolderLog(url, options)
  if (options.maxBytes !== undefined) {
    throw new DefinitionError(
      `a bound in bytes must be that of a folder; found the log at ${url}: its topics are bounded by the cluster's own settings`,
      { code: 'ML_USAGE' },
    )
  }
  const log = await openKafkaLog(kafkaUrl(url))
  return {
    log,
    owned: true,
    mended: [],
    lost: new AbortController().signal,
    reach: url,
    bytesKept: async () => {
      const topics = await log.topics()
      return topics.flatMap(({ parts }) => parts).reduce((sum, { bytes }) => sum + bytes, 0)
    },
    bytesWritten: () => Promise.resolve(undefined),
  }
}
