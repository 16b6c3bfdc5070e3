// The log on Kafka: topics of a cluster, appends as transactions, reads of what is committed.
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  EnsureOptions,
  Log,
  OpenTransaction,
  ReadFrom,
  ReadOptions,
  ReadResult,
  TopicInfo,
  TopicSpec,
  Writer,
} from '../../contracts/log.ts'
import type { Cluster } from './cluster.ts'
import type { KafkaUrl } from './kafka-url.ts'
import { NONE } from './codes.ts'
import { HangingTransactions } from './hanging-transactions.ts'
import { openCluster } from './open-cluster.ts'
import { openTransactions } from './open-transactions.ts'
import { KafkaReader } from './reader.ts'
import { TopicAdmin, type Bounds } from './topic-admin.ts'
import { TransactionGate } from './transaction-gate.ts'
import { TransactionalWriter } from './transactional-writer.ts'
import { WaitingConnections } from './waiting-connections.ts'

const TRANSACTIONAL_ID = 'millrace.'

/**
 * @param config the file of properties that secures its connections. Default: what MILLRACE_KAFKA_CONFIG names.
 * @throws ConnectorError ML_DEPENDENCY when the client is not installed, ML_CONNECTION when no broker answers.
 */
export async function openKafkaLog(url: KafkaUrl, config?: string): Promise<Log> {
  const cluster = await openCluster(url.brokers, config)
  try {
    await cluster.refresh([])
  } catch (error) {
    await cluster.close()
    throw error
  }
  return new KafkaLog(cluster, url.prefix)
}

class KafkaLog implements Log {
  readonly #cluster: Cluster
  readonly #prefix: string
  readonly #waiting: WaitingConnections
  readonly #admin: TopicAdmin
  readonly #reader: KafkaReader
  readonly #gate = new TransactionGate()
  readonly #hanging: HangingTransactions
  /** How far this process has written, by partition: a commit is answered a little before it can be read. */
  readonly #ownEnds = new Map<string, number>()

  constructor(cluster: Cluster, prefix: string) {
    this.#cluster = cluster
    this.#prefix = prefix
    this.#waiting = new WaitingConnections(cluster)
    const named = (topic: string): string => `${prefix}${topic}`
    const unnamed = (name: string): string | undefined =>
      name.startsWith(prefix) ? name.slice(prefix.length) : undefined
    const ownEnd = (topic: string, partition: number): number =>
      this.#ownEnds.get(`${topic}/${partition}`) ?? 0
    const pause = async (ms: number): Promise<void> => {
      await sleep(ms)
    }
    this.#hanging = new HangingTransactions(cluster, async () => {
      const { topics } = await cluster.refresh(undefined)
      return topics
        .filter(({ code, internal, name }) => code === NONE && !internal && name.startsWith(prefix))
        .map(({ name, leaders }) => ({ topic: name, partitions: leaders.map((_, i) => i) }))
    })
    this.#admin = new TopicAdmin({ cluster, named, unnamed, ownEnd, pause })
    const bounds = (topic: string, partition: number): Promise<Bounds> =>
      this.#admin.bounds(topic, partition)
    this.#reader = new KafkaReader({
      cluster,
      waiting: this.#waiting,
      named,
      ownEnd,
      bounds,
      pause,
    })
  }

  ensureTopic(spec: TopicSpec, { grow = false }: EnsureOptions = {}): Promise<void> {
    return this.#admin.ensure(spec, grow)
  }

  topics(): Promise<readonly TopicInfo[]> {
    return this.#admin.all()
  }

  topic(name: string): Promise<TopicInfo | undefined> {
    return this.#admin.one(name)
  }

  openWriter(id: string): Promise<Writer> {
    return TransactionalWriter.open({
      cluster: this.#cluster,
      id,
      transactionalId: `${TRANSACTIONAL_ID}${this.#prefix}${id}`,
      named: (topic) => `${this.#prefix}${topic}`,
      gate: this.#gate,
      hanging: this.#hanging,
      committed: (topic, partition, end) => {
        const key = `${topic}/${partition}`
        this.#ownEnds.set(key, Math.max(end, this.#ownEnds.get(key) ?? 0))
      },
      endOf: async (topic, partition) => (await this.#admin.bounds(topic, partition)).end,
    })
  }

  read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    return this.#reader.read(from, options)
  }

  trim(topic: string, partition: number, before: number): Promise<void> {
    return this.#admin.trim(topic, partition, before)
  }

  openTransactions(): Promise<readonly OpenTransaction[]> {
    return openTransactions(this.#cluster, `${TRANSACTIONAL_ID}${this.#prefix}`)
  }

  quietly<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#gate.quietly(work)
  }

  async close(): Promise<void> {
    this.#waiting.close()
    await this.#cluster.close()
  }
}
