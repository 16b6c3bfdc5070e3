// A real Apache Kafka for tests: jars from Maven, one process a broker, a folder and ports of its own. Needs Java 17 and Maven; where they
// are not, tests on it are skipped, and say so.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { classArchive, javaOptions } from './java.ts'
import {
  scramUsers,
  SECURED_LISTENERS,
  securedAddresses,
  securedProperties,
  type Secured,
  type SecuredAddresses,
} from './secured-listener.ts'

export { hasKafka } from './jars.ts'

const MEMORY = '384m'
const READY = 'Kafka Server started'

export interface KafkaNode {
  /** Ends it at once, as kill -9 does. What it has on disk stays. */
  kill(): Promise<void>
  /** Ends it in good order: it gives away what it leads. */
  stop(): Promise<void>
  /** Starts it again on what it had. */
  restart(): Promise<void>
}

/** Nobody listens at its secured addresses unless it was asked for. */
export interface KafkaBroker extends KafkaNode, SecuredAddresses {
  /** `127.0.0.1:PORT` */
  readonly address: string
  /** Ends it and removes what it had. */
  dispose(): Promise<void>
}

export interface KafkaCluster {
  /** Of all brokers, with commas. */
  readonly address: string
  readonly nodes: readonly KafkaNode[]
  dispose(): Promise<void>
}

export interface KafkaSettings {
  /** Further lines of server.properties. */
  readonly properties?: readonly string[]
  /** `NAME=LEVEL` of features the cluster has otherwise than by default. */
  readonly features?: readonly string[]
  /** Secured listeners, with ACLs; on the plain one everybody may do all. Of one broker alone. */
  readonly secured?: Secured
  /** Address of this machine it listens at. Default: 127.0.0.1. */
  readonly host?: string
  /** `HOST:PORT` that clients are told, where they reach a broker by a way round. */
  readonly advertised?: string
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
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
`

/** Every partition on every broker; what is written is on the most of them. */
function replicated(nodes: number): string {
  const least = Math.ceil((nodes + 1) / 2)
  return ['offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic']
    .map((topic) => `${topic}.replication.factor=${nodes}\n`)
    .concat(
      ['transaction.state.log', 'share.coordinator.state.topic'].map(
        (topic) => `${topic}.min.isr=${least}\n`,
      ),
      `default.replication.factor=${nodes}\nmin.insync.replicas=${least}\n`,
    )
    .join('')
}

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

/** One broker. */
export async function startKafka(settings: KafkaSettings = {}): Promise<KafkaBroker> {
  const ports = await freePorts(SECURED_LISTENERS)
  const cluster = await startKafkaCluster(1, settings, ports)
  return {
    ...cluster.nodes[0],
    address: cluster.address,
    ...securedAddresses(ports),
    dispose: () => cluster.dispose(),
  }
}

export async function startKafkaCluster(
  count: number,
  { properties = [], features = [], host = '127.0.0.1', advertised, secured }: KafkaSettings = {},
  securedPorts: readonly number[] = [],
): Promise<KafkaCluster> {
  const root = mkdtempSync(join(tmpdir(), 'millrace-kafka-'))
  const ports = await freePorts(2 * count)
  const all = Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    address: `${host}:${ports[2 * i]}`,
    controller: `${host}:${ports[2 * i + 1]}`,
  }))
  const voters = all.map(({ id, controller }) => `${id}@${controller}`).join(',')
  const clusterId = randomBytes(16).toString('base64').replaceAll(/[+/=]/g, 'A').slice(0, 22)
  const nodes = all.map(({ id, address, controller }) => {
    const text = [
      `${PROPERTIES}${replicated(count)}node.id=${id}`,
      `controller.quorum.voters=${voters}`,
      `listeners=PLAINTEXT://${address},CONTROLLER://${controller}`,
      `advertised.listeners=PLAINTEXT://${advertised ?? address}`,
      `log.dirs=${join(root, `${id}`, 'log')}`,
      ...(secured === undefined
        ? []
        : [securedProperties(secured, { address, controller, ports: securedPorts })]),
      ...properties,
    ].join('\n')
    return new Node(join(root, `${id}-`), {
      text,
      clusterId,
      features,
      users: scramUsers(secured),
    })
  })
  const dispose = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()))
    rmSync(root, { recursive: true, force: true })
  }
  try {
    if (count === 1 && !existsSync(classArchive())) await nodes[0].archive()
    await Promise.all(nodes.map((node) => node.restart()))
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    address: all.map(({ address }) => address).join(','),
    nodes: nodes.map((node) => ({
      kill: () => node.kill(),
      stop: () => node.stop(),
      restart: () => node.restart(),
    })),
    dispose,
  }
}

class Node implements KafkaNode {
  readonly #program: readonly string[]
  #child: ChildProcess | undefined

  constructor(
    path: string,
    of: {
      readonly text: string
      readonly clusterId: string
      readonly features: readonly string[]
      readonly users: readonly string[]
    },
  ) {
    const properties = `${path}server.properties`
    writeFileSync(properties, of.text)
    writeFileSync(`${path}log4j2.properties`, LOGGING)
    const logging = `-Dlog4j2.configurationFile=${path}log4j2.properties`
    this.#program = [logging, 'kafka.Kafka', properties]
    const formatted = spawnSync(
      'java',
      [
        ...javaOptions(MEMORY),
        logging,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        of.clusterId,
        '-c',
        properties,
        ...of.features.flatMap((feature) => ['--feature', feature]),
        ...of.users.flatMap((user) => ['--add-scram', user]),
      ],
      { encoding: 'utf8' },
    )
    if (formatted.status !== 0)
      throw new Error(`Kafka's folder could not be made: ${formatted.stdout}${formatted.stderr}`)
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  async restart(): Promise<void> {
    this.#child = await launch([...javaOptions(MEMORY), ...this.#program])
  }

  /** Starts and ends once, so that later starts find the classes of a broker together. */
  async archive(): Promise<void> {
    const made = `${classArchive()}.${process.pid}`
    const archive = `-XX:ArchiveClassesAtExit=${made}`
    this.#child = await launch([...javaOptions(MEMORY, { archive }), ...this.#program])
    await this.stop()
    if (existsSync(made)) renameSync(made, classArchive())
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
}

async function launch(args: readonly string[]): Promise<ChildProcess> {
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
    if (child.exitCode !== null)
      throw new Error(`Kafka ended while it started: ${text.slice(-2000)}`)
    await sleep(50)
  }
  return child
}
