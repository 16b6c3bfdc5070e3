// What predictions cost that wait for their label: bytes of state and of log a prediction, bytes of memory while it waits, and
// the CPU time of the join for predictions, labels and expiries. The log runs in a thread of its own, as in a run.
// Run: node --expose-gc bench/waiting.ts [predictions] [--memory]. Figures are printed, never asserted. With --memory only what memory is taken while
// they wait, as JSON: `npm run limits` holds it to its bound.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Prng } from '../src/base/prng.ts'
import type { Column } from '../src/contracts/columns.ts'
import type { Append, Log, Writer } from '../src/contracts/log.ts'
import { encodeCommit } from '../src/engine/commit-record.ts'
import { BlockWriter } from '../src/engine/exchange/block-writer.ts'
import { Lane } from '../src/engine/exchange/lane.ts'
import { merge, Merged } from '../src/engine/exchange/merge.ts'
import { blockRecord } from '../src/engine/exchange/router.ts'
import { START } from '../src/engine/merge-task.ts'
import { JOIN_COUNTS, JoinBody } from '../src/engine/operators/join-body.ts'
import { LABEL_LAYOUT, WAITING_LAYOUT } from '../src/engine/operators/join-layouts.ts'
import { Counts } from '../src/engine/state/counts.ts'
import { StateMemory } from '../src/engine/state/memory.ts'
import { TUNING } from '../src/engine/task-context.ts'
import { connectLog } from '../src/log/server/connect-log.ts'
import { startLogThread } from '../src/log/server/start-log-thread.ts'
import type { LabelPlan } from '../src/pipeline/plan.ts'
import { ModelMetrics } from '../src/runner/model-metrics.ts'

const PREDICTIONS = Number(process.argv[2] ?? 2_000_000)
const LABELS = Math.min(200_000, PREDICTIONS)
const BATCH = TUNING.batchRows
const DAY_MS = 86_400_000
/** 200 a second. */
const GAP_MS = 5

const selector = { call: () => undefined, text: '', path: undefined, chained: [] }
const key = { ...selector, parts: undefined, tuple: false }
const plan: LabelPlan = {
  stream: 'labels',
  of: key,
  by: key,
  label: selector,
  withinMs: 30 * DAY_MS,
  earlyMs: 10_000,
  otherwise: 0,
  judges: undefined,
}

interface Row {
  readonly id: string
  readonly at: number
  readonly value: number
}

function numbers(values: readonly number[]): Column {
  return { kind: 'number', values: Float64Array.from(values), marks: undefined }
}

function texts(values: readonly string[]): Column {
  const parts = values.map((value) => Buffer.from(value))
  const ends = new Uint32Array(parts.length + 1)
  parts.forEach((part, i) => {
    ends[i + 1] = ends[i] + part.length
  })
  return { kind: 'string', bytes: new Uint8Array(Buffer.concat(parts)), ends, marks: undefined }
}

function laneOf(input: number, rows: readonly Row[], commit: number): Lane {
  const layout = input === 0 ? LABEL_LAYOUT : WAITING_LAYOUT
  const lane = new Lane({ topic: 'in', partition: 0, input }, layout, START)
  if (rows.length === 0) return lane
  const times = numbers(rows.map(({ at }) => at))
  const version = numbers(rows.map(() => 0xd63d_f029_9dc4))
  const zeros = numbers(rows.map(() => 0))
  const columns = [
    times,
    times,
    zeros,
    zeros,
    texts(rows.map(({ id }) => id)),
    numbers(rows.map(({ value }) => value)),
  ]
  if (layout === WAITING_LAYOUT)
    columns.push(version, zeros, numbers(rows.map(() => commit)), numbers(rows.map((_, i) => i)))
  const selection = { rows: undefined, from: 0, count: rows.length }
  const head = { progress: 0, idle: false as const, commit, layout: layout.digest }
  lane.push(0, new BlockWriter().encode(columns, selection, head))
  return lane
}

class Bench {
  readonly memory = new StateMemory()
  readonly body: JoinBody
  readonly #writer: Writer
  #commit = 0
  stateBytes = 0
  packedBytes = 0
  runBytes = 0
  longestMs = 0

  constructor(log: Log, writer: Writer) {
    this.#writer = writer
    this.body = new JoinBody(this.memory, {
      labels: plan,
      topic: 'examples',
      partition: 0,
      metrics: (own) => new ModelMetrics(own),
      waiting: { log, topic: 'runs', sealRows: TUNING.sealRows },
    })
  }

  async batch(labels: readonly Row[], predictions: readonly Row[]): Promise<number> {
    const commit = ++this.#commit
    const count = labels.length + predictions.length
    const merged = new Merged(2, Math.max(1, count))
    const lanes = [laneOf(0, labels, commit), laneOf(1, predictions, commit)]
    merge(lanes, { waits: [0, 0], behind: 0, now: 0, limit: Math.max(1, count) }, merged)
    const begun = cpuMs()
    const progress = 0
    const idle = [false, false] as const
    const appends = await this.body.process(merged, {
      progress,
      settled: progress,
      time: progress,
      ticked: false,
      commit,
      idle,
    })
    const delta = this.memory.takeDelta()
    const spent = cpuMs() - begun
    this.longestMs = Math.max(this.longestMs, spent)
    const inputs = {
      lanes: [],
      progress,
      tick: NaN,
      ticked: -Infinity,
      counts: [],
      stateBytes: 0,
      unscored: [],
    }
    const record = encodeCommit({ number: commit, plan: '', ...inputs }, delta)
    for (const { topic, records } of appends)
      if (topic === 'runs') this.runBytes += records.valueEnds[records.count]
    this.stateBytes += delta.length
    this.packedBytes += record.length
    const all: Append[] = [
      ...appends,
      { topic: 'commits', partition: 0, records: blockRecord(record) },
    ]
    this.body.landed(await this.#writer.append(all))
    return spent
  }
}

/** CPU of this thread: other work of the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function memory(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
const thread = await startLogThread(join(folder, 'log'))
const log = await connectLog(thread.socketPath)
for (const name of ['runs', 'examples', 'commits']) await log.ensureTopic({ name, partitions: 1 })
const bench = new Bench(log, await log.openWriter('bench'))
const prng = new Prng(7)
const idOf = (i: number): string =>
  ((BigInt(i) * 0x9e3779b97f4a7c15n) & 0xffff_ffff_ffff_ffffn).toString(16).padStart(16, '0')

await bench.batch([], [{ id: 'first', at: 0, value: 0.5 }])
const before = memory()
let spent = 0
for (let from = 0; from < PREDICTIONS; from += BATCH) {
  const rows = Array.from({ length: Math.min(BATCH, PREDICTIONS - from) }, (_, i) => ({
    id: idOf(from + i),
    at: (from + i) * GAP_MS,
    value: Math.fround(prng.next()),
  }))
  spent += await bench.batch([], rows)
}
await bench.batch([], [])
if (process.argv.includes('--memory')) {
  const { rows } = bench.body.sealed
  console.log(
    JSON.stringify({ predictions: PREDICTIONS, memoryBytes: memory() - before, inRuns: rows }),
  )
  await log.close()
  await thread.close()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}
const perPrediction = (bytes: number): string => `${(bytes / PREDICTIONS).toFixed(1)} bytes`
console.log(`${PREDICTIONS.toLocaleString('en')} predictions with ids of 16 bytes`)
console.log(
  `  delta ${perPrediction(bench.stateBytes)}, packed ${perPrediction(bench.packedBytes)}; runs ${perPrediction(bench.runBytes)}`,
)
console.log(
  `  ${((spent * 1e6) / PREDICTIONS).toFixed(0)} ns each in the join; longest batch ${bench.longestMs.toFixed(0)} ms`,
)
console.log(
  `  memory ${perPrediction(memory() - before)} that waits, all in all; state ${(bench.memory.bytes / 1e6).toFixed(1)} MB`,
)
const { rows, indexBytes } = bench.body.sealed
console.log(
  `  ${rows.toLocaleString('en')} of them in runs: ${(indexBytes / rows).toFixed(2)} bytes of index each, and an eighth for a mark`,
)

bench.stateBytes = 0
bench.packedBytes = 0
bench.longestMs = 0
spent = 0
const at = PREDICTIONS * GAP_MS
for (let from = 0; from < LABELS; from += BATCH) {
  const labels = Array.from({ length: Math.min(BATCH, LABELS - from) }, () => ({
    id: idOf(prng.below(PREDICTIONS)),
    at,
    value: prng.below(2),
  }))
  spent += await bench.batch(labels, [])
}
console.log(
  `${LABELS.toLocaleString('en')} labels of predictions at random, ${(LABELS / (spent / 1000)).toFixed(0)} a second; longest batch ${bench.longestMs.toFixed(0)} ms`,
)
console.log(
  `  delta ${(bench.stateBytes / LABELS).toFixed(1)} bytes, packed ${(bench.packedBytes / LABELS).toFixed(1)}`,
)

spent = 0
const steps = 200
for (let i = 1; i <= steps; i++) {
  const time = plan.withinMs + (at * i) / steps + 1
  spent += await bench.batch([{ id: `late ${i}`, at: time, value: 1 }], [])
}
const expired = new Counts(bench.memory, JOIN_COUNTS).get('expired')
console.log(
  `${expired.toLocaleString('en')} expired, ${(expired / (spent / 1000)).toFixed(0)} a second`,
)
await log.close()
await thread.close()
rmSync(folder, { recursive: true, force: true })
