// What a run left in the log, as the oracle says it: outputs, receipts, examples, counts, and a digest of each task's state.
// Whatever depends on how rows were cut into commits is checked here, and left out of what is compared.
import { assert } from '../base/assert.ts'
import { headerValue, recordText, valueBytes } from '../base/records.ts'
import { FALLBACK_VERSION, versionNumber } from '../contracts/model-version.ts'
import { FELL_BACK, SCORED } from '../contracts/runtime.ts'
import type { Log, ReadRun } from '../contracts/log.ts'
import { Block } from '../engine/exchange/block.ts'
import {
  FIRST,
  KEY,
  MERGE_TIME,
  SOURCE_OFFSET,
  SOURCE_PARTITION,
  TIME,
} from '../engine/exchange/layout.ts'
import { sourceCounts } from '../engine/operators/source-body.ts'
import { sourceStage } from '../engine/stage-names.ts'
import { restore } from '../engine/recovery.ts'
import type { PipelineTasks } from '../engine/pipeline-tasks.ts'
import type { TaskPlan } from '../engine/task-plan.ts'
import { StateMemory } from '../engine/state/memory.ts'
import { taskId } from '../engine/task-spec.ts'
import {
  deadLettersTopic,
  driftsTopic,
  examplesTopic,
  lateTopic,
  receiptsTopic,
} from '../engine/task-names.ts'
import type { LabelPlan, Plan } from '../pipeline/plan.ts'
import { ModelMetrics } from '../runner/model-metrics.ts'
import { exampleAt, type Example } from '../runner/provenance/examples-of.ts'
import { namedCounts } from '../runner/read-counts.ts'
import { countsIn } from '../engine/state/counts.ts'
import { valueAt } from '../schema/event-view.ts'
import { numbersOf } from '../engine/operators/plain-columns.ts'
import { originsOf } from '../pipeline/plan-streams.ts'
import { checkedDrifts, type ScoredRow, type WatchedExample } from './observe-drift.ts'
import type { Outcome } from './outcome.ts'
import { digestOf, metricsDigest } from './state-digest.ts'

export interface Observed extends Outcome {
  /** Digest of the restored state of every task. */
  readonly states: Readonly<Record<string, string>>
}

/** Reads the outcome of a run from its log. @throws StateError ML_INTERNAL when an example names a receipt that is not its own. */
export async function observe(log: Log, plan: Plan, { tasks }: PipelineTasks): Promise<Observed> {
  const last = plan.stages[plan.stages.length - 1]
  const topics = [
    ...plan.streams.map(({ name, late }) => lateTopic(name, late)),
    ...plan.stages.flatMap(({ everies }) => everies.map(({ topic }) => topic)),
    ...last.emits.map(({ topic }) => topic),
    ...last.whens.flatMap((each) => each.topics),
  ]
  const outputs: Record<string, string[][]> = {}
  for (const topic of topics) outputs[topic] = await linesOf(log, topic, outputLine)
  const deadLetters = await linesOf(log, deadLettersTopic(plan.pipeline), deadLetterLine)
  const receipts = new Receipts()
  if (last.models.length > 0) await receipts.read(log, plan.pipeline)
  const examples: Record<string, string[][]> = {}
  const metrics: Record<string, readonly string[]> = {}
  const watched = new Map<string, readonly WatchedExample[]>()
  for (const model of last.models) {
    const { name, labels } = model
    if (labels !== undefined) {
      const found = await examplesOf(log, { plan, model: name, labels, receipts })
      examples[name] = found.lines
      metrics[name] = found.metrics
      watched.set(name, found.watched)
    }
  }
  if (last.models.some(({ drift }) => drift !== undefined)) {
    const topic = driftsTopic(plan.pipeline)
    const scored = receipts.scored()
    const models = last.models.map((model) => ({
      model,
      examples: watched.get(model.name) ?? [],
      rows: scored.get(model.name) ?? [],
      sources: originsOf(plan, plan.from),
    }))
    const drifts = checkedDrifts((await linesOf(log, topic, outputLine)).flat(), models)
    if (drifts.length > 0) outputs[topic] = [drifts]
  }
  const counts: Record<string, number> = {}
  const states: Record<string, string> = {}
  for (const task of tasks) {
    const restored = await restore(log, task.spec)
    states[taskId(task.spec)] = await digestOf(log, restored.memory, task)
    // One that never committed has measured nothing yet.
    if (task.kind === 'join' && restored.last !== undefined) {
      const own = metrics[task.model.name][task.spec.number] === metricsDigest(restored.memory)
      assert(own, 'the metrics of each version are those of its examples', {
        task: taskId(task.spec),
      })
    }
    // What it counts depends on when a version came; its drifts are what is checked.
    if (task.kind === 'drift') continue
    for (const [name, by] of Object.entries(namedCounts(countsIn(restored.memory), task))) {
      const full = `${countedBy(task, name)}.${name}`
      counts[full] = (counts[full] ?? 0) + by
    }
  }
  return {
    outputs,
    deadLetters: deadLetters.flat().sort(),
    receipts: receipts.lines,
    examples,
    counts,
    states,
  }
}

/** A stage that reads its source itself counts for both. */
function countedBy(task: TaskPlan, name: string): string {
  return task.kind === 'direct' && sourceCounts(task.routes).includes(name)
    ? sourceStage(task.stream.name)
    : task.spec.stage
}

async function eachRun(
  log: Log,
  topic: string,
  each: (partition: number, run: ReadRun) => void,
): Promise<number> {
  const info = await log.topic(topic)
  const parts = info?.parts ?? []
  for (const [partition, { start }] of parts.entries()) {
    for (let offset = start; ;) {
      const { runs, next } = await log.read([{ topic, partition, offset }], {
        maxBytes: 4 << 20,
        maxWaitMs: 0,
      })
      for (const run of runs) each(partition, run)
      if (next[0].offset >= next[0].end) break
      offset = next[0].offset
    }
  }
  return parts.length
}

async function linesOf(
  log: Log,
  topic: string,
  line: (run: ReadRun, row: number) => string,
): Promise<string[][]> {
  const lines: string[][] = []
  const partitions = await eachRun(log, topic, (partition, run) => {
    const own = (lines[partition] ??= [])
    for (let row = 0; row < run.records.count; row++) own.push(line(run, row))
  })
  return Array.from({ length: partitions }, (_, partition) => lines[partition] ?? [])
}

function outputLine({ records }: ReadRun, row: number): string {
  const key = recordText(records, row, 'key')
  return JSON.stringify([key, records.times[row], recordText(records, row, 'value')])
}

function deadLetterLine({ records }: ReadRun, row: number): string {
  const headers = recordText(records, row, 'headers')
  const header = (name: string): string => headerValue(headers, `millrace-${name}`) ?? ''
  const value = recordText(records, row, 'value')
  return JSON.stringify([header('stream'), header('stage'), header('origin'), value])
}

/** Where a receipt stands. */
interface Place {
  readonly task: number
  readonly commit: number
  readonly row: number
}

/** Receipts of all models. */
class Receipts {
  readonly lines: Record<string, string[][]> = {}
  readonly #blocks = new Map<string, { readonly block: Block; readonly meta: Meta }>()

  async read(log: Log, pipeline: string): Promise<void> {
    const seen: { partition: number; block: Block; model: string; meta: Meta }[] = []
    const partitions = await eachRun(log, receiptsTopic(pipeline), (partition, { records }) => {
      for (let row = 0; row < records.count; row++) {
        const block = new Block(valueBytes(records, row))
        const meta = JSON.parse(Buffer.from(block.meta()).toString('utf8')) as Meta
        seen.push({ partition, block, model: meta.model, meta })
      }
    })
    for (const { partition, block, model, meta } of seen) {
      this.lines[model] ??= Array.from({ length: partitions }, () => [])
      this.#blocks.set(`${model} ${partition} ${block.commit}`, { block, meta })
      for (let row = 0; row < block.rows; row++)
        this.lines[model][partition].push(receiptLine(block, meta, row))
    }
  }

  /** The id of the receipt at a place, and the version whose score it holds. */
  at(model: string, { task, commit, row }: Place): readonly [id: unknown, version: number] {
    const found = this.#blocks.get(`${model} ${task} ${commit}`)
    if (found === undefined || row >= found.block.rows) return [undefined, NaN]
    const { block, meta } = found
    const outcome = block.numbers(FIRST + meta.features.length + meta.outputs.length)[row]
    const version = outcome === FELL_BACK ? FALLBACK_VERSION : versionNumber(meta.digest)
    return [valueAt(block.column(KEY), row), version]
  }

  /** Rows that all models gave something for, by model. */
  scored(): ReadonlyMap<string, readonly ScoredRow[]> {
    const all = [...this.#blocks.values()].map(({ block, meta }) => ({
      model: meta.model,
      rows: Array.from({ length: block.rows }, (_, row) => scoredRow(block, meta, row)),
    }))
    const byModel = Map.groupBy(all, ({ model }) => model)
    const failed = new Set(
      all.flatMap(({ rows }) => rows.filter(({ version }) => Number.isNaN(version)).map(placeText)),
    )
    return new Map(
      [...byModel].map(([model, blocks]) => [
        model,
        blocks.flatMap(({ rows }) => rows).filter((row) => !failed.has(placeText(row))),
      ]),
    )
  }

  /** A list of numbers that was predicted. */
  output(model: string, name: string, { task, commit, row }: Place): readonly number[] | undefined {
    const found = this.#blocks.get(`${model} ${task} ${commit}`)
    if (found === undefined) return undefined
    const at = FIRST + found.meta.features.length + found.meta.outputs.indexOf(name)
    const value = valueAt(found.block.column(at), row)
    return Array.isArray(value) ? value : undefined
  }
}

function placeText({ order }: ScoredRow): string {
  return order.join(' ')
}

function scoredRow(block: Block, meta: Meta, row: number): ScoredRow {
  const { features, outputs, digest } = meta
  const at = (index: number): unknown => valueAt(block.column(index), row) ?? undefined
  const outcome = at(FIRST + features.length + outputs.length)
  const names = [
    ...features.map((name) => `feature ${name}`),
    ...outputs.map((name) => `output ${name}`),
  ]
  return {
    mergeTime: Number(at(MERGE_TIME)),
    order: [Number(at(SOURCE_PARTITION)), Number(at(SOURCE_OFFSET))],
    time: Number(at(TIME)),
    version:
      outcome === SCORED ? versionNumber(digest) : outcome === FELL_BACK ? FALLBACK_VERSION : NaN,
    values: new Map(names.map((name, i) => [name, at(FIRST + i)])),
  }
}

interface Meta {
  readonly model: string
  readonly digest: string
  readonly features: readonly string[]
  readonly outputs: readonly string[]
}

function receiptLine(block: Block, { features, outputs }: Meta, row: number): string {
  const at = (index: number): unknown => valueAt(block.column(index), row) ?? null
  const outcome = at(FIRST + features.length + outputs.length)
  return JSON.stringify([
    at(SOURCE_PARTITION),
    at(SOURCE_OFFSET),
    at(TIME),
    at(KEY),
    features.map((_, i) => at(FIRST + i)),
    outcome === SCORED ? outputs.map((_, i) => at(FIRST + features.length + i)) : null,
  ])
}

interface Examples {
  /** By partition. */
  readonly lines: string[][]
  /** Digests of the metrics that these examples make, by partition. */
  readonly metrics: readonly string[]
  /** Each as it was measured for the first time. */
  readonly watched: readonly WatchedExample[]
}

async function examplesOf(
  log: Log,
  of: { plan: Plan; model: string; labels: LabelPlan; receipts: Receipts },
): Promise<Examples> {
  const lines: string[][] = []
  const measured: Measured[] = []
  const topic = examplesTopic(of.plan.pipeline, of.model)
  const partitions = await eachRun(log, topic, (partition, { records }) => {
    const own = (lines[partition] ??= [])
    const metrics = (measured[partition] ??= new Measured(of))
    for (let i = 0; i < records.count; i++) {
      const block = new Block(valueBytes(records, i))
      for (let row = 0; row < block.rows; row++) {
        const example = exampleAt(block, row)
        const { outcome, id, time, label, labelTime, score, version, receipt } = example
        if (receipt !== undefined) {
          const [ownId, ownVersion] = of.receipts.at(of.model, receipt)
          const closed = ownId === id && ownVersion === version
          assert(closed, 'an example names receipt and version of its own prediction', receipt)
        }
        metrics.add(example, {
          mergeTime: numbersOf(block.column(MERGE_TIME))[row],
          order: [partition, own.length],
        })
        const values = [time, label, labelTime, score].map((value) => value ?? null)
        own.push(JSON.stringify([outcome, id, ...values]))
      }
    }
  })
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  return {
    lines: all.map((partition) => lines[partition] ?? []),
    metrics: all.map((partition) => (measured[partition] ?? new Measured(of)).digest()),
    watched: measured.flatMap((each) => each.watched),
  }
}

interface MeasuredModel {
  readonly model: string
  readonly labels: LabelPlan
  readonly receipts: Receipts
}

/** Metrics made anew from examples. */
class Measured {
  readonly #memory = new StateMemory()
  readonly #metrics: ModelMetrics
  readonly #of: MeasuredModel
  readonly #labels = new Map<string, number>()
  readonly watched: WatchedExample[] = []

  constructor(of: MeasuredModel) {
    this.#of = of
    this.#metrics = new ModelMetrics(this.#memory, of.labels)
  }

  add(
    { id, outcome, time, label, score, version, receipt }: Example,
    at: Pick<WatchedExample, 'mergeTime' | 'order'>,
  ): void {
    if (receipt === undefined || label === undefined || score === undefined) return
    if (version === undefined || outcome === 'duplicate') return
    const place = `${receipt.task} ${receipt.commit} ${receipt.row}`
    const before = this.#labels.get(place)
    const metrics = this.#metrics
    const { receipts, model, labels } = this.#of
    const given =
      metrics.chances === 0 ? undefined : receipts.output(model, labels.judges ?? '', receipt)
    if (before !== undefined && metrics.measures(score, before))
      metrics.of(version).remove(time, score, before, given?.[before])
    if (metrics.measures(score, label)) {
      const chance = given?.[label]
      metrics.of(version).add(time, score, label, chance)
      if (before === undefined && version !== FALLBACK_VERSION)
        this.watched.push({ id, time, ...at, version, score, label, chance })
    }
    this.#labels.set(place, label)
  }

  digest(): string {
    return metricsDigest(this.#memory)
  }
}
