// How far something was fed, kept as an offset of a group in the very transactions that feed it: beside the first partition of the topic
// that is fed, as a list in its metadata.
import { ConnectorError } from '../../base/errors.ts'
import type { Cluster } from './cluster.ts'
import { GROUP_DENIED, NONE, TOPIC_DENIED, UNSTABLE_OFFSET_COMMIT } from './codes.ts'
import {
  addOffsetsToTxn,
  offsetFetch,
  txnOffsetCommit,
  type FetchedOffset,
} from './offset-requests.ts'
import type { Right } from './rights.ts'
import type { Transaction } from './transaction-parts.ts'

/** `offset.metadata.max.bytes` of a broker, by default. */
const METADATA_BYTES = 4096
const WHAT = 'read how far a topic was fed'

export class GroupPosition {
  /** The next offset of each partition that is fed from: what the next transaction says. */
  next: readonly number[] = []
  readonly #cluster: Cluster
  readonly #group: string
  readonly #topic: string

  constructor(cluster: Cluster, { group, topic }: { group: string; topic: string }) {
    this.#cluster = cluster
    this.#group = group
    this.#topic = topic
  }

  /** undefined where the group has none, or no longer: brokers forget what nobody commits for days. */
  async read(): Promise<readonly number[] | undefined> {
    const { offset, metadata } = await this.#cluster.persist(WHAT, async () => {
      const found = await this.#fetch()
      return found.code === NONE
        ? { value: found }
        : { code: found.code, right: this.#right(found.code) }
    })
    return offset < 0 ? undefined : JSON.parse(metadata)
  }

  async #fetch(): Promise<FetchedOffset> {
    const cluster = this.#cluster
    return cluster.ask(
      await cluster.coordinatorOfGroup(this.#group),
      offsetFetch({ group: this.#group, topic: this.#topic, partition: 0 }),
    )
  }

  /** Whether an offset waits for the end of a transaction. */
  hangs(): Promise<boolean> {
    return this.#cluster.persist(WHAT, async () => {
      const { code } = await this.#fetch()
      return code === NONE || code === UNSTABLE_OFFSET_COMMIT
        ? { value: code !== NONE }
        : { code, right: this.#right(code) }
    })
  }

  join({ producer, askCoordinator }: Transaction): Promise<void> {
    return askCoordinator('add a group to a transaction', async (coordinator) => {
      const code = await this.#cluster.ask(coordinator, addOffsetsToTxn(producer, this.#group))
      return code === GROUP_DENIED ? { code, right: this.#right(code) } : { code }
    })
  }

  async write(transaction: Transaction): Promise<void> {
    const { producer, second, checkFencing } = transaction
    const cluster = this.#cluster
    const group = this.#group
    const metadata = JSON.stringify(this.next)
    if (metadata.length > METADATA_BYTES) {
      throw new ConnectorError(
        'ML_SINK',
        `how far ${this.next.length} partitions were written to '${this.#topic}' must fit ${METADATA_BYTES} bytes; found ${metadata.length}; let the output have fewer partitions`,
      )
    }
    const at = {
      group,
      topic: this.#topic,
      partition: 0,
      offset: this.next.reduce((sum, each) => sum + each, 0),
      metadata,
    }
    if (!second) await this.join(transaction)
    await cluster.persist('keep how far a topic was fed', async () => {
      const code = await cluster.ask(
        await cluster.coordinatorOfGroup(group),
        txnOffsetCommit(producer, at, second ? 5 : 3),
      )
      checkFencing(code)
      return code === NONE ? { value: undefined } : { code, right: this.#right(code) }
    })
  }

  /** An offset of a topic is for whoever may read the topic, too. */
  #right(code: number): Right {
    return code === TOPIC_DENIED
      ? { operation: 'Read', on: 'topic', name: this.#topic }
      : { operation: 'Read', on: 'group', name: this.#group }
  }
}
