// The batches of a transaction, to the leaders of their partitions.
import type { Cluster } from './cluster.ts'
import { DUPLICATE_SEQUENCE, LEADER_NOT_AVAILABLE, NONE } from './codes.ts'
import { batchesOf, type PlacedRows } from './cut-batches.ts'
import { encodeBatch } from './encode-batch.ts'
import { produce, type BrokerAddress, type Produced, type Producer } from './requests.ts'
import { rightToWrite } from './rights.ts'
import { byLeader, checkFencing, note, type Part, type Sealed } from './transaction-parts.ts'

const PRODUCE_TIMEOUT_MS = 30_000

export interface BatchesOptions {
  readonly cluster: Cluster
  /** Of the writer. */
  readonly id: string
  /** The topic's name on Kafka. */
  readonly named: (topic: string) => string
  /** Whether by the second protocol: then a partition joins the transaction with what is written to it. */
  readonly second: boolean
  /** Bytes of a batch, where a record is not larger by itself. Default: what topics of ours take. */
  readonly batchBytes?: number
}

export class TransactionBatches {
  readonly #options: BatchesOptions
  /** Of the next record of each partition. */
  readonly #sequences = new Map<string, number>()

  constructor(options: BatchesOptions) {
    this.#options = options
  }

  /** Another epoch of the producer: it counts from the beginning. */
  begin(): void {
    this.#sequences.clear()
  }

  /** Round after round, one batch a partition: what is larger goes in several. */
  async write(producer: Producer, parts: readonly Part[]): Promise<void> {
    const queues = parts.map((part) => ({
      part,
      batches: batchesOf(part.rows, this.#options.batchBytes),
    }))
    for (let round = 0; ; round++) {
      const batches = queues.flatMap(({ part, batches: own }) =>
        round < own.length ? [{ part, rows: own[round] }] : [],
      )
      if (batches.length === 0) return
      await this.#produce(producer, batches)
    }
  }

  async #produce(
    producer: Producer,
    batches: readonly { readonly part: Part; readonly rows: readonly PlacedRows[] }[],
  ): Promise<void> {
    const { cluster, named } = this.#options
    let open = batches.map(({ part, rows }) => this.#sealed(producer, part, rows))
    await cluster.persist('write', async () => {
      let worst: Produced | undefined
      const produced = await Promise.all(
        (await byLeader(open, { cluster, named })).map(([leader, of]) =>
          this.#ask(producer, leader, of),
        ),
      )
      const done = new Set<Sealed>()
      for (const answer of produced.flat()) {
        const { topic, partition, code, baseOffset } = answer
        const sealed = open.find(
          (each) => each.partition === partition && named(each.part.topic) === topic,
        )
        if (sealed === undefined) continue
        checkFencing(this.#options.id, code)
        if (code !== NONE && code !== DUPLICATE_SEQUENCE) {
          worst = answer
          continue
        }
        sealed.took(baseOffset)
        done.add(sealed)
      }
      open = open.filter((each) => !done.has(each))
      if (open.length === 0) return { value: undefined }
      cluster.forget()
      return worst === undefined
        ? { code: LEADER_NOT_AVAILABLE }
        : { code: worst.code, right: rightToWrite(producer.transactionalId, worst) }
    })
  }

  #ask(
    producer: Producer,
    leader: BrokerAddress,
    sealed: readonly Sealed[],
  ): Promise<readonly Produced[]> {
    const { cluster, named } = this.#options
    const parts = sealed.map(({ part, partition, batch }) => ({
      topic: named(part.topic),
      partition,
      batch,
    }))
    return cluster.ask(
      leader,
      produce(producer.transactionalId, parts, {
        timeoutMs: PRODUCE_TIMEOUT_MS,
        version: this.#options.second ? 12 : 11,
      }),
    )
  }

  /** A batch with its place in the order of its partition: sent again it is the same, so that a broker that has it takes it no second time. */
  #sealed(producer: Producer, part: Part, rows: readonly PlacedRows[]): Sealed {
    const key = `${part.topic}/${part.partition}`
    const sequence = this.#sequences.get(key) ?? 0
    const count = rows.reduce((sum, { from, to }) => sum + to - from, 0)
    this.#sequences.set(key, (sequence + count) % 0x8000_0000)
    const { producerId, epoch } = producer
    const batch = encodeBatch(rows, {
      producerId,
      epoch,
      sequence,
      crc32c: this.#options.cluster.wire.crc32c,
    })
    return {
      part,
      partition: part.partition,
      batch,
      took: (baseOffset) => note(part, rows, baseOffset),
    }
  }
}
