// A real Apache Kafka for tests: jars from Maven, one process, a folder and ports of its own. Needs Java 17 and Maven; where they are
// not, tests on it are skipped, and say so. The jars are fetched once (43 MB) into a cache folder.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const VERSION = '4.4.0'
const LOG4J = '2.25.5'
const READY = 'Kafka Server started'

function runs(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0
}

/** Whether tests on a real broker can run here. */
export const hasKafka = runs('java', '-version') && runs('mvn', '--version')

export interface KafkaBroker {
  /** `127.0.0.1:PORT` */
  readonly address: string
  /** Ends it at once, as kill -9 does. What it has on disk stays. */
  kill(): Promise<void>
  /** Starts it again on what it had. */
  restart(): Promise<void>
  /** Ends it and removes what it had. */
  dispose(): Promise<void>
}

function libraries(): string {
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

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  for (const server of servers) server.close()
  return ports
}

const PROPERTIES = `
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
`

const LOGGING = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c)%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
logger.ready.name=kafka.server.KafkaRaftServer
logger.ready.level=info
`

export interface KafkaSettings {
  /** Further lines of server.properties. */
  readonly properties?: readonly string[]
  /** `NAME=LEVEL` of features the cluster has otherwise than by default. */
  readonly features?: readonly string[]
}

export async function startKafka({
  properties = [],
  features = [],
}: KafkaSettings = {}): Promise<KafkaBroker> {
  const jars = join(libraries(), '*')
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kafka-'))
  const [port, controller] = await freePorts(2)
  const file = (name: string): string => join(folder, name)
  writeFileSync(
    file('server.properties'),
    `${PROPERTIES}controller.quorum.voters=1@127.0.0.1:${controller}\nlisteners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}\nadvertised.listeners=PLAINTEXT://127.0.0.1:${port}\nlog.dirs=${file('log')}\n${properties.join('\n')}\n`,
  )
  writeFileSync(file('log4j2.properties'), LOGGING)
  const java = [
    '-Xmx384m',
    '-XX:+UseSerialGC',
    `-Dlog4j2.configurationFile=${file('log4j2.properties')}`,
    '-cp',
    jars,
  ]
  const clusterId = randomBytes(16).toString('base64').replaceAll(/[+/=]/g, 'A').slice(0, 22)
  const formatted = spawnSync(
    'java',
    [
      ...java,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId,
      '-c',
      file('server.properties'),
      ...features.flatMap((feature) => ['--feature', feature]),
    ],
    { encoding: 'utf8' },
  )
  if (formatted.status !== 0)
    throw new Error(`Kafka's folder could not be made: ${formatted.stdout}${formatted.stderr}`)
  let child = await launch([...java, 'kafka.Kafka', file('server.properties')], file('out'))
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    address: `127.0.0.1:${port}`,
    kill,
    restart: async () => {
      child = await launch([...java, 'kafka.Kafka', file('server.properties')], file('out'))
    },
    dispose: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function launch(args: readonly string[], out: string): Promise<ChildProcess> {
  const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  // A test that is killed takes its broker with it.
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  let text = ''
  const take = (chunk: Buffer): void => {
    if (text.length < 100_000) text += chunk.toString()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  while (!text.includes(READY)) {
    if (child.exitCode !== null) {
      writeFileSync(out, text)
      throw new Error(`Kafka ended while it started: ${readFileSync(out, 'utf8').slice(-2000)}`)
    }
    await sleep(50)
  }
  return child
}
