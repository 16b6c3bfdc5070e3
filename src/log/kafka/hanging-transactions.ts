// Transactions that hang: decided, but left open in a partition by the cluster. A coordinator that finds no leader of a partition takes it for
// deleted, and ends the transaction without its marker there (seen of Apache Kafka 4.4.0, where the only replica came back behind the
// timeout of a transaction; `KRaftMetadataCache.getPartitionLeaderEndpoint`). What is written behind is hidden until the producer's next
// marker, and that one decides both: the commit of another transaction would commit the records of one that was aborted. So whoever opens a
// name looks first, and ends what hangs as it was decided.
import type { Cluster } from './cluster.ts'
import { NONE, TOPIC_DENIED, UNKNOWN_TRANSACTIONAL_ID } from './codes.ts'
import { partitionsByLeader } from './partitions-by-leader.ts'
import { LATEST, listOffsets } from './read-requests.ts'
import type { BrokerAddress, TopicPartitions } from './requests.ts'
import { describeProducers, describeTransactions } from './transaction-requests.ts'

/** What became of the last transaction of a name; undefined: there was none. */
export type Fate = 'committed' | 'aborted'

/** One that is still open will be aborted by who opens the name. */
export async function fateOf(cluster: Cluster, transactionalId: string): Promise<Fate | undefined> {
  return cluster.persist('find what became of a transaction', async () => {
    const coordinator = await cluster.coordinatorOf(transactionalId)
    const [{ code, state }] = await cluster.ask(
      coordinator,
      describeTransactions([transactionalId]),
    )
    if (code === UNKNOWN_TRANSACTIONAL_ID) return { value: undefined }
    if (code !== NONE)
      return {
        code,
        right: { operation: 'Describe', on: 'transactional-id', name: transactionalId },
      }
    return { value: state.endsWith('Commit') ? 'committed' : 'aborted' }
  })
}

export interface Hanging {
  readonly parts: readonly TopicPartitions[]
  /** Nobody could say of these. */
  readonly unknown: readonly TopicPartitions[]
}

interface Behind {
  /** By leader: partitions that hide something behind a transaction that is open. */
  readonly hiding: readonly (readonly [BrokerAddress, readonly TopicPartitions[]])[]
  readonly unknown: readonly TopicPartitions[]
}

export class HangingTransactions {
  readonly #cluster: Cluster
  readonly #topics: () => Promise<readonly TopicPartitions[]>
  #running: Promise<unknown> | undefined
  #next: Promise<Behind> | undefined

  /** @param topics all that its writers may have written to. */
  constructor(cluster: Cluster, topics: () => Promise<readonly TopicPartitions[]>) {
    this.#cluster = cluster
    this.#topics = topics
  }

  /** Where a transaction of a producer is open, though none of its transactions is under way. */
  async of(producerId: bigint): Promise<Hanging> {
    return this.#with(producerId, await this.#behind())
  }

  /** The same, of some partitions. */
  async among(producerId: bigint, topics: readonly TopicPartitions[]): Promise<Hanging> {
    const { groups, leaderless } = await partitionsByLeader(this.#cluster, topics)
    return this.#with(producerId, { hiding: groups, unknown: leaderless })
  }

  async #with(producerId: bigint, { hiding, unknown }: Behind): Promise<Hanging> {
    if (hiding.length === 0) return { parts: [], unknown }
    return this.#cluster.persist('see whose transactions are open', async () => {
      const answers = await Promise.all(
        hiding.map(([leader, of]) => this.#cluster.ask(leader, describeProducers(of))),
      )
      const moved = answers.flat().find(({ code }) => code !== NONE && code !== TOPIC_DENIED)
      if (moved !== undefined) return { code: moved.code }
      const open = answers.flat().filter((each) => each.open.includes(producerId))
      return { value: { parts: byTopic(open), unknown } }
    })
  }

  /** Openings that wait at the same time share one that begins behind all of them. */
  #behind(): Promise<Behind> {
    this.#next ??= (this.#running ?? Promise.resolve()).then(() => {
      const asked = this.#ask()
      this.#running = asked.catch(() => undefined)
      this.#next = undefined
      return asked
    })
    return this.#next
  }

  async #ask(): Promise<Behind> {
    const cluster = this.#cluster
    const topics = await this.#topics()
    return cluster.persist('look for transactions that were left open', async () => {
      const { groups, leaderless } = await partitionsByLeader(cluster, topics)
      const hiding: [BrokerAddress, readonly TopicPartitions[]][] = []
      const unknown = [...leaderless]
      for (const [leader, of] of groups) {
        const [stable, all] = await Promise.all([
          cluster.ask(leader, listOffsets(of, LATEST)),
          cluster.ask(leader, listOffsets(of, LATEST, { committed: false })),
        ])
        const ends = new Map(all.map((each) => [`${each.topic}/${each.partition}`, each]))
        const behind = stable.filter(({ topic, partition, code, offset }) => {
          const end = ends.get(`${topic}/${partition}`)
          return code === NONE && end?.code === NONE && offset < end.offset
        })
        const moved = [...stable, ...all].filter(
          ({ code }) => code !== NONE && code !== TOPIC_DENIED,
        )
        unknown.push(...byTopic(moved))
        if (behind.length > 0) hiding.push([leader, byTopic(behind)])
      }
      return { value: { hiding, unknown } }
    })
  }
}

function byTopic(
  parts: readonly { readonly topic: string; readonly partition: number }[],
): readonly TopicPartitions[] {
  return [...Map.groupBy(parts, ({ topic }) => topic)].map(([topic, of]) => ({
    topic,
    partitions: [...new Set(of.map(({ partition }) => partition))],
  }))
}
