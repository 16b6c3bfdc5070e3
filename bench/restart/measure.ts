// How long the job fraud-windows takes from a start to its first new score, once its state is large and it was killed: ten times, each at
// another part of a snapshot, the last of which is nearly whole. Beside it the time that reading alone takes of what a task must read then:
// its newest whole snapshot and the commits after that, as records, from the same log through the same socket.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Prng } from '../../src/base/prng.ts'
import { lastCommit } from '../../src/engine/recovery.ts'
import { commitsTopic, snapshotsTopic, stageOfCommits } from '../../src/engine/task-names.ts'
import type { TaskSpec } from '../../src/engine/task-spec.ts'
import { wholeSnapshot } from '../../src/engine/whole-snapshot.ts'
import { openLog, producer, type Log } from '../../src/index.ts'
import { attach } from '../../src/log/server/open-folder-log.ts'
import { modelFile } from '../fraud-windows/golden.ts'

const PARTITIONS = 2
const LOOK_MS = 20
const BATCH = 20_000
const START = Date.UTC(2018, 3, 1)
/** All events lie in the longest window. */
const SPAN_MS = 20 * 86_400_000
const READ_BYTES = 1 << 22

export interface RestartOptions {
  /** Customers, each with one payment before the first kill. A customer takes about 300 bytes. */
  readonly customers: number
  readonly kills: number
  readonly command: readonly string[]
}

export interface Restart {
  /** From the start of the process to its first new score, s. */
  readonly seconds: number
  /** Reading what must be read, s. */
  readonly reading: number
  /** Bytes that must be read, as they lie in the log. */
  readonly read: number
  /** Of the state of all tasks. */
  readonly stateBytes: number
}

/** One restart a kill, in their order. */
export async function measureRestarts(options: RestartOptions): Promise<Restart[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-restart-'))
  const job = new Job(folder, options.command)
  try {
    const { customers, kills } = options
    const more = Math.ceil(customers / kills)
    const random = new Prng(1)
    const total = customers + more * kills
    const pay = async (from: number, to: number): Promise<void> => {
      const { log } = await openLog(job.log)
      const out = await producer(log, {
        topic: 'transactions',
        id: 'payments',
        partitions: PARTITIONS,
      })
      for (let i = from; i < to; i++) {
        const customer = i < customers ? i : random.below(customers)
        const time = START + Math.floor((i / total) * SPAN_MS)
        const value = `{"id":${i},"time":${time},"customer":${customer},"terminal":${i % 10_000},"amount":${(100 + (i % 9900)) / 100}}`
        out.send({ key: String(customer), time, value })
        if (i % BATCH === BATCH - 1) await out.flush()
      }
      await out.close()
      await log.close()
    }
    await pay(0, customers)
    await job.runUntil(customers)
    const restarts: Restart[] = []
    for (let kill = 0; kill < kills; kill++) {
      const from = customers + kill * more
      await pay(from, from + more)
      const needed = await mustRead(job.log)
      restarts.push({ ...needed, seconds: await job.runUntil(from + more, from + 1) })
    }
    return restarts
  } finally {
    await job.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The job, started and killed. */
class Job {
  readonly log: string
  readonly #env: NodeJS.ProcessEnv
  readonly #command: readonly string[]
  #child: ChildProcess | undefined

  constructor(folder: string, command: readonly string[]) {
    this.log = join(folder, 'log')
    this.#command = command
    this.#env = { ...process.env, MODEL: modelFile(folder) }
  }

  /** Starts it, and kills it when there are so many scores. @returns seconds from the start until there were `first`. */
  async runUntil(scores: number, first: number = scores): Promise<number> {
    const [program, ...args] = this.#command
    const pipeline = join(import.meta.dirname, '../fraud-windows/pipeline.ts')
    const rest = [
      '--log',
      this.log,
      '--partitions',
      String(PARTITIONS),
      '--workers',
      String(PARTITIONS),
    ]
    const begun = performance.now()
    const child = spawn(program, [...args, 'run', pipeline, ...rest], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: this.#env,
      detached: true,
    })
    this.#child = child
    let seconds = NaN
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the job ended with ${child.exitCode}`)
      const seen = await scoresIn(this.log)
      if (Number.isNaN(seconds) && seen >= first) seconds = (performance.now() - begun) / 1000
      if (seen >= scores) break
      await sleep(LOOK_MS)
    }
    await this.kill()
    return seconds
  }

  /** All its processes at once, as `kill -9`. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child?.pid === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    process.kill(-child.pid, 'SIGKILL')
    await ended
  }
}

let owner: Log | undefined

/** Through the log's owner, so that the job is the owner; 0 where there is none yet. */
async function scoresIn(folder: string): Promise<number> {
  try {
    owner ??= (await attach(folder))?.log
    const parts = (await owner?.topic('scores'))?.parts ?? []
    return parts.reduce((sum, { end }) => sum + end, 0)
  } catch {
    owner = undefined
    return 0
  }
}

async function mustRead(folder: string): Promise<Omit<Restart, 'seconds'>> {
  const { log } = await openLog(folder)
  let stateBytes = 0
  const from: { topic: string; partition: number; offset: number }[] = []
  for (const { name } of await log.topics()) {
    const stage = stageOfCommits(name)
    if (stage === undefined) continue
    for (let number = 0; number < PARTITIONS; number++) {
      const task: TaskSpec = { ...stage, number, plan: '' }
      const last = await lastCommit(log, task)
      if (last === undefined) continue
      stateBytes += last.stateBytes
      const whole = await wholeSnapshot(log, task)
      const { pipeline, stage: of } = task
      from.push({
        topic: commitsTopic(pipeline, of),
        partition: number,
        offset: whole?.fromOffset ?? 0,
      })
      if (whole !== undefined)
        from.push({
          topic: snapshotsTopic(pipeline, of),
          partition: number,
          offset: whole.startsAt,
        })
    }
  }
  const begun = performance.now()
  let read = 0
  for (const place of from) read += await bytesFrom(log, place)
  const reading = (performance.now() - begun) / 1000
  await log.close()
  return { reading, read, stateBytes }
}

async function bytesFrom(
  log: Log,
  place: { readonly topic: string; readonly partition: number; readonly offset: number },
): Promise<number> {
  let bytes = 0
  for (let { offset } = place, end = Infinity; offset < end;) {
    const { runs, next } = await log.read([{ ...place, offset }], {
      maxBytes: READ_BYTES,
      maxWaitMs: 0,
    })
    for (const { records } of runs) bytes += records.values.length
    if (next[0].offset === offset) break
    ;({ offset, end } = next[0])
  }
  return bytes
}
