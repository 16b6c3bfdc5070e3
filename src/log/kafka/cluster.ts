// The brokers of a cluster: which one leads a partition or looks after a transactional id, and a connection to it.
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectorError, MillraceError } from '../../base/errors.ts'
import { NONE, codeText, isTransient } from './codes.ts'
import type { NewTopics, Timeouts } from './kafka-config.ts'
import {
  GROUPS,
  TRANSACTIONS,
  findCoordinator,
  metadata,
  type BrokerAddress,
  type Coordinator,
  type Metadata,
  type Request,
  type TopicMetadata,
} from './requests.ts'
import { refusedConnection, refusedToken } from './refused-connection.ts'
import { denied, isDenied, type Right } from './rights.ts'
import type { Sasl, Security, Tls } from './security.ts'
import type { Connection, Wire } from './wire.ts'

/** Between two tries at what may succeed later, ms. */
const BETWEEN_MS = 20
/** How long what may succeed later is tried, ms: a broker that was killed is back, or another leads, within that. */
const PATIENCE_MS = 30_000

export interface ClusterOptions {
  readonly brokers: readonly BrokerAddress[]
  readonly clientId: string
  readonly security: Security
  /** How topics are made that are missing. */
  readonly topics: NewTopics
  readonly timeouts: Timeouts
}

/** Why an attempt gave nothing. */
export interface Refusal {
  readonly code: number
  /** What it asks to be allowed. */
  readonly right?: Right
}

/** The version of the protocol of transactions, and what a broker must know for it. */
const PRODUCE = 0
const END_TXN = 26
const SECOND_PROTOCOL = 2

export class Cluster {
  readonly wire: Wire
  readonly #options: ClusterOptions
  readonly #connections: InstanceType<Wire['ConnectionPool']>
  #metadata: Metadata | undefined
  /** Whether brokers may have come or gone since it was asked for. */
  #isOld = false
  readonly #topics = new Map<string, TopicMetadata>()
  #secondProtocol: Promise<boolean> | undefined
  readonly #watched = new WeakSet<Connection>()
  /** What broke a connection: whoever waits for an answer there is told its end alone. */
  readonly #broken = new WeakMap<Connection, Error>()
  #closed = false

  constructor(wire: Wire, options: ClusterOptions) {
    this.wire = wire
    this.#options = options
    this.#connections = new wire.ConnectionPool(options.clientId, {
      connectTimeout: 5_000,
      requestTimeout: 60_000,
      // One that waits for its turn here would go between the two requests of an authentication, which no broker allows.
      maxInflights: options.security.sasl === undefined ? 64 : Number.MAX_SAFE_INTEGER,
      ...this.#secured(),
    })
    this.#connections.on('connecting', ({ connection }) => this.#survive(connection))
  }

  get newTopics(): NewTopics {
    return this.#options.topics
  }

  get timeouts(): Timeouts {
    return this.#options.timeouts
  }

  /** @throws an error of the wire layer when the connection fails or ends. */
  ask<T>(broker: BrokerAddress, request: Request<T>, connection?: Connection): Promise<T> {
    const given =
      connection === undefined ? this.#connections.get({ ...broker }) : Promise.resolve(connection)
    return given.then(async (to) => {
      this.#watch(to)
      // Nothing but the authentication is answered until it is done (KIP-368).
      if (to.status === this.wire.ConnectionStatuses.REAUTHENTICATING) await to.ready()
      return new Promise<T>((resolve, reject) => {
        to.send(
          request.key,
          request.version,
          () => request.write(this.wire),
          (_id, _key, _version, reader) => request.read(reader),
          true,
          true,
          (error, answer) =>
            error === null ? resolve(answer as T) : reject(this.#broken.get(to) ?? error),
        )
      })
    })
  }

  /** A connection of its own, for requests that wait. */
  async connect(broker: BrokerAddress): Promise<Connection> {
    const connection = new this.wire.Connection(this.#options.clientId, {
      connectTimeout: 5_000,
      requestTimeout: 120_000,
      ...this.#secured(),
    })
    this.#survive(connection)
    await connection.connect(broker.host, broker.port)
    return connection
  }

  /**
   * Repeats what may succeed later, until it does or patience is over.
   * @param attempt gives a value, or the code of why not, with what must be allowed for it; what it throws counts as a connection that
   * failed.
   */
  async persist<T>(
    what: string,
    attempt: () => Promise<{ readonly value: T } | Refusal>,
  ): Promise<T> {
    let pause = 1
    let last: unknown
    const until = performance.now() + PATIENCE_MS
    do {
      try {
        const outcome = await attempt()
        if ('value' in outcome) return outcome.value
        if (outcome.right !== undefined && isDenied(outcome.code))
          throw denied(outcome.code, outcome.right)
        last = codeText(outcome.code)
        if (!isTransient(outcome.code)) break
      } catch (error) {
        if (this.#closed || error instanceof MillraceError) throw error
        const refused = refusedConnection(error, this.#options.security)
        if (refused !== undefined) throw refused
        last = error
        this.forget()
      }
      await sleep(pause)
      pause = Math.min(pause * 2, BETWEEN_MS)
    } while (!this.#closed && performance.now() < until)
    throw new ConnectorError(
      'ML_CONNECTION',
      `the brokers must answer to be able to ${what}; found ${last instanceof Error ? last.message : String(last)}`,
      { cause: last, retryable: true },
    )
  }

  /** What is known of a topic, asked for where nothing is. @returns undefined where there is none. */
  async topic(name: string): Promise<TopicMetadata | undefined> {
    const known = this.#topics.get(name)
    if (known !== undefined) return known
    const { topics } = await this.refresh([name])
    const found = topics.find((topic) => topic.name === name)
    if (found !== undefined && isDenied(found.code))
      throw denied(found.code, { operation: 'Describe', on: 'topic', name })
    return found?.code === NONE ? found : undefined
  }

  /** @param names undefined: all. */
  async refresh(names: readonly string[] | undefined): Promise<Metadata> {
    const found = await this.persist('list topics', async () => ({
      value: await this.ask(await this.#anyBroker(), metadata(names)),
    }))
    this.#metadata = found
    this.#isOld = false
    for (const topic of found.topics) {
      if (topic.code === NONE) this.#topics.set(topic.name, topic)
      else this.#topics.delete(topic.name)
    }
    return found
  }

  /** Leaders, topics and the controller are asked for again. */
  forget(): void {
    this.#topics.clear()
    this.#isOld = true
  }

  /** @returns undefined while the partition has no leader. */
  async leaderOf(topic: string, partition: number): Promise<BrokerAddress | undefined> {
    const found = await this.topic(topic)
    const leader = found?.leaders[partition]
    if (leader === undefined) return undefined
    return this.#metadata?.brokers.get(leader)
  }

  async controller(): Promise<BrokerAddress> {
    const known = this.#isOld ? undefined : this.#metadata
    const { brokers, controller } = known ?? (await this.refresh([]))
    return brokers.get(controller) ?? this.#anyBroker()
  }

  coordinatorOf(transactionalId: string): Promise<BrokerAddress> {
    return this.#coordinator(
      'find who looks after a transactional id',
      findCoordinator(TRANSACTIONS, transactionalId),
      { operation: 'Describe', on: 'transactional-id', name: transactionalId },
    )
  }

  coordinatorOfGroup(group: string): Promise<BrokerAddress> {
    const right = { operation: 'Describe', on: 'group', name: group } as const
    return this.#coordinator('find who keeps a group', findCoordinator(GROUPS, group), right)
  }

  /** Whether the brokers have the second protocol of transactions (KIP-890): the first is for older ones. */
  hasSecondProtocol(): Promise<boolean> {
    this.#secondProtocol ??= this.#askProtocol()
    return this.#secondProtocol
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#connections.close()
  }

  /**
   * Without a listener a connection that is reset ends the process, and the pool's own hears but the first error of each. By TLS 1.3 a
   * broker refuses the certificate of a client when the connection is made already: only this error says so.
   */
  #survive(connection: Connection): void {
    connection.on('error', (error: Error) => this.#broken.set(connection, error))
  }

  /** The wire layer leaves the timer of the next authentication when a connection ends. */
  #watch(connection: Connection): void {
    if (this.#options.security.sasl === undefined || this.#watched.has(connection)) return
    this.#watched.add(connection)
    connection.once('close', () => {
      connection.close(() => undefined)
    })
  }

  #secured(): ConnectionOptions {
    const { brokers, security } = this.#options
    return {
      ...(security.tls === undefined ? {} : { tls: tlsOptions(security.tls) }),
      // An address is no name of a server in TLS.
      tlsServerName: brokers.every(({ host }) => isIP(host) === 0),
      ...(security.sasl === undefined ? {} : { sasl: saslOptions(security.sasl) }),
    }
  }

  async #askProtocol(): Promise<boolean> {
    const connection = await this.#connections.get({ ...(await this.#anyBroker()) })
    const answer = await this.wire.apiVersionsV4.api.async(connection, this.#options.clientId, '1')
    const reaches = (key: number, version: number): boolean =>
      answer.apiKeys.some((each) => each.apiKey === key && each.maxVersion >= version)
    const level =
      answer.finalizedFeatures?.find(({ name }) => name === 'transaction.version')
        ?.maxVersionLevel ?? 0
    return level >= SECOND_PROTOCOL && reaches(PRODUCE, 12) && reaches(END_TXN, 5)
  }

  #coordinator(what: string, request: Request<Coordinator>, right: Right): Promise<BrokerAddress> {
    return this.persist(what, async () => {
      const found = await this.ask(await this.#anyBroker(), request)
      return found.code === NONE
        ? { value: { host: found.host, port: found.port } }
        : { code: found.code, right }
    })
  }

  async #anyBroker(): Promise<BrokerAddress> {
    const known = this.#metadata === undefined ? [] : [...this.#metadata.brokers.values()]
    const { host, port } = await this.#connections.getFirstAvailable(
      [...known, ...this.#options.brokers].map((each) => ({ ...each })),
    )
    return { host: host ?? '', port: port ?? 0 }
  }
}

type ConnectionOptions = NonNullable<ConstructorParameters<Wire['Connection']>[1]>

function saslOptions(sasl: Sasl): NonNullable<ConnectionOptions['sasl']> {
  if (sasl.mechanism !== 'OAUTHBEARER') return { ...sasl }
  return {
    ...sasl,
    // A broker that refuses a token says so in an answer that is none of the protocol's errors (RFC 7628, 3.2.2).
    authBytesValidator: (answer, done) =>
      answer.length === 0 ? done(null, answer) : done(refusedToken(), answer),
  }
}

/** Node's TLS takes what is not given otherwise than what is undefined. */
function tlsOptions({ ca, cert, key, passphrase }: Tls): {
  ca?: string
  cert?: string
  key?: string
  passphrase?: string
} {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}
