// A writer on Kafka: every append, or several that wait together, is one transaction under the writer's transactional id.
// What begins to fail is not mended: the writer is spent, and whoever opens the name again starts from what is durable.
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectorError, FencedError, MillraceError } from '../../base/errors.ts'
import type { Append, Writer } from '../../contracts/log.ts'
import type { Cluster } from './cluster.ts'
import {
  byLeader,
  checkFencing,
  note,
  placeOf,
  type Part,
  type Place,
  type Sealed,
  type Transaction,
} from './transaction-parts.ts'
import { copyRecords } from './copy-records.ts'
import { DUPLICATE_SEQUENCE, NONE, TOPIC_DENIED } from './codes.ts'
import { batchesOf, type PlacedRows } from './cut-batches.ts'
import { encodeBatch } from './encode-batch.ts'
import {
  addPartitionsToTxn,
  endTxn,
  initProducerId,
  produce,
  type BrokerAddress,
  type Produced,
  type Producer,
} from './requests.ts'
import { tellingCode, type Right } from './rights.ts'
import type { TransactionGate } from './transaction-gate.ts'

const PRODUCE_TIMEOUT_MS = 30_000
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
  readonly alongside?: (transaction: Transaction) => Promise<void>
  /** Bytes of a batch, where a record is not larger by itself. Default: what topics of ours take. */
  readonly batchBytes?: number
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
  readonly #sequences = new Map<string, number>()
  /** Whether a request to the coordinator got no answer since this epoch began. */
  #isUnsure = false
  #queue: Waiting[] = []
  #running: Promise<void> | undefined
  #endedAt = -Infinity
  /** Why nothing more can be appended. */
  #spent: MillraceError | undefined

  private constructor(options: WriterOptions, producer: Producer, second: boolean) {
    this.#options = options
    this.#producer = producer
    this.#second = second
    this.id = options.id
    // Epochs begin again with another producer id, and ids only grow.
    this.epoch = Number(producer.producerId) * 0x1_0000 + producer.epoch
  }

  /** Fences whoever has the name, after what it had under way. */
  static async open(options: WriterOptions): Promise<TransactionalWriter> {
    const { cluster, transactionalId } = options
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
    return new TransactionalWriter(options, producer, await cluster.hasSecondProtocol())
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
      const wrong = await this.#misfit(waiting.appends)
      if (wrong === undefined) fitting.push(waiting)
      else waiting.reject(wrong)
    }
    return fitting
  }

  async #misfit(appends: readonly Append[]): Promise<MillraceError | undefined> {
    for (const { topic, partition } of appends) {
      const found = await this.#options.cluster.topic(this.#options.named(topic))
      if (found === undefined || found.leaders[partition] === undefined) {
        return new ConnectorError(
          'ML_TOPIC',
          `an append must go to a partition that is there; found ${found === undefined ? 'no topic' : `${found.leaders.length} partitions of topic`} '${topic}', not partition ${partition}`,
          { details: { topic, partition } },
        )
      }
    }
    return undefined
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    if (group.length === 0) return
    const parts = new Map<string, Part>()
    const places = group.map(({ appends }) => appends.map((append) => placeOf(parts, append)))
    const full = [...parts.values()].filter(({ rows }) => rows.some(({ from, to }) => to > from))
    if (full.length > 0) {
      await this.#begin(full)
      await this.#produceAll(full)
      await this.#options.alongside?.(this.#transaction())
      await this.#end()
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

  /** By the second protocol a partition joins the transaction with what is written to it. */
  async #begin(parts: readonly Part[]): Promise<void> {
    if (this.#second) return
    const topics = [...Map.groupBy(parts, ({ topic }) => topic)].map(([topic, of]) => ({
      topic: this.#options.named(topic),
      partitions: of.map(({ partition }) => partition),
    }))
    await this.#askCoordinator('add partitions to a transaction', async (coordinator) => {
      const failed = tellingCode(
        await this.#options.cluster.ask(coordinator, addPartitionsToTxn(this.#producer, topics)),
      )
      if (failed === undefined) return { code: NONE, value: undefined }
      const { code } = failed
      return { code, value: undefined, right: this.#rightToWrite(code, failed.topic) }
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

  async #end(): Promise<void> {
    const next = await this.#askCoordinator('end a transaction', async (coordinator) => {
      const answer = await this.#options.cluster.ask(
        coordinator,
        endTxn(this.#producer, true, this.#second ? 5 : 3),
      )
      return { code: answer.code, value: answer.next }
    })
    if (next !== undefined) this.#goOnAs(next)
    else if (this.#isUnsure) await this.#leaveBehind()
  }

  /**
   * A request that got no answer may still be under way, and come to the coordinator in a later transaction: the end of this one would end
   * that. By the second protocol each transaction has an epoch of its own; by the first a new one is asked for here.
   */
  async #leaveBehind(): Promise<void> {
    const { cluster, transactionalId } = this.#options
    const next = await this.#askCoordinator('go on after a request without an answer', (to) =>
      cluster
        .ask(to, initProducerId(transactionalId, cluster.timeouts.transactionMs, this.#producer))
        .then(({ code, ...value }) => ({ code, value })),
    )
    this.#goOnAs(next)
    this.#isUnsure = false
  }

  #goOnAs(next: { readonly producerId: bigint; readonly epoch: number }): void {
    this.#producer = { ...this.#producer, producerId: next.producerId, epoch: next.epoch }
    this.#sequences.clear()
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
      return { code: answer.code, right: answer.right ?? this.#rightToWrite(answer.code) }
    })
  }

  #rightToWrite(code: number, topic?: string): Right {
    return code === TOPIC_DENIED && topic !== undefined
      ? { operation: 'Write', on: 'topic', name: topic }
      : { operation: 'Write', on: 'transactional-id', name: this.#options.transactionalId }
  }

  /** Round after round, one batch a partition: what is larger goes in several. */
  async #produceAll(parts: readonly Part[]): Promise<void> {
    const queues = parts.map((part) => ({
      part,
      batches: batchesOf(part.rows, this.#options.batchBytes),
    }))
    for (let round = 0; ; round++) {
      const batches = queues.flatMap(({ part, batches: own }) =>
        round < own.length ? [{ part, rows: own[round] }] : [],
      )
      if (batches.length === 0) return
      await this.#produce(batches)
    }
  }

  async #produce(
    batches: readonly { readonly part: Part; readonly rows: readonly PlacedRows[] }[],
  ): Promise<void> {
    const { cluster, named } = this.#options
    let open = batches.map(({ part, rows }) => this.#sealed(part, rows))
    await cluster.persist('write', async () => {
      let worst: Produced | undefined
      const produced = await Promise.all(
        (await byLeader(open, { cluster, named })).map(([leader, of]) => this.#ask(leader, of)),
      )
      const done = new Set<Sealed>()
      for (const answer of produced.flat()) {
        const { topic, partition, code, baseOffset } = answer
        const sealed = open.find(
          (each) => each.partition === partition && named(each.part.topic) === topic,
        )
        if (sealed === undefined) continue
        checkFencing(this.id, code)
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
        ? { code: 5 }
        : { code: worst.code, right: this.#rightToWrite(worst.code, worst.topic) }
    })
  }

  #ask(leader: BrokerAddress, sealed: readonly Sealed[]): Promise<readonly Produced[]> {
    const { cluster, named, transactionalId } = this.#options
    const parts = sealed.map(({ part, partition, batch }) => ({
      topic: named(part.topic),
      partition,
      batch,
    }))
    return cluster.ask(
      leader,
      produce(transactionalId, parts, {
        timeoutMs: PRODUCE_TIMEOUT_MS,
        version: this.#second ? 12 : 11,
      }),
    )
  }

  /** A batch with its place in the order of its partition: sent again it is the same, so that a broker that has it takes it no second time. */
  #sealed(part: Part, rows: readonly PlacedRows[]): Sealed {
    const key = `${part.topic}/${part.partition}`
    const sequence = this.#sequences.get(key) ?? 0
    const count = rows.reduce((sum, { from, to }) => sum + to - from, 0)
    this.#sequences.set(key, (sequence + count) % 0x8000_0000)
    const { producerId, epoch } = this.#producer
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
