// From append to durable prediction on the embedded log: a job that runs in its own processes is fed at a steady rate through the log's
// socket. An event's time begins when it was due to be sent, not when it was: a stall of the sender counts (Tene, "How NOT to Measure
// Latency", 2013). It ends when a reader has the durable prediction.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { recordText } from '../../src/base/records.ts'
import { openLog, producer, type Log, type Producer } from '../../src/index.ts'
import { cpuSecondsOf } from '../cpu-of-processes.ts'
import { JOBS, type LatencyJob } from './jobs.ts'

const TICK_MS = 1
const LOOK_MS = 200
const PARTITIONS = 2
const OWNER = join(import.meta.dirname, 'own-log.ts')

export interface LatencyOptions {
  readonly job: string
  /** Events a second. */
  readonly rate: number
  readonly seconds: number
  /** Seconds before, which do not count. */
  readonly warm: number
  /** What begins the command: Node, its options and the program. */
  readonly command: readonly string[]
}

export interface Latencies {
  /** Milliseconds, in order. */
  readonly sorted: Float64Array
  /** Of all processes of the job, an event, while it was measured. */
  readonly cpuMicros: number
}

export async function measureLatency(options: LatencyOptions): Promise<Latencies> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-latency-'))
  const job = JOBS[options.job](folder)
  const log = join(folder, 'log')
  const run = startJob(job, log, options.command)
  const ended = new Promise((resolve) => run.once('exit', resolve))
  try {
    return await feedAndRead(await opened(log, job, run), { job, options, pid: run.pid ?? 0 })
  } finally {
    run.kill('SIGINT')
    await ended
    job.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}

function startJob(
  { definition, env, topics }: LatencyJob,
  log: string,
  command: readonly string[],
): ChildProcess {
  const partitions = String(PARTITIONS)
  const [program, ...args] =
    definition === undefined
      ? [process.execPath, OWNER, log, partitions, ...topics]
      : [...command, 'run', definition, '--log', log, '--partitions', partitions]
  return spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  })
}

/** The log, once the run owns it and has made its topics. */
async function opened(folder: string, job: LatencyJob, run: ChildProcess): Promise<Log> {
  while (run.exitCode === null) {
    await sleep(LOOK_MS)
    // Whoever comes first owns the log: that must be the run.
    if (!existsSync(join(folder, 'checkpoint'))) continue
    const { log } = await openLog(folder)
    const topics = await Promise.all([...job.topics, job.output].map((name) => log.topic(name)))
    if (topics.every((topic) => topic !== undefined)) return log
    await log.close()
  }
  throw new Error(`the job ended with ${run.exitCode}`)
}

interface Feeding {
  readonly job: LatencyJob
  readonly options: LatencyOptions
  readonly pid: number
}

async function feedAndRead(log: Log, feeding: Feeding): Promise<Latencies> {
  const { job, options, pid } = feeding
  const start = performance.now() + 1000
  const sent = send(log, start, feeding)
  let before = NaN
  const warm = sleep(start - performance.now() + options.warm * 1000).then(
    () => (before = cpuSecondsOf(pid)),
  )
  const sorted = (await receive(log, start, { job, options })).toSorted()
  const cpu = cpuSecondsOf(pid) - before
  await Promise.all([sent, warm])
  await log.close()
  return { sorted, cpuMicros: (cpu / (options.rate * options.seconds)) * 1e6 }
}

async function send(log: Log, start: number, { job, options }: Feeding): Promise<void> {
  const outs = new Map(
    await Promise.all(
      job.topics.map(
        async (topic) =>
          [topic, await producer(log, { topic, id: topic, partitions: PARTITIONS })] as const,
      ),
    ),
  )
  const total = options.rate * (options.warm + options.seconds)
  const flushing = new Set<Producer>()
  for (let i = 0; i < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * options.rate))
    const now = Date.now()
    for (; i < due; i++) {
      const { topic, key, value } = job.event(i, now)
      outs.get(topic)?.send({ ...(key === undefined ? {} : { key }), value, time: now })
    }
    for (const out of outs.values()) flush(out, flushing)
    await sleep(TICK_MS)
  }
}

/** At most one at a time: what is due meanwhile goes with the next, as a client that lingers no longer than it must does. */
function flush(out: Producer, flushing: Set<Producer>): void {
  if (flushing.has(out)) return
  flushing.add(out)
  void out.flush().then(() => flushing.delete(out))
}

async function receive(
  log: Log,
  start: number,
  { job, options }: Pick<Feeding, 'job' | 'options'>,
): Promise<Float64Array> {
  const { rate, warm, seconds } = options
  const wanted = (rate * (warm + seconds)) / job.perOutput
  const latencies = new Float64Array((rate * seconds) / job.perOutput)
  let measured = 0
  const from = Array.from({ length: PARTITIONS }, (_, partition) => ({
    topic: job.output,
    partition,
    offset: 0,
  }))
  for (let seen = 0; seen < wanted;) {
    const { runs, next } = await log.read(from, { maxBytes: 1 << 20, maxWaitMs: 1000 })
    const now = performance.now()
    next.forEach(({ offset }, i) => (from[i].offset = offset))
    for (const { records } of runs) {
      seen += records.count
      for (let row = 0; row < records.count; row++) {
        const due = start + (job.numberOf(recordText(records, row, 'value')) / rate) * 1000
        if (due >= start + warm * 1000 && measured < latencies.length)
          latencies[measured++] = now - due
      }
    }
  }
  return latencies.subarray(0, measured)
}
