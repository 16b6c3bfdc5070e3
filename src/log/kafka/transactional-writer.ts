// A writer on Kafka: every append, or several that wait together, is one transaction under the writer's transactional id.
// What begins to fail is not mended: the writer is spent, and whoever opens the name again starts from what is durable.
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectorError, FencedError, MillraceError } from '../../base/errors.ts'
import type { Append, Writer } from '../../contracts/log.ts'
import type { Cluster } from './cluster.ts'
import {
  checkFencing,
  misfit,
  placeOf,
  type Part,
  type Place,
  type Transaction,
} from './transaction-parts.ts'
import { copyRecords } from './copy-records.ts'
import { LEADER_NOT_AVAILABLE, NONE } from './codes.ts'
import { fateOf, type Fate, type HangingTransactions } from './hanging-transactions.ts'
import {
  addPartitionsToTxn,
  endTxn,
  initProducerId,
  type BrokerAddress,
  type Producer,
  type TopicPartitions,
} from './requests.ts'
import { rightToWrite, tellingCode, type Right } from './rights.ts'
import { TransactionBatches } from './transaction-batches.ts'
import type { TransactionGate } from './transaction-gate.ts'

/**
 * Between the end of a transaction and the next of the same id. EndTxn answers before the markers are written (about 1 ms later), and by the
 * second protocol a broker that gets the next transaction too early makes it wait 20 ms (`add.partitions.to.txn.retry.backoff.ms`).
 */
const REST_MS = 4
/** Bytes of appends that go into one transaction. */
const TRANSACTION_BYTES = 16 << 20

export interface WriterOptions {
  readonly cluster: Cluster
  readonly id: string
  readonly transactionalId: string
  /** The topic's name on Kafka. */
  readonly named: (topic: string) => string
  /** Of the process's transactions. */
  readonly gate: TransactionGate
  /** Told of each partition that a commit reached, and the offset behind its records. */
  readonly committed: (topic: string, partition: number, end: number) => void
  /** Offset behind the last record of a partition. */
  readonly endOf: (topic: string, partition: number) => Promise<number>
  /** What belongs to each transaction besides its records; written before it ends. */
  readonly alongside?: Alongside
  /** Of whatever this name may have written to. */
  readonly hanging: HangingTransactions
  /** Bytes of a batch, where a record is not larger by itself. Default: what topics of ours take. */
  readonly batchBytes?: number
}

export interface Alongside {
  write(transaction: Transaction): Promise<void>
  /** Makes it part of the transaction, with nothing new. */
  join(transaction: Transaction): Promise<void>
  /** Whether it waits for the end of a transaction. */
  hangs(): Promise<boolean>
}

interface Waiting {
  readonly appends: readonly Append[]
  readonly bytes: number
  readonly resolve: (offsets: readonly number[]) => void
  readonly reject: (error: unknown) => void
}

export class TransactionalWriter implements Writer {
  readonly id: string
  readonly epoch: number
  readonly #options: WriterOptions
  readonly #second: boolean
  #producer: Producer
  #coordinator: BrokerAddress | undefined
  readonly #batches: TransactionBatches
  /** Whether a request to the coordinator got no answer since this epoch began. */
  #isUnsure = false
  #queue: Waiting[] = []
  #running: Promise<void> | undefined
  #endedAt = -Infinity
  /** Partitions that nobody could look at, with what becomes of a transaction that hangs there. */
  readonly #unseen = new Map<string, Fate>()
  /** Why nothing more can be appended. */
  #spent: MillraceError | undefined

  private constructor(options: WriterOptions, producer: Producer, second: boolean) {
    this.#options = options
    this.#producer = producer
    this.#second = second
    this.#batches = new TransactionBatches({ ...options, second })
    this.id = options.id
    // Epochs begin again with another producer id, and ids only grow.
    this.epoch = Number(producer.producerId) * 0x1_0000 + producer.epoch
  }

  /** Fences whoever has the name, after what it had under way, and ends what the cluster left open of that. */
  static async open(options: WriterOptions): Promise<TransactionalWriter> {
    const { cluster, transactionalId } = options
    // Asked before: whoever opens a name makes the cluster forget.
    const fate = await fateOf(cluster, transactionalId)
    const given = await cluster.persist('open a transactional id', async () => {
      const coordinator = await cluster.coordinatorOf(transactionalId)
      const answer = await cluster.ask(
        coordinator,
        initProducerId(transactionalId, cluster.timeouts.transactionMs),
      )
      const right: Right = { operation: 'Write', on: 'transactional-id', name: transactionalId }
      return answer.code === NONE ? { value: answer } : { code: answer.code, right }
    })
    const producer = { transactionalId, producerId: given.producerId, epoch: given.epoch }
    const writer = new TransactionalWriter(options, producer, await cluster.hasSecondProtocol())
    if (fate !== undefined) await writer.#endHanging(fate)
    return writer
  }

  append(appends: readonly Append[]): Promise<readonly number[]> {
    if (this.#spent !== undefined) return Promise.reject(this.#spent)
    const copied = appends.map((each) => ({ ...each, records: copyRecords(each.records) }))
    const bytes = copied.reduce(
      (sum, { records }) => sum + records.valueEnds[records.count] + records.keyEnds[records.count],
      0,
    )
    const answer = new Promise<readonly number[]>((resolve, reject) =>
      this.#queue.push({ appends: copied, bytes, resolve, reject }),
    )
    this.#running ??= this.#run()
    return answer
  }

  async close(): Promise<void> {
    await this.#running
    this.#spent ??= new FencedError(
      `the writer '${this.id}' must be open to append; found it closed`,
    )
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && this.#spent === undefined) {
      const rest = this.#endedAt + REST_MS - performance.now()
      // What comes meanwhile goes along.
      if (rest > 0) await sleep(rest)
      await this.#options.gate.pass(async () => {
        const group = this.#next()
        try {
          await this.#commit(await this.#fitting(group))
        } catch (error) {
          this.#fail(error, group)
        }
      })
    }
    this.#running = undefined
  }

  #next(): Waiting[] {
    let bytes = 0
    let count = 0
    while (
      count < this.#queue.length &&
      (count === 0 || bytes + this.#queue[count].bytes <= TRANSACTION_BYTES)
    )
      bytes += this.#queue[count++].bytes
    return this.#queue.splice(0, count)
  }

  #fail(cause: unknown, group: readonly Waiting[]): void {
    this.#spent =
      cause instanceof MillraceError
        ? cause
        : new ConnectorError(
            'ML_CONNECTION',
            `a transaction must come to its end; found ${String(cause)}; open the writer again`,
            { cause, retryable: true },
          )
    for (const { reject } of [...group, ...this.#queue]) reject(this.#spent)
    this.#queue = []
  }

  /** Those whose topics are there; the others are refused, which spoils nothing. */
  async #fitting(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    const fitting: Waiting[] = []
    for (const waiting of group) {
      const wrong = await misfit(waiting.appends, this.#options)
      if (wrong === undefined) fitting.push(waiting)
      else waiting.reject(wrong)
    }
    return fitting
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    if (group.length === 0) return
    const parts = new Map<string, Part>()
    const places = group.map(({ appends }) => appends.map((append) => placeOf(parts, append)))
    const full = [...parts.values()].filter(({ rows }) => rows.some(({ from, to }) => to > from))
    if (full.length > 0) {
      await this.#lookAgain(full)
      // By the second protocol a partition joins the transaction with what is written to it.
      if (!this.#second) await this.#join(this.#topicsOf(full))
      await this.#batches.write(this.#producer, full)
      await this.#options.alongside?.write(this.#transaction())
      await this.#end('committed')
      if (this.#isUnsure) await this.#leaveBehind(full)
      this.#endedAt = performance.now()
      for (const { topic, partition, end } of full) this.#options.committed(topic, partition, end)
    }
    for (const [i, { resolve }] of group.entries()) {
      resolve(await Promise.all(places[i].map((place) => this.#offsetOf(place))))
    }
  }

  /** An append of nothing lies at the end. */
  async #offsetOf({ part, at }: Place): Promise<number> {
    return part.offsets[at] ?? this.#options.endOf(part.topic, part.partition)
  }

  async #endHanging(fate: Fate): Promise<void> {
    const { hanging, alongside } = this.#options
    const { parts, unknown } = await hanging.of(this.#producer.producerId)
    this.#lookLater(unknown, fate)
    if (parts.length > 0 || (await alongside?.hangs()) === true) await this.#settle(fate, parts)
  }

  /** Ends a transaction that hangs: another that has nothing but its places ends with it. */
  async #settle(fate: Fate, parts: readonly TopicPartitions[]): Promise<void> {
    if (parts.length > 0) await this.#join(parts)
    await this.#options.alongside?.join(this.#transaction())
    await this.#end(fate)
    this.#endedAt = performance.now()
  }

  #lookLater(topics: readonly TopicPartitions[], fate: Fate): void {
    for (const { topic, partitions } of topics)
      for (const partition of partitions) this.#unseen.set(`${topic}/${partition}`, fate)
  }

  /** Before the first record goes to a partition that nobody could look at. */
  async #lookAgain(parts: readonly Part[]): Promise<void> {
    const { cluster, hanging, named } = this.#options
    for (const fate of new Set(this.#unseen.values())) {
      const of = parts.filter(
        (part) => this.#unseen.get(`${named(part.topic)}/${part.partition}`) === fate,
      )
      if (of.length === 0) continue
      const found = await cluster.persist('look for transactions that were left open', async () => {
        const seen = await hanging.among(this.#producer.producerId, this.#topicsOf(of))
        return seen.unknown.length === 0 ? { value: seen.parts } : { code: LEADER_NOT_AVAILABLE }
      })
      if (found.length > 0) await this.#settle(fate, found)
      for (const { topic, partition } of of) this.#unseen.delete(`${named(topic)}/${partition}`)
    }
  }

  #topicsOf(parts: readonly Part[]): readonly TopicPartitions[] {
    return [...Map.groupBy(parts, ({ topic }) => topic)].map(([topic, of]) => ({
      topic: this.#options.named(topic),
      partitions: of.map(({ partition }) => partition),
    }))
  }

  async #join(topics: readonly TopicPartitions[]): Promise<void> {
    await this.#askCoordinator('add partitions to a transaction', async (coordinator) => {
      const failed = tellingCode(
        await this.#options.cluster.ask(coordinator, addPartitionsToTxn(this.#producer, topics)),
      )
      if (failed === undefined) return { code: NONE, value: undefined }
      const { code } = failed
      return { code, value: undefined, right: rightToWrite(this.#options.transactionalId, failed) }
    })
  }

  #transaction(): Transaction {
    return {
      producer: this.#producer,
      second: this.#second,
      askCoordinator: (what, ask) =>
        this.#askCoordinator(what, async (coordinator) => ({
          ...(await ask(coordinator)),
          value: undefined,
        })),
      checkFencing: (code) => checkFencing(this.id, code),
    }
  }

  async #end(fate: Fate): Promise<void> {
    const next = await this.#askCoordinator('end a transaction', async (coordinator) => {
      const answer = await this.#options.cluster.ask(
        coordinator,
        endTxn(this.#producer, fate === 'committed', this.#second ? 5 : 3),
      )
      return { code: answer.code, value: answer.next }
    })
    if (next !== undefined) this.#goOnAs(next)
  }

  /**
   * A request that got no answer may still be under way, and come to the coordinator in a later transaction: the end of this one would end
   * that. By the second protocol each transaction has an epoch of its own; by the first a new one is asked for here. And a coordinator that
   * began again meanwhile may have left this transaction open somewhere.
   */
  async #leaveBehind(parts: readonly Part[]): Promise<void> {
    const { cluster, transactionalId, hanging } = this.#options
    this.#isUnsure = false
    if (!this.#second)
      this.#goOnAs(
        await this.#askCoordinator('go on after a request without an answer', (to) =>
          cluster
            .ask(
              to,
              initProducerId(transactionalId, cluster.timeouts.transactionMs, this.#producer),
            )
            .then(({ code, ...value }) => ({ code, value })),
        ),
      )
    const left = await hanging.among(this.#producer.producerId, this.#topicsOf(parts))
    this.#lookLater(left.unknown, 'committed')
    if (left.parts.length > 0) await this.#settle('committed', left.parts)
  }

  #goOnAs(next: { readonly producerId: bigint; readonly epoch: number }): void {
    this.#producer = { ...this.#producer, producerId: next.producerId, epoch: next.epoch }
    this.#batches.begin()
  }

  #askCoordinator<T>(
    what: string,
    ask: (coordinator: BrokerAddress) => Promise<{
      readonly code: number
      readonly value: T
      /** What is missing where it is not the transactional id's. */
      readonly right?: Right
    }>,
  ): Promise<T> {
    const { cluster, transactionalId } = this.#options
    let isUndecided = false
    return cluster.persist(what, async () => {
      this.#coordinator ??= await cluster.coordinatorOf(transactionalId)
      let answer
      try {
        answer = await ask(this.#coordinator)
      } catch (error) {
        this.#coordinator = undefined
        this.#isUnsure = true
        isUndecided = true
        throw error
      }
      if (answer.code === NONE) return { value: answer.value }
      checkFencing(this.id, answer.code, isUndecided)
      this.#coordinator = undefined
      return {
        code: answer.code,
        right: answer.right ?? rightToWrite(this.#options.transactionalId, answer),
      }
    })
  }
}
