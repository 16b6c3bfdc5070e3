// A topic of a Kafka cluster as an edge sink. What is written, and how far, are in one transaction there: whoever reads what is committed
// has each record once, whatever happened between.
import { randomUUID } from 'node:crypto'
import { ConnectorError } from '../../base/errors.ts'
import { murmur2, partitionOf } from '../../base/murmur2.ts'
import { keyBytes, recordText, RecordsBuilder, valueBytes } from '../../base/records.ts'
import type { ReadRun, Writer } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import type { OpenSink, Sink } from '../../contracts/sink.ts'
import type { Cluster } from './cluster.ts'
import { HangingTransactions } from './hanging-transactions.ts'
import { GroupPosition } from './group-position.ts'
import { openCluster } from './open-cluster.ts'
import type { BrokerAddress } from './requests.ts'
import { TransactionGate } from './transaction-gate.ts'
import { TransactionalWriter } from './transactional-writer.ts'

/** Topics of others take batches of a mebibyte by default (`max.message.bytes`), with all that is around keys and values. */
const BATCH_BYTES = 512 << 10
/** What stands before its transactional ids and its groups. */
const FEED_ID = 'millrace.feed.'

export interface KafkaSinkOptions {
  /** See `Sink.name`. */
  readonly name: string
  readonly brokers: readonly BrokerAddress[]
  readonly topic: string
  /** The file of properties that secures connections; `''`: plain ones. */
  readonly config: string
  /** What its transactional id begins with, for whoever looks at the cluster. */
  readonly of: string
}

/** A position is its identity there: how far it was fed, it knows itself. */
export function kafkaSink(options: KafkaSinkOptions): Sink {
  return {
    name: options.name,
    // Another log, or a topic that was made again, must not be taken for this one.
    start: `${options.of}.${randomUUID().slice(0, 8)}`,
    open: (at) => OpenKafkaSink.open(options, at),
  }
}

class OpenKafkaSink implements OpenSink {
  readonly fed?: readonly number[]
  readonly #cluster: Cluster
  readonly #writer: Writer
  readonly #at: string
  readonly #topic: string
  readonly #builders: readonly RecordsBuilder[]
  readonly #position: GroupPosition

  private constructor(of: {
    readonly cluster: Cluster
    readonly writer: Writer
    readonly at: string
    readonly topic: string
    readonly partitions: number
    readonly position: GroupPosition
    readonly fed: readonly number[] | undefined
  }) {
    this.#cluster = of.cluster
    this.#writer = of.writer
    this.#at = of.at
    this.#topic = of.topic
    this.#builders = Array.from({ length: of.partitions }, () => new RecordsBuilder())
    this.#position = of.position
    if (of.fed !== undefined) this.fed = of.fed
  }

  static async open(
    { name, topic, brokers, config }: KafkaSinkOptions,
    at: string,
  ): Promise<OpenSink> {
    const cluster = await openCluster(brokers, config)
    try {
      const found = await cluster.topic(topic)
      if (found === undefined) {
        throw new ConnectorError(
          'ML_SINK',
          `${name}: a topic to write must be there; found none: make it, or correct its name`,
          { details: { sink: name } },
        )
      }
      const places = { topic, partitions: found.leaders.map((_, i) => i) }
      const position = new GroupPosition(cluster, { group: `${FEED_ID}${at}`, topic })
      // Whoever fed it before can write no more, and what it left open is ended: what is read now is how far it came.
      const writer = await TransactionalWriter.open({
        cluster,
        id: at,
        transactionalId: `${FEED_ID}${at}`,
        named: (each) => each,
        gate: new TransactionGate(),
        committed: () => undefined,
        endOf: () => Promise.resolve(0),
        alongside: position,
        hanging: new HangingTransactions(cluster, () => Promise.resolve([places])),
        batchBytes: BATCH_BYTES,
      })
      const partitions = found.leaders.length
      const fed = await position.read()
      return new OpenKafkaSink({ cluster, writer, at, topic, partitions, position, fed })
    } catch (error) {
      await cluster.close()
      throw error
    }
  }

  async write(runs: readonly ReadRun[], next: readonly number[]): Promise<string> {
    for (const run of runs) this.#place(run)
    const appends = this.#builders.flatMap((builder, partition) =>
      builder.count === 0 ? [] : [{ topic: this.#topic, partition, records: builder.records() }],
    )
    this.#position.next = next
    if (appends.length > 0) await this.#writer.append(appends)
    for (const builder of this.#builders) builder.reset()
    return this.#at
  }

  async close(): Promise<void> {
    await this.#writer.close()
    await this.#cluster.close()
  }

  /** As Kafka's own clients do: by the key; without one, by where the record comes from. */
  #place({ partition, records }: ReadRun): void {
    const count = this.#builders.length
    for (let row = 0; row < records.count; row++) {
      if (progressAt(records, row) !== undefined) continue
      const key = keyBytes(records, row)
      const to = key.length === 0 ? partition % count : partitionOf(murmur2(key), count)
      const headers = recordText(records, row, 'headers')
      this.#builders[to].add(records.times[row], key, valueBytes(records, row), headers)
    }
  }
}
