// A producer of transactions request by request, which ends them as it is told, or not at all, as a process that is killed does.
import { RecordsBuilder, type Records } from '../../src/base/records.ts'
import { Cluster } from '../../src/log/kafka/cluster.ts'
import { encodeBatch } from '../../src/log/kafka/encode-batch.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import {
  addPartitionsToTxn,
  endTxn,
  initProducerId,
  produce,
  type Producer,
} from '../../src/log/kafka/requests.ts'
import { AS_THE_CLUSTER_SAYS, TIMEOUTS } from '../../src/log/kafka/kafka-config.ts'
import { PLAIN_CONNECTIONS } from '../../src/log/kafka/security.ts'
import { loadWire } from '../../src/log/kafka/wire.ts'

/** Longer than any test: the cluster ends none of them by itself. */
const TRANSACTION_MS = 600_000

export interface RawPart {
  /** As the cluster calls it. */
  readonly topic: string
  readonly partition: number
  readonly records: Records
}

export async function clusterOf(address: string): Promise<Cluster> {
  const { brokers } = kafkaUrl(`kafka://${address}`)
  return new Cluster(await loadWire(), {
    brokers,
    clientId: 'test',
    security: PLAIN_CONNECTIONS,
    topics: AS_THE_CLUSTER_SAYS,
    timeouts: TIMEOUTS,
  })
}

export class RawProducer {
  readonly #cluster: Cluster
  readonly #second: boolean
  readonly #sequences = new Map<string, number>()
  #producer: Producer

  private constructor(cluster: Cluster, producer: Producer, second: boolean) {
    this.#cluster = cluster
    this.#producer = producer
    this.#second = second
  }

  static async open(address: string, transactionalId: string): Promise<RawProducer> {
    const cluster = await clusterOf(address)
    const coordinator = await cluster.coordinatorOf(transactionalId)
    const { producerId, epoch } = await cluster.persist('begin', async () => {
      const answer = await cluster.ask(coordinator, initProducerId(transactionalId, TRANSACTION_MS))
      return answer.code === 0 ? { value: answer } : { code: answer.code }
    })
    const producer = { transactionalId, producerId, epoch }
    return new RawProducer(cluster, producer, await cluster.hasSecondProtocol())
  }

  /** Each part in a batch of its own. */
  async write(parts: readonly RawPart[]): Promise<void> {
    for (const part of parts) await this.#writeOne(part)
  }

  /**
   * As what a cluster has forgotten of a transaction: these parts stay open when it ends. Needs brokers with
   * `transaction.partition.verification.enable=false`.
   */
  async writeUnknown(parts: readonly RawPart[]): Promise<void> {
    for (const part of parts) await this.#produce(part, 11)
  }

  async end(how: 'commit' | 'abort'): Promise<void> {
    const { next } = await this.#persist('end', async () => {
      const coordinator = await this.#cluster.coordinatorOf(this.#producer.transactionalId)
      const version = this.#second ? 5 : 3
      const answer = await this.#cluster.ask(
        coordinator,
        endTxn(this.#producer, how === 'commit', version),
      )
      return { code: answer.code, value: answer }
    })
    if (next === undefined) return
    this.#producer = { ...this.#producer, ...next }
    this.#sequences.clear()
  }

  /** What is open stays so. */
  close(): Promise<void> {
    return this.#cluster.close()
  }

  async #writeOne(part: RawPart): Promise<void> {
    const cluster = this.#cluster
    const { topic, partition } = part
    if (!this.#second)
      await this.#persist('add', async () => {
        const coordinator = await cluster.coordinatorOf(this.#producer.transactionalId)
        const of = [{ topic, partitions: [partition] }]
        const [{ code }] = await cluster.ask(coordinator, addPartitionsToTxn(this.#producer, of))
        return { code, value: 0 }
      })
    await this.#produce(part, this.#second ? 12 : 11)
  }

  async #produce({ topic, partition, records }: RawPart, version: 11 | 12): Promise<void> {
    const cluster = this.#cluster
    const { transactionalId, producerId, epoch } = this.#producer
    const place = `${topic}/${partition}`
    const sequence = this.#sequences.get(place) ?? 0
    this.#sequences.set(place, sequence + records.count)
    const { crc32c } = cluster.wire
    const batch = encodeBatch([{ records, from: 0, to: records.count }], {
      producerId,
      epoch,
      sequence,
      crc32c,
    })
    await this.#persist('write', async () => {
      const leader = await cluster.leaderOf(topic, partition)
      if (leader === undefined) return { code: 5, value: 0 }
      const [{ code }] = await cluster.ask(
        leader,
        produce(transactionalId, [{ topic, partition, batch }], { timeoutMs: 10_000, version }),
      )
      return { code, value: 0 }
    })
  }

  #persist<T>(
    what: string,
    attempt: () => Promise<{ readonly code: number; readonly value: T }>,
  ): Promise<T> {
    return this.#cluster.persist(what, async () => {
      const { code, value } = await attempt()
      return code === 0 ? { value } : { code }
    })
  }
}

export function recordsOfValues(values: readonly string[]): Records {
  const builder = new RecordsBuilder()
  for (const value of values) builder.add(0, '', value)
  return builder.records()
}
