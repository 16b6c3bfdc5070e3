// For how long outputs stand still while supervisors on Kafka are restarted, or die: the job fraud-windows at a steady rate, several supervisors, one
// of which ends at a time; per partition the longest time in which a reader of what is committed saw nothing new.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLog, producer, type Log } from '../../src/index.ts'
import { readGroup } from '../../src/log/open-membership.ts'
import { modelFile } from '../fraud-windows/golden.ts'

const PIPELINE = join(import.meta.dirname, '../fraud-windows/pipeline.ts')
const START = Date.UTC(2018, 3, 1)
const TICK_MS = 10
/** Outputs that go on for so long go on. */
const CALM_MS = 3000
const CUSTOMERS = 1000

/**
 * How a member ends: it is told to and starts again; another starts and has tasks, then it is told to; it is killed and starts again; it is
 * killed and others go on.
 */
export type Ending = 'restarted' | 'replaced' | 'killed' | 'lost'

export interface RestartsOptions {
  /** A log with nothing in it. */
  readonly url: string
  readonly partitions: number
  readonly members: number
  /** Events a second, over all partitions. */
  readonly rate: number
  readonly endings: readonly Ending[]
  readonly standbys: number
  /** Whether members have names of their own: one that starts again has its tasks back, else others take them. */
  readonly named: boolean
  readonly command: readonly string[]
}

export interface Pauses {
  readonly ending: Ending
  /** Of partitions whose task ran at the member that ended, or at the one that replaced it, ms. */
  readonly own: readonly number[]
  /** Of all others. */
  readonly others: readonly number[]
}

/** One a way to end. */
export async function measureRestarts(options: RestartsOptions): Promise<readonly Pauses[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-restarts-'))
  const job = new Job(options, folder)
  const { log } = await openLog(options.url)
  const over = new AbortController()
  const seen = new Seen(options.partitions)
  const pauses: Pauses[] = []
  try {
    const feeding = feed(log, options, over.signal)
    const names = Array.from({ length: options.members }, (_, i) => nameOf(i))
    for (const name of names) job.start(name)
    const reading = seen.read(log, over.signal)
    for (const [i, ending] of options.endings.entries()) {
      await calm(seen)
      const slot = i % options.members
      const name = names[slot]
      const own = await job.partitionsOf(name)
      const began = seen.mark()
      if (ending === 'replaced') {
        names[slot] = nameOf(options.members + i)
        job.start(names[slot])
        while ((await job.partitionsOf(names[slot])).length === 0) await sleep(TICK_MS)
        await calm(seen)
      }
      await job.end(name, ending)
      await calm(seen)
      if (ending === 'replaced') own.push(...(await job.partitionsOf(names[slot])))
      const all = seen.longestSince(began)
      const isOwn = (_: number, partition: number): boolean => own.includes(partition)
      pauses.push({
        ending,
        own: all.filter(isOwn),
        others: all.filter((each, partition) => !isOwn(each, partition)),
      })
      if (ending === 'lost') job.start(name)
    }
    over.abort()
    await Promise.all([feeding, reading])
    return pauses
  } finally {
    over.abort()
    await job.killAll()
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** When a reader saw something new of each partition. */
class Seen {
  readonly #at: number[]
  /** Of each partition, since the mark. */
  readonly #longest: number[]

  constructor(partitions: number) {
    this.#at = Array.from({ length: partitions }, () => -Infinity)
    this.#longest = this.#at.map(() => 0)
  }

  async read(log: Log, signal: AbortSignal): Promise<void> {
    while ((await log.topic('scores')) === undefined) await sleep(TICK_MS)
    const offsets = this.#at.map(() => 0)
    while (!signal.aborted) {
      const { runs, next } = await log.read(
        offsets.map((offset, partition) => ({ topic: 'scores', partition, offset })),
        { maxBytes: 1 << 20, maxWaitMs: Infinity, signal },
      )
      const now = performance.now()
      for (const { partition } of runs) {
        this.#longest[partition] = Math.max(this.#longest[partition], now - this.#at[partition])
        this.#at[partition] = now
      }
      next.forEach(({ offset }, partition) => (offsets[partition] = offset))
    }
  }

  /** Pauses are counted anew. */
  mark(): number {
    this.#longest.fill(0)
    return performance.now()
  }

  /** What stands still now counts as long as it does. */
  longestSince(mark: number): number[] {
    const now = performance.now()
    return this.#longest.map((ms, i) => Math.max(ms, now - Math.max(this.#at[i], mark)))
  }

  /** Whether every partition goes on. */
  isCalm(): boolean {
    const now = performance.now()
    return this.#at.every((at) => now - at < CALM_MS / 3)
  }
}

async function calm(seen: Seen): Promise<void> {
  for (let since = performance.now(); performance.now() - since < CALM_MS;) {
    await sleep(TICK_MS)
    if (!seen.isCalm()) since = performance.now()
  }
}

async function feed(
  log: Log,
  { partitions, rate }: RestartsOptions,
  signal: AbortSignal,
): Promise<void> {
  const out = await producer(log, { topic: 'transactions', id: 'feed', partitions })
  const began = performance.now()
  for (let i = 0; !signal.aborted;) {
    const due = ((performance.now() - began) / 1000) * rate
    for (; i < due; i++) {
      const customer = i % CUSTOMERS
      const time = START + i * 10
      const value = `{"id":${i},"time":${time},"customer":${customer},"terminal":${i % 1000},"amount":5}`
      out.send({ key: String(customer), time, value })
    }
    await out.flush()
    await sleep(TICK_MS)
  }
  await out.close()
}

function nameOf(member: number): string {
  return `member-${member}`
}

/** The supervisors. */
class Job {
  readonly #options: RestartsOptions
  readonly #env: NodeJS.ProcessEnv
  readonly #children = new Map<string, ChildProcess>()

  constructor(options: RestartsOptions, folder: string) {
    this.#options = options
    this.#env = { ...process.env, MODEL: modelFile(folder) }
  }

  start(name: string): void {
    const { url, partitions, standbys, named, command } = this.#options
    const [program, ...args] = command
    const flags = Object.entries({
      log: url,
      partitions,
      workers: 1,
      ...(standbys > 0 ? { standby: standbys } : {}),
      ...(named ? { member: name } : {}),
    })
    const child = spawn(
      program,
      [...args, 'run', PIPELINE, ...flags.flatMap(([flag, value]) => [`--${flag}`, String(value)])],
      { stdio: ['ignore', 'ignore', 'inherit'], env: this.#env, detached: true },
    )
    this.#children.set(name, child)
  }

  /** Partitions whose task runs at a member. */
  async partitionsOf(name: string): Promise<number[]> {
    const group = await readGroup(this.#options.url, 'fraud-windows')
    const pid = this.#children.get(name)?.pid
    const tasks = group?.members.find((member) => member.pid === pid)?.tasks ?? []
    return tasks.map((task) => Number(task.slice(task.lastIndexOf('/') + 1)))
  }

  async end(name: string, ending: Ending): Promise<void> {
    const child = this.#children.get(name)
    if (child?.pid === undefined) throw new Error(`${name} must be there`)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (ending === 'restarted' || ending === 'replaced') child.kill('SIGTERM')
    else process.kill(-child.pid, 'SIGKILL')
    await ended
    if (ending === 'restarted' || ending === 'killed') this.start(name)
  }

  async killAll(): Promise<void> {
    await Promise.all(
      [...this.#children.values()].map(async (child) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
        const ended = new Promise((resolve) => child.once('exit', resolve))
        process.kill(-child.pid, 'SIGKILL')
        await ended
      }),
    )
  }
}
