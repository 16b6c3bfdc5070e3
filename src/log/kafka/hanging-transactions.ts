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

/** Partitions that hide something behind a transaction that is open. */
interface Behind {
  readonly hiding: readonly TopicPartitions[]
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
    const { hiding, unknown } = await this.#behind()
    const found = await this.among(producerId, hiding)
    return { parts: found.parts, unknown: [...unknown, ...found.unknown] }
  }

  /** The same, of some partitions. */
  async among(producerId: bigint, topics: readonly TopicPartitions[]): Promise<Hanging> {
    const { answers, unknown } = await this.#ofLeaders(topics, (leader, of) =>
      this.#cluster.ask(leader, describeProducers(of)),
    )
    const moved = answers.filter(({ code }) => code !== NONE && code !== TOPIC_DENIED)
    const parts = answers.filter(({ open }) => open.includes(producerId))
    return { parts: byTopic(parts), unknown: [...unknown, ...byTopic(moved)] }
  }

  /** Openings that wait at the same time share one that begins behind all of them. */
  #behind(): Promise<Behind> {
    this.#next ??= (this.#running ?? Promise.resolve()).then(() => {
      const asked = this.#look()
      // The next one begins when this one is over, however it ends: who waits for this one is told.
      this.#running = Promise.allSettled([asked])
      this.#next = undefined
      return asked
    })
    return this.#next
  }

  async #look(): Promise<Behind> {
    const { answers, unknown } = await this.#ofLeaders(await this.#topics(), async (leader, of) => {
      const [stable, all] = await Promise.all([
        this.#cluster.ask(leader, listOffsets(of, LATEST)),
        this.#cluster.ask(leader, listOffsets(of, LATEST, { committed: false })),
      ])
      const ends = new Map(all.map((each) => [`${each.topic}/${each.partition}`, each]))
      return stable.map((each) => {
        const end = ends.get(`${each.topic}/${each.partition}`)
        return { ...each, code: each.code || (end?.code ?? NONE), end: end?.offset ?? NaN }
      })
    })
    const moved = answers.filter(({ code }) => code !== NONE && code !== TOPIC_DENIED)
    const hiding = answers.filter(({ code, offset, end }) => code === NONE && offset < end)
    return { hiding: byTopic(hiding), unknown: [...unknown, ...byTopic(moved)] }
  }

  /** Who does not answer holds nobody up: nothing is known of what it leads. */
  async #ofLeaders<Answer>(
    topics: readonly TopicPartitions[],
    ask: (leader: BrokerAddress, of: readonly TopicPartitions[]) => Promise<readonly Answer[]>,
  ): Promise<{
    readonly answers: readonly Answer[]
    readonly unknown: readonly TopicPartitions[]
  }> {
    const { groups, leaderless } = await partitionsByLeader(this.#cluster, topics)
    const outcomes = await Promise.allSettled(groups.map(([leader, of]) => ask(leader, of)))
    const silent = groups.flatMap(([, of], i) => (outcomes[i].status === 'rejected' ? of : []))
    if (leaderless.length + silent.length > 0) this.#cluster.forget()
    return {
      answers: outcomes.flatMap((each) => (each.status === 'fulfilled' ? each.value : [])),
      unknown: [...leaderless, ...silent],
    }
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
