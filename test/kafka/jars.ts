// The jars of Apache Kafka, from Maven: fetched once (43 MB) into a cache folder.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const VERSION = '4.4.0'
const LOG4J = '2.25.5'

function runs(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0
}

/** Whether tests on a real broker can run here. */
export const hasKafka: boolean = runs('java', '-version') && runs('mvn', '--version')

/** The folder with the jars. */
export function kafkaJars(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  const folder = join(cache, 'millrace', `kafka-${VERSION}`)
  if (existsSync(folder)) return folder
  mkdirSync(join(cache, 'millrace'), { recursive: true })
  const work = mkdtempSync(join(cache, 'millrace', 'fetch-'))
  const dependency = (group: string, name: string, version: string): string =>
    `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`
  writeFileSync(
    join(work, 'pom.xml'),
    `<project><modelVersion>4.0.0</modelVersion><groupId>millrace</groupId><artifactId>kafka</artifactId><version>1</version><dependencies>${dependency('org.apache.kafka', 'kafka_2.13', VERSION)}${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J)}${dependency('org.apache.logging.log4j', 'log4j-core', LOG4J)}</dependencies></project>`,
  )
  const fetched = spawnSync(
    'mvn',
    [
      '-q',
      '-B',
      '-ntp',
      '-f',
      join(work, 'pom.xml'),
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${join(work, 'jars')}`,
    ],
    { encoding: 'utf8' },
  )
  if (fetched.status !== 0)
    throw new Error(`Maven could not fetch Kafka: ${fetched.stdout}${fetched.stderr}`)
  // Whole or not there: several tests may fetch at once, and one may be killed.
  try {
    renameSync(join(work, 'jars'), folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
  rmSync(work, { recursive: true })
  return folder
}
