// Reads at explicit offsets what is committed, from the leaders of the partitions; waits where nothing is there yet.
import { ConnectorError, StateError } from '../../base/errors.ts'
import type { ReadFrom, ReadOptions, ReadResult, ReadRun } from '../../contracts/log.ts'
import type { Cluster } from './cluster.ts'
import { NONE, OFFSET_OUT_OF_RANGE, codeText, isTransient } from './codes.ts'
import { decodeBatches } from './decode-batches.ts'
import type { BrokerAddress } from './requests.ts'
import { fetch, type FetchPart, type Fetched } from './read-requests.ts'
import { denied, isDenied } from './rights.ts'
import type { Bounds } from './topic-admin.ts'
import type { WaitingConnections } from './waiting-connections.ts'

/** One wait at a broker, ms: after it, leaders are looked up again. */
const WAIT_MS = 2_000
const RETRY_MS = 20

export interface ReaderOptions {
  readonly cluster: Cluster
  readonly waiting: WaitingConnections
  /** The topic's name on Kafka. */
  readonly named: (topic: string) => string
  /** What this process itself has committed must be seen: the end up to which it may not be readable yet. */
  readonly ownEnd: (topic: string, partition: number) => number
  readonly bounds: (topic: string, partition: number) => Promise<Bounds>
  readonly pause: (ms: number) => Promise<void>
}

/** A partition that is asked for, and how far its answer came. */
interface Ask {
  readonly topic: string
  readonly partition: number
  readonly from: number
  next: number
  end: number
  /** Whether a leader has answered for it. */
  answered: boolean
}

export class KafkaReader {
  readonly #options: ReaderOptions
  /** Another partition is the first of each read: where there is too much, none is always the last. */
  #turn = 0

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  async read(
    from: readonly ReadFrom[],
    { maxBytes, maxWaitMs, signal }: ReadOptions,
  ): Promise<ReadResult> {
    const asks = from.map(({ topic, partition, offset }): Ask => ({
      topic,
      partition,
      from: offset,
      next: offset,
      end: offset,
      answered: false,
    }))
    const until = performance.now() + maxWaitMs
    for (let waitMs = 0; ;) {
      const runs = await this.#once(asks, { maxBytes, waitMs, signal })
      const left = until - performance.now()
      const isBehind = asks.some((ask) => ask.end < this.#options.ownEnd(ask.topic, ask.partition))
      const isDone =
        runs.length > 0 || (left <= 0 && !isBehind && asks.every(({ answered }) => answered))
      if (isDone || signal?.aborted === true)
        return {
          runs,
          next: asks.map(({ next, end }) => ({ offset: next, end: Math.max(next, end) })),
        }
      waitMs = left <= 0 || isBehind ? 1 : Math.min(left, WAIT_MS)
    }
  }

  async #once(
    asks: readonly Ask[],
    {
      maxBytes,
      waitMs,
      signal,
    }: {
      readonly maxBytes: number
      readonly waitMs: number
      readonly signal: AbortSignal | undefined
    },
  ): Promise<ReadRun[]> {
    const groups = await this.#byLeader(asks)
    if (groups.length === 0) {
      await this.#options.pause(RETRY_MS)
      return []
    }
    const share = Math.max(1, Math.ceil(maxBytes / asks.length))
    const answers = groups.map(async ({ leader, asks: of }) => {
      const parts = of.map((ask): FetchPart => ({
        topic: this.#options.named(ask.topic),
        partition: ask.partition,
        offset: ask.next,
        maxBytes: share,
      }))
      return { of, fetched: await this.#fetch(leader, parts, { maxBytes, waitMs }) }
    })
    if (waitMs === 0) {
      const all = await Promise.all(answers)
      return (await Promise.all(all.map(({ of, fetched }) => this.#take(of, fetched)))).flat()
    }
    // The first that has something answers; what others bring later is read again.
    const first = await firstOf(answers, signal)
    return first === undefined ? [] : this.#take(first.of, first.fetched)
  }

  async #fetch(
    leader: BrokerAddress,
    parts: readonly FetchPart[],
    { maxBytes, waitMs }: { readonly maxBytes: number; readonly waitMs: number },
  ): Promise<readonly Fetched[]> {
    const { cluster, waiting } = this.#options
    const request = fetch(parts, { maxBytes, maxWaitMs: Math.ceil(waitMs) })
    try {
      return waitMs === 0 ? await cluster.ask(leader, request) : await waiting.ask(leader, request)
    } catch {
      cluster.forget()
      await this.#options.pause(RETRY_MS)
      return []
    }
  }

  async #take(asks: readonly Ask[], fetched: readonly Fetched[]): Promise<ReadRun[]> {
    const runs: ReadRun[] = []
    for (const answer of fetched) {
      const ask = asks.find(
        ({ topic, partition }) =>
          partition === answer.partition && this.#options.named(topic) === answer.topic,
      )
      if (ask === undefined) continue
      if (answer.code !== NONE) {
        await this.#refused(ask, answer.code)
        continue
      }
      ask.answered = true
      ask.end = answer.stableEnd
      const { wire } = this.#options.cluster
      const { records, offsets, appended, next } = decodeBatches(answer, ask.next, wire)
      ask.next = next
      if (records.count > 0)
        runs.push({ topic: ask.topic, partition: ask.partition, offsets, records, appended })
    }
    return runs
  }

  async #refused({ topic, partition, next }: Ask, code: number): Promise<void> {
    this.#options.cluster.forget()
    if (code === OFFSET_OUT_OF_RANGE) {
      const { start, end } = await this.#options.bounds(topic, partition)
      // A leader that is new may not know yet what the one before it had committed.
      if (next >= start && next <= Math.max(end, this.#options.ownEnd(topic, partition)))
        return this.#options.pause(RETRY_MS)
      throw new StateError(
        'ML_OFFSET_GONE',
        `offset ${next} of ${topic}/${partition} must be kept; found records from ${start} to ${end}`,
        {
          details: { topic, partition, offset: next, start, end },
        },
      )
    }
    // A topic that is not there is found out when its leader is looked up again.
    if (isTransient(code)) return this.#options.pause(RETRY_MS)
    if (isDenied(code))
      throw denied(code, { operation: 'Read', on: 'topic', name: this.#options.named(topic) })
    throw new ConnectorError(
      'ML_TOPIC',
      `topic '${topic}', partition ${partition}, must be readable; found ${codeText(code)}`,
      { details: { topic, partition } },
    )
  }

  async #byLeader(
    asks: readonly Ask[],
  ): Promise<{ readonly leader: BrokerAddress; readonly asks: Ask[] }[]> {
    const groups: { readonly leader: BrokerAddress; readonly asks: Ask[] }[] = []
    const turned = asks.map((_, i) => asks[(i + this.#turn) % asks.length])
    this.#turn = (this.#turn + 1) % 0x1_0000
    for (const ask of turned) {
      const leader = await this.#leaderOf(ask)
      if (leader === undefined) continue
      // A request names each partition once: the same one at two offsets makes two requests.
      const group = groups.find(
        (each) =>
          each.leader.host === leader.host &&
          each.leader.port === leader.port &&
          !each.asks.some(
            (other) => other.topic === ask.topic && other.partition === ask.partition,
          ),
      )
      if (group === undefined) groups.push({ leader, asks: [ask] })
      else group.asks.push(ask)
    }
    return groups
  }

  async #leaderOf({ topic, partition }: Ask): Promise<BrokerAddress | undefined> {
    const { cluster, named } = this.#options
    const found = await cluster.topic(named(topic))
    if (found?.leaders[partition] === undefined) {
      throw new ConnectorError(
        'ML_TOPIC',
        `a read must be of a partition that is there; found ${found === undefined ? `no topic '${topic}'` : `${found.leaders.length} partitions of '${topic}', not partition ${partition}`}`,
        {
          details: { topic, partition },
        },
      )
    }
    return cluster.leaderOf(named(topic), partition)
  }
}

interface Answer {
  readonly of: Ask[]
  readonly fetched: readonly Fetched[]
}

/** The first answer with records, or the last of all; undefined when the wait is given up. */
async function firstOf(
  answers: readonly Promise<Answer>[],
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  let giveUp = (): void => undefined
  try {
    return await new Promise<Answer | undefined>((resolve, reject) => {
      let open = answers.length
      giveUp = () => resolve(undefined)
      signal?.addEventListener('abort', giveUp, { once: true })
      const take = (each: Answer): void => {
        open--
        const isTold = each.fetched.some(({ records, code }) => records.length > 0 || code !== NONE)
        if (isTold || open === 0) resolve(each)
      }
      for (const answer of answers) void answer.then(take, reject)
    })
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}
