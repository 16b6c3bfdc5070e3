// The job "fraud-windows" on the embedded log, from a cold start to its last score: what it costs, and whether every score is right.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunReport } from '../../src/contracts/run-report.ts'
import { openLog } from '../../src/index.ts'
import { attach } from '../../src/log/server/open-folder-log.ts'
import { cpuSecondsOf } from '../cpu-of-processes.ts'
import { checkScores, type CheckedScores } from './check-scores.ts'
import { goldenScores, modelFile } from './golden.ts'
import { writePayments } from './payments.ts'

const LOOK_MS = 50
/** Characters of what the job says that are kept for whoever asks why it failed. */
const SAID_MAX = 4_000
const STEADY_FROM = 0.25
const STEADY_TO = 0.95

export interface FraudWindowsOptions {
  readonly events: number
  /** Default: 2. */
  readonly partitions?: number
  /** Processes. Default: 2. */
  readonly workers?: number
  /** Customers that each customer becomes. Default: 1. Scores are then compared with none. */
  readonly fan?: number
  /** More of Node's options for all processes of the job. */
  readonly nodeOptions?: string
  /** Called with the id of the job's first process, again and again while it runs. */
  readonly onLook?: (pid: number) => void
  /** What begins the command: Node, its options and the program. Default: the built package, on this Node. */
  readonly command?: readonly string[]
}

export interface FraudWindowsResult {
  readonly events: number
  /** CPU of all processes, user and system, from the start to the last score, s per million events. */
  readonly coldCpu: number
  /** The same between 25 and 95 % of the scores; NaN where they could not be told apart. */
  readonly steadyCpu: number
  /** From the start to the end. */
  readonly perSecond: number
  readonly steadyPerSecond: number
  /** Bytes of the input's values, an event. */
  readonly inputBytes: number
  /** By the journal and copies of what is kept, an event. */
  readonly writtenBytes: number
  /** Of the receipts' topic, an event; the feature vector is 9 numbers of 4 bytes. */
  readonly receiptBytes: number
  /** Sum of the peaks of all processes. */
  readonly peakMemoryBytes: number
  readonly checked: CheckedScores
}

export async function measureFraudWindows(
  options: FraudWindowsOptions,
): Promise<FraudWindowsResult> {
  const { events, partitions = 2, fan = 1 } = options
  const folder = mkdtempSync(join(tmpdir(), 'millrace-fraud-windows-'))
  try {
    const log = join(folder, 'log')
    const input = await writePayments(log, { events, partitions, fan })
    const looks: Look[] = []
    const report = await job(folder, options, looks)
    const spent = steady(looks, events)
    const checked = await checkScores(log, events, fan === 1 ? await goldenScores() : undefined)
    return {
      events,
      coldCpu: (report.cpuSeconds / events) * 1e6,
      ...spent,
      perSecond: events / report.wallSeconds,
      inputBytes: input.bytes / events,
      writtenBytes: (report.bytesWritten ?? NaN) / events,
      receiptBytes: (await bytesOf(log, '_fraud-windows.receipts')) / events,
      peakMemoryBytes: report.peakMemoryBytes,
      checked,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Look {
  readonly scores: number
  readonly cpu: number
  readonly at: number
}

async function job(
  folder: string,
  { partitions = 2, workers = 2, nodeOptions = '', command, onLook }: FraudWindowsOptions,
  looks: Look[],
): Promise<RunReport> {
  const reportFile = join(folder, 'report.json')
  const main = join(import.meta.dirname, '../../dist/cli/main.js')
  const [program, ...first] = command ?? [process.execPath, ...process.execArgv, main]
  const log = join(folder, 'log')
  const args = ['run', join(import.meta.dirname, 'pipeline.ts'), '--log', log]
  const rest = ['--until-end', '--report', reportFile, '--partitions', String(partitions)]
  const child = spawn(program, [...first, ...args, ...rest, '--workers', String(workers)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      MODEL: modelFile(folder),
      NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${nodeOptions}`,
    },
  })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-SAID_MAX)))
  const ended = new Promise<number | null>((done) => child.once('close', done))
  let over = false
  void ended.then(() => (over = true))
  const seen = watch(log, child.pid ?? 0, { looks, onLook, isOver: () => over })
  const code = await ended
  await seen
  if (code !== 0) throw new Error(`the job ended with ${String(code)}: ${said}`)
  const report: RunReport = JSON.parse(readFileSync(reportFile, 'utf8'))
  return report
}

/** Looks how far the job is and what it has spent until then; through the log's owner, so that the job is the owner. */
async function watch(
  folder: string,
  pid: number,
  {
    looks,
    onLook,
    isOver,
  }: { looks: Look[]; onLook: FraudWindowsOptions['onLook']; isOver: () => boolean },
): Promise<void> {
  try {
    for (let log = (await attach(folder))?.log; !isOver(); await sleep(LOOK_MS)) {
      log ??= (await attach(folder))?.log
      const parts = (await log?.topic('scores'))?.parts ?? []
      const scores = parts.reduce((sum, { end }) => sum + end, 0)
      looks.push({ scores, cpu: cpuSecondsOf(pid), at: performance.now() })
      onLook?.(pid)
    }
  } catch {
    // The owner has ended.
  }
}

function steady(
  looks: readonly Look[],
  events: number,
): Pick<FraudWindowsResult, 'steadyCpu' | 'steadyPerSecond'> {
  const from = looks.find(({ scores }) => scores >= events * STEADY_FROM)
  const to = looks.find(({ scores }) => scores >= events * STEADY_TO)
  const scores = (to?.scores ?? 0) - (from?.scores ?? 0)
  if (from === undefined || to === undefined || scores === 0)
    return { steadyCpu: NaN, steadyPerSecond: NaN }
  return {
    steadyCpu: ((to.cpu - from.cpu) / scores) * 1e6,
    steadyPerSecond: (scores / (to.at - from.at)) * 1000,
  }
}

async function bytesOf(folder: string, name: string): Promise<number> {
  const { log } = await openLog(folder, { mustExist: true })
  const info = await log.topic(name)
  await log.close()
  return (info?.parts ?? []).reduce((sum, { bytes }) => sum + bytes, 0)
}
