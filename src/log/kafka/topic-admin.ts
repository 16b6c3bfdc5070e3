// Topics of a cluster: made as the log needs them, or checked; never changed where others made them for themselves.
import { ConnectorError } from '../../base/errors.ts'
import type { PartitionInfo, TopicInfo, TopicSpec } from '../../contracts/log.ts'
import {
  changeSettings,
  createPartitions,
  createTopic,
  deleteRecords,
  describeSettings,
  describeSizes,
  type Outcome,
} from './admin-requests.ts'
import type { Cluster } from './cluster.ts'
import { INVALID_PARTITIONS, NONE, TOPIC_EXISTS, codeText, isTransient } from './codes.ts'
import { partitionsByLeader } from './partitions-by-leader.ts'
import type { TopicMetadata, TopicPartitions } from './requests.ts'
import { EARLIEST, LATEST, listOffsets } from './read-requests.ts'
import { CHECKED_SETTINGS, MAX_BATCH_BYTES, MIN_IN_SYNC, checkOwnTopic } from './own-topics.ts'
import { denied, isDenied, tellingCode, type Right } from './rights.ts'

const NAME = /^[A-Za-z0-9._-]{1,249}$/
const TIMEOUT_MS = 30_000

const RETENTION_MS = 'retention.ms'
const RETENTION_BYTES = 'retention.bytes'

export interface TopicAdminOptions {
  readonly cluster: Cluster
  readonly named: (topic: string) => string
  /** undefined: the topic on Kafka is not one of this log. */
  readonly unnamed: (name: string) => string | undefined
  /** What this process itself has committed is readable a little later: how far that is. */
  readonly ownEnd: (topic: string, partition: number) => number
  readonly pause: (ms: number) => Promise<void>
}

export interface Bounds {
  /** Offset of the first record that is kept. */
  readonly start: number
  /** Offset behind the last one that is committed. */
  readonly end: number
}

export class TopicAdmin {
  readonly #options: TopicAdminOptions

  constructor(options: TopicAdminOptions) {
    this.#options = options
  }

  async ensure(spec: TopicSpec, grow: boolean): Promise<void> {
    const { cluster, named } = this.#options
    const name = named(spec.name)
    if (!NAME.test(name)) {
      throw wrong(
        spec.name,
        `a name of letters, digits, '.', '_' and '-', at most 249; found '${name}'`,
      )
    }
    const found = await cluster.topic(name)
    if (found === undefined && (await this.#create(spec, name))) return
    const there = found ?? (await this.#appearing(name))
    if (grow && there.leaders.length < spec.partitions) await this.#grow(spec, name)
    else if (there.leaders.length !== spec.partitions) {
      throw wrong(
        spec.name,
        `${spec.partitions} partitions; found ${there.leaders.length}: use another name`,
      )
    }
    await this.#keep(spec, there)
  }

  async all(): Promise<readonly TopicInfo[]> {
    const { topics } = await this.#options.cluster.refresh(undefined)
    const own = topics.filter(
      ({ code, internal, name }) =>
        code === NONE && !internal && this.#options.unnamed(name) !== undefined,
    )
    return this.#describe(own)
  }

  async one(topic: string): Promise<TopicInfo | undefined> {
    const name = this.#options.named(topic)
    if (!NAME.test(name)) return undefined
    const { cluster } = this.#options
    const known = await cluster.topic(name)
    // Others may add partitions to it at any time.
    const { topics } = await cluster.refresh([name])
    const found = topics.find((each) => each.name === name && each.code === NONE) ?? known
    return found === undefined ? undefined : (await this.#settled([found]))[0]
  }

  /** Where a partition begins and ends, with all that this process has committed. */
  async bounds(topic: string, partition: number): Promise<Bounds> {
    const of = [{ topic: this.#options.named(topic), partitions: [partition] }]
    for (;;) {
      const [start, end] = await Promise.all([EARLIEST, LATEST].map((at) => this.#offsets(of, at)))
      const found = { start: [...start.values()][0], end: [...end.values()][0] }
      if (found.end >= this.#options.ownEnd(topic, partition)) return found
      await this.#options.pause(1)
    }
  }

  async trim(topic: string, partition: number, before: number): Promise<void> {
    const { cluster, named } = this.#options
    const { start, end } = await this.bounds(topic, partition)
    if (before <= start) return
    await cluster.persist('let go of old records', async () => {
      const leader = await cluster.leaderOf(named(topic), partition)
      if (leader === undefined) return { code: 5 }
      const code = await cluster.ask(
        leader,
        deleteRecords(
          { topic: named(topic), partition, before: Math.min(before, end) },
          TIMEOUT_MS,
        ),
      )
      if (code === NONE) return { value: undefined }
      cluster.forget()
      return { code, right: { operation: 'Delete', on: 'topic', name: named(topic) } }
    })
  }

  /** @returns whether this call made it. */
  async #create(spec: TopicSpec, name: string): Promise<boolean> {
    const { cluster } = this.#options
    const { replicas, minInSync } = cluster.newTopics
    const settings = new Map([
      ...retentionOf(spec),
      // Retention goes by a record's time: event times of old data must not make it go at once. What the writer gave stays in the batch.
      ['message.timestamp.type', 'LogAppendTime'],
      ['max.message.bytes', String(MAX_BATCH_BYTES)],
      ['cleanup.policy', 'delete'],
      ...(minInSync === undefined ? [] : [[MIN_IN_SYNC, String(minInSync)] as const]),
    ])
    const outcome = await cluster.persist<Outcome>('make a topic', async () => {
      const answer = await cluster.ask(
        await cluster.controller(),
        createTopic({ name, partitions: spec.partitions, replicas, settings }, TIMEOUT_MS),
      )
      return isTransient(answer.code) ? { code: answer.code } : { value: answer }
    })
    if (outcome.code === TOPIC_EXISTS) return false
    if (isDenied(outcome.code))
      throw denied(outcome.code, { operation: 'Create', on: 'topic', name })
    if (outcome.code !== NONE)
      throw wrong(
        spec.name,
        `to be made; found ${codeText(outcome.code)}${outcome.message === undefined ? '' : `: ${outcome.message}`}`,
      )
    await this.#appearing(name)
    return true
  }

  async #grow({ name: topic, partitions }: TopicSpec, name: string): Promise<void> {
    const { cluster } = this.#options
    await cluster.persist('add partitions to a topic', async () => {
      const { code, message } = await cluster.ask(
        await cluster.controller(),
        createPartitions({ topic: name, partitions }, TIMEOUT_MS),
      )
      // Another process was as quick: as many are there.
      if (code === NONE || code === INVALID_PARTITIONS) return { value: undefined }
      if (isTransient(code)) return { code }
      if (isDenied(code)) throw denied(code, { operation: 'Alter', on: 'topic', name })
      throw wrong(
        topic,
        `${partitions} partitions; found ${codeText(code)}${message === undefined ? '' : `: ${message}`}`,
      )
    })
    await this.#appearing(name, partitions)
  }

  /** A topic that was made is known to every broker only after a while. */
  #appearing(name: string, partitions = 1): Promise<TopicMetadata> {
    const { cluster } = this.#options
    return cluster.persist(`see the topic '${name}'`, async () => {
      const found = await cluster.topic(name)
      if (
        found !== undefined &&
        found.leaders.length >= partitions &&
        found.leaders.every((leader) => leader >= 0)
      )
        return { value: found }
      cluster.forget()
      return { code: 5 }
    })
  }

  async #keep(spec: TopicSpec, there: TopicMetadata): Promise<void> {
    const wanted = retentionOf(spec)
    const { name } = there
    const current = (await this.#settings([name])).get(name)
    if (isOwn(spec.name))
      checkOwnTopic(there, current ?? new Map(), this.#options.cluster.newTopics)
    if ([...wanted].every(([key, value]) => current?.get(key) === value)) return
    const { cluster } = this.#options
    await cluster.persist('change how long a topic is kept', async () => {
      const { code } = await cluster.ask(await cluster.controller(), changeSettings(name, wanted))
      const right: Right = { operation: 'AlterConfigs', on: 'topic', name }
      return code === NONE ? { value: undefined } : { code, right }
    })
  }

  #settings(names: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    const { cluster } = this.#options
    return cluster.persist('read how topics are kept', async () => {
      const answer = await cluster.ask(
        await cluster.controller(),
        describeSettings(names, [RETENTION_MS, RETENTION_BYTES, ...CHECKED_SETTINGS]),
      )
      const failed = tellingCode(answer)
      if (failed === undefined)
        return { value: new Map(answer.map(({ topic, values }) => [topic, values])) }
      const right: Right = { operation: 'DescribeConfigs', on: 'topic', name: failed.topic }
      return { code: failed.code, right }
    })
  }

  async #settled(topics: readonly TopicMetadata[]): Promise<readonly TopicInfo[]> {
    for (;;) {
      const infos = await this.#describe(topics)
      const isBehind = infos.some(({ name, parts }) =>
        parts.some(({ end }, i) => end < this.#options.ownEnd(name, i)),
      )
      if (!isBehind) return infos
      await this.#options.pause(1)
    }
  }

  async #describe(topics: readonly TopicMetadata[]): Promise<readonly TopicInfo[]> {
    if (topics.length === 0) return []
    const of = topics.map(({ name, leaders }) => ({
      topic: name,
      partitions: leaders.map((_, i) => i),
    }))
    const [starts, ends, settings, sizes] = await Promise.all([
      this.#offsets(of, EARLIEST),
      this.#offsets(of, LATEST),
      this.#settings(topics.map(({ name }) => name)),
      this.#sizes(of),
    ])
    return topics.map(({ name, leaders }) => {
      const parts = leaders.map((_, i): PartitionInfo => {
        const key = `${name}/${i}`
        return { start: starts.get(key) ?? 0, end: ends.get(key) ?? 0, bytes: sizes.get(key) ?? 0 }
      })
      const kept = settings.get(name)
      return {
        name: this.#options.unnamed(name) ?? name,
        partitions: leaders.length,
        ...bound('retentionMs', kept?.get(RETENTION_MS)),
        ...bound('retentionBytes', kept?.get(RETENTION_BYTES)),
        parts,
      }
    })
  }

  /** By `topic/partition`. */
  async #offsets(
    topics: readonly TopicPartitions[],
    at: bigint,
  ): Promise<ReadonlyMap<string, number>> {
    const { cluster } = this.#options
    return cluster.persist('read where partitions begin and end', async () => {
      const { groups, leaderless } = await partitionsByLeader(cluster, topics)
      if (leaderless.length > 0) return this.#moved()
      const answers = (
        await Promise.all(groups.map(([leader, of]) => cluster.ask(leader, listOffsets(of, at))))
      ).flat()
      const failed = tellingCode(answers)
      if (failed !== undefined) {
        this.#options.cluster.forget()
        const right: Right = { operation: 'Describe', on: 'topic', name: failed.topic }
        return { code: failed.code, right }
      }
      return {
        value: new Map(
          answers.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]),
        ),
      }
    })
  }

  #moved(): { readonly code: number } {
    this.#options.cluster.forget()
    return { code: 5 }
  }

  async #sizes(topics: readonly TopicPartitions[]): Promise<ReadonlyMap<string, number>> {
    const { cluster } = this.#options
    return cluster.persist('read how large partitions are', async () => {
      const { groups } = await partitionsByLeader(cluster, topics)
      const answers = await Promise.all(
        groups.map(([leader, of]) => cluster.ask(leader, describeSizes(of))),
      )
      return {
        value: new Map(
          answers.flat().map(({ topic, partition, bytes }) => [`${topic}/${partition}`, bytes]),
        ),
      }
    })
  }
}

/** Millrace's own: nobody else makes them for a purpose of their own. */
function isOwn(topic: string): boolean {
  return topic.startsWith('_')
}

function retentionOf({ retentionMs, retentionBytes }: TopicSpec): Map<string, string> {
  return new Map([
    [RETENTION_MS, String(retentionMs ?? -1)],
    [RETENTION_BYTES, String(retentionBytes ?? -1)],
  ])
}

function bound(
  name: 'retentionMs' | 'retentionBytes',
  value: string | undefined,
): Partial<TopicSpec> {
  const number = Number(value ?? -1)
  return number < 0 ? {} : { [name]: number }
}

function wrong(topic: string, rest: string): ConnectorError {
  return new ConnectorError('ML_TOPIC', `topic '${topic}' must have ${rest}`, {
    details: { topic },
  })
}
