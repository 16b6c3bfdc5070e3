// One script of operations on a log, from a seed, and what came of each: the same on every log. Offsets are told by the numbers of records,
// because on some logs they have gaps.
import { Prng } from '../../src/base/prng.ts'
import { RecordsBuilder } from '../../src/base/records.ts'
import { MillraceError } from '../../src/base/errors.ts'
import type { Append, Log, Writer } from '../../src/contracts/log.ts'
import { readAll } from './log-records.ts'

const TOPICS = ['a', 'b'] as const
const PARTITIONS = 2
const NAMES = ['w0', 'w1', 'w2'] as const
const STEPS = 120

export interface ScriptedLog {
  /** Two ways to the same log, as two processes have them. */
  readonly logs: readonly [Log, Log]
  /** One that nobody writes by: a process waits for what it wrote itself, and so for what hides it. Default: `logs`. */
  readonly reader?: Log
  /**
   * What a process of that name leaves that opens it, writes and is killed before the end of its append; or that writes and takes back
   * what it wrote. Nothing of it may ever be read.
   */
  readonly leave: (
    name: string,
    appends: readonly Append[],
    how: 'open' | 'aborted',
  ) => Promise<void>
}

/**
 * @param hides whether what is left open hides what lies behind it, and is read so: of logs of brokers alone. Default: whoever reads
 * ends it first.
 * @returns a line a step.
 */
export async function historyOf(
  under: ScriptedLog,
  seed: number,
  hides = false,
): Promise<string[]> {
  for (const name of TOPICS) await under.logs[0].ensureTopic({ name, partitions: PARTITIONS })
  const story = new Story(under, seed, hides)
  for (let step = 0; step < STEPS; step++) await story.step()
  await story.end()
  return story.told
}

class Story {
  readonly told: string[] = []
  readonly #under: ScriptedLog
  readonly #random: Prng
  readonly #hides: boolean
  /** Of each name, all that were opened: all but the newest are fenced. */
  readonly #writers = new Map<string, Writer[]>(NAMES.map((name) => [name, []]))
  /** Names whose last holder was killed. */
  readonly #left = new Set<string>()
  /** Names that nobody has opened since another held them. */
  readonly #stale = new Set<string>()
  #values = 0

  constructor(under: ScriptedLog, seed: number, hides: boolean) {
    this.#under = under
    this.#random = new Prng(seed)
    this.#hides = hides
  }

  async step(): Promise<void> {
    const random = this.#random
    const name = NAMES[random.below(NAMES.length)]
    const kind = random.below(10)
    if (kind < 2) await this.#open(name)
    else if (kind < 6) await this.#append(name)
    else if (kind === 6) await this.#leave(name)
    else if (kind === 7) await this.#misfit(name)
    else if (kind === 8) await this.#close(name)
    else if (this.#hides) await this.#readBehind(name)
    else await this.#read()
  }

  async end(): Promise<void> {
    if (this.#hides) await this.#readAll()
    for (const name of this.#left) await this.#open(name)
    await this.#readAll()
  }

  async #readAll(): Promise<void> {
    await this.#allMarked()
    for (const topic of TOPICS)
      for (let partition = 0; partition < PARTITIONS; partition++)
        await this.#readOne(topic, partition)
  }

  async #open(name: string): Promise<void> {
    const log = this.#under.logs[this.#random.below(2)]
    this.#writers.get(name)?.push(await log.openWriter(name))
    this.#left.delete(name)
    this.#stale.delete(name)
    this.told.push(`open ${name}`)
  }

  /** By any that ever held the name, several at once. */
  async #append(name: string): Promise<void> {
    const random = this.#random
    const writers = this.#writers.get(name) ?? []
    if (writers.length === 0) return this.#open(name)
    const at = random.chance(0.7) ? writers.length - 1 : random.below(writers.length)
    const all = Array.from({ length: 1 + random.below(3) }, () => this.#appends())
    const outcomes = await Promise.all(all.map((appends) => outcomeOf(writers[at].append(appends))))
    this.told.push(`append ${name} ${at}: ${outcomes.join(' ')}`)
  }

  async #leave(name: string, how?: 'open' | 'aborted'): Promise<void> {
    how ??= this.#random.chance(0.5) ? 'open' : 'aborted'
    await this.#under.leave(name, this.#appends(), how)
    if (how === 'open') this.#left.add(name)
    else this.#left.delete(name)
    this.#stale.add(name)
    this.told.push(`leave ${name} ${how}`)
  }

  async #misfit(name: string): Promise<void> {
    const writer = this.#writers.get(name)?.at(-1)
    if (writer === undefined || this.#stale.has(name)) return
    const [first] = this.#appends()
    const wrong = this.#random.chance(0.5) ? { topic: 'none' } : { partition: PARTITIONS }
    this.told.push(
      `misfit ${name}: ${await outcomeOf(writer.append([first, { ...first, ...wrong }]))}`,
    )
  }

  async #close(name: string): Promise<void> {
    const writer = this.#writers.get(name)?.at(-1)
    if (writer === undefined) return
    await writer.close()
    this.told.push(`closed ${name}: ${await outcomeOf(writer.append(this.#appends()))}`)
  }

  /** What others write behind what one of them leaves open. */
  async #readBehind(name: string): Promise<void> {
    await this.#leave(name, 'open')
    for (const other of NAMES) if (other !== name) await this.#append(other)
    await this.#readAll()
  }

  /** Until nothing is open but what was left so: what others wrote is there for a reader a little later than they are told. */
  async #allMarked(): Promise<void> {
    const [log] = this.#under.logs
    while (((await log.openTransactions?.()) ?? []).length > this.#left.size);
  }

  async #read(): Promise<void> {
    // What is open hides what lies behind it, where the log has it at all: whoever takes a name over ends it.
    for (const name of this.#left) await this.#open(name)
    const topic = TOPICS[this.#random.below(TOPICS.length)]
    await this.#readOne(topic, this.#random.below(PARTITIONS))
  }

  async #readOne(topic: string, partition: number): Promise<void> {
    const { logs, reader } = this.#under
    const [log, other] = this.#hides && reader !== undefined ? [reader, reader] : logs
    // A process sees at once what it wrote itself; what others wrote, on some logs a little later than they are told.
    for (const each of new Set([log, other])) await each.topic(topic)
    const all = await readAll(log, topic, partition)
    const values = all.map(({ value }) => value)
    const offsets = all.map(({ offset }) => offset)
    if (offsets.some((offset, i) => i > 0 && offset <= offsets[i - 1]))
      throw new Error(`offsets must grow: ${offsets.join()}`)
    const from = this.#random.below(all.length + 1)
    const rest = from === all.length ? [] : await readAll(other, topic, partition, offsets[from])
    const hidden = this.#left.size > 0 ? ' behind what is open' : ''
    this.told.push(
      `read${hidden} ${topic}/${partition}: ${values.join(' ')}; from ${from}: ${rest.map(({ value }) => value).join(' ')}`,
    )
  }

  #appends(): Append[] {
    return Array.from({ length: 1 + this.#random.below(3) }, () => {
      const builder = new RecordsBuilder()
      for (let rows = 1 + this.#random.below(4); rows > 0; rows--)
        builder.add(this.#values, 'k', `v${this.#values++}`)
      const topic = TOPICS[this.#random.below(TOPICS.length)]
      return { topic, partition: this.#random.below(PARTITIONS), records: builder.records() }
    })
  }
}

async function outcomeOf(appended: Promise<unknown>): Promise<string> {
  try {
    await appended
    return 'done'
  } catch (error) {
    if (error instanceof MillraceError) return error.code
    throw error
  }
}
