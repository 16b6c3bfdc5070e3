// Members that come and go all the time (T16), each counting on what it is given: no number is missing or twice, whoever had the task
// before, and nobody counts for a task that is another's. Kafka's own consumer reads what they counted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { oneRecord } from '../../src/base/records.ts'
import { MillraceError } from '../../src/base/errors.ts'
import type { Log } from '../../src/contracts/log.ts'
import type { Membership } from '../../src/contracts/membership.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { openMembership } from '../../src/log/open-membership.ts'
import { readAll } from '../contracts/log-records.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'

const MINUTES = 240_000
const PARTITIONS = 4
const CHANGES = 30
const TASKS = Array.from({ length: PARTITIONS }, (_, i) => ({
  id: `t/${i}`,
  stage: 't',
  stateful: true,
}))

/** What all members have counted, and what went wrong; whoever waits for more goes on with either. */
class Tally {
  readonly failures: unknown[] = []
  #counted = 0
  #until = 0
  #reached: () => void = () => undefined

  add(): void {
    if (++this.#counted >= this.#until) this.#reached()
  }

  fail(error: unknown): void {
    this.failures.push(error)
    this.#reached()
  }

  /** Resolves when so much more was counted. */
  more(count: number): Promise<void> {
    if (count === 0 || this.failures.length > 0) return Promise.resolve()
    this.#until = this.#counted + count
    return new Promise((resolve) => {
      this.#reached = resolve
    })
  }
}

class Counter {
  readonly #log: Log
  readonly #tally: Tally
  #member: Membership | undefined
  /** Tasks that it counts for; what it does for one that it gave back comes to its end. */
  readonly #counting = new Map<string, { stop: boolean; done: Promise<void> }>()

  constructor(log: Log, tally: Tally) {
    this.#log = log
    this.#tally = tally
  }

  async join(url: string, name: string): Promise<void> {
    this.#member = await openMembership(url, {
      pipeline: 'churn',
      self: { name, host: 'here', pid: 1, since: 0, workers: 1, plan: 'p', standbys: 0 },
      fixed: false,
      tasks: TASKS,
      copies: () => [],
    })
    this.#member.join({
      assigned: ({ tasks }) => {
        for (const task of tasks) if (!this.#counting.has(task)) this.#begin(task)
      },
      revoke: (tasks) => this.#end(tasks),
      lost: () => void this.#end([...this.#counting.keys()]),
      failed: (error) => this.#tally.fail(error),
    })
  }

  async leave(): Promise<void> {
    await this.#end([...this.#counting.keys()])
    await this.#member?.leave(false)
    await this.#end([...this.#counting.keys()])
  }

  #begin(task: string): void {
    const life = { stop: false, done: Promise.resolve() }
    this.#counting.set(task, life)
    life.done = this.#count(task, life).catch((error: unknown) => {
      if (!(error instanceof MillraceError) || error.code !== 'ML_FENCED')
        return this.#tally.fail(error)
      this.#counting.delete(task)
      return this.#member?.giveUp([task])
    })
  }

  async #end(tasks: readonly string[]): Promise<void> {
    const lives = tasks.flatMap((task) => this.#counting.get(task) ?? [])
    for (const life of lives) life.stop = true
    await Promise.all(lives.map(({ done }) => done))
    for (const task of tasks) this.#counting.delete(task)
  }

  async #count(task: string, life: { readonly stop: boolean }): Promise<void> {
    const partition = Number(task.split('/')[1])
    const writer = await this.#log.openWriter(task)
    let next = (await readAll(this.#log, 'counts', partition)).length
    while (!life.stop) {
      const records = oneRecord(0, '', String(next++))
      await writer.append([{ topic: 'counts', partition, records }])
      this.#tally.add()
    }
    await writer.close()
  }
}

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'members on a real Kafka with %s (needs Java 17 and Maven)',
  (_protocol, level) => {
    let broker: KafkaBroker
    let reader: JavaReader
    beforeAll(async () => {
      broker = await startKafka({ features: featuresOf(level) })
      reader = startJavaReader(broker.address)
    }, MINUTES)
    afterAll(async () => {
      await reader.close()
      await broker.dispose()
    })

    it(
      'that come and go all the time count on from each other, without a gap and without a repetition (T16)',
      async () => {
        const url = `kafka://${broker.address}/churn.`
        const log = await openKafkaLog(kafkaUrl(url))
        await log.ensureTopic({ name: 'counts', partitions: PARTITIONS })
        const random = new Prng(16)
        const tally = new Tally()
        const open: { readonly counter: Counter; readonly own: Log }[] = []
        for (let change = 0; change < CHANGES; change++) {
          if (open.length < 2 || (open.length < 4 && random.chance(0.5))) {
            const own = await openKafkaLog(kafkaUrl(url))
            const counter = new Counter(own, tally)
            open.push({ counter, own })
            await counter.join(url, `member-${change}`)
          } else {
            const [{ counter, own }] = open.splice(random.below(open.length), 1)
            await counter.leave()
            await own.close()
          }
          // Those that are there get on a little: before all of them have settled, as often as not.
          await tally.more(random.below(40))
        }
        await Promise.all(open.map(({ counter }) => counter.leave()))
        await Promise.all(open.map(({ own }) => own.close()))
        expect(tally.failures).toEqual([])
        await reader.noneOpen()
        const seen = await reader.records('churn.counts')
        for (let partition = 0; partition < PARTITIONS; partition++) {
          const own = seen.filter((record) => record.partition === partition)
          const values = own.map(({ value }) => Number(value))
          expect(values).toEqual(Array.from({ length: values.length }, (_, i) => i))
          expect(values.length).toBeGreaterThan(0)
        }
        await log.close()
      },
      MINUTES,
    )
  },
)
