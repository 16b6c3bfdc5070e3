// Labels and predictions for the join of a model, in any batches, and what it gives of them.
import { valueBytes } from '../../src/base/records.ts'
import { MemoryLog } from './memory-log.ts'
import { Block } from '../../src/engine/exchange/block.ts'
import { BlockWriter } from '../../src/engine/exchange/block-writer.ts'
import { Lane } from '../../src/engine/exchange/lane.ts'
import { FIRST, KEY, MERGE_TIME, TIME, type Layout } from '../../src/engine/exchange/layout.ts'
import { merge, Merged } from '../../src/engine/exchange/merge.ts'
import { START } from '../../src/engine/merge-task.ts'
import { JOIN_COUNTS, JoinBody } from '../../src/engine/operators/join-body.ts'
import {
  EXAMPLE_LAYOUT,
  LABEL_LAYOUT,
  OUTCOMES,
  WAITING_LAYOUT,
} from '../../src/engine/operators/join-layouts.ts'
import { Counts } from '../../src/engine/state/counts.ts'
import { StateMemory } from '../../src/engine/state/memory.ts'
import { eachWaiting } from '../../src/engine/waiting/each-waiting.ts'
import type { LabelPlan } from '../../src/pipeline/plan.ts'
import { ModelMetrics } from '../../src/runner/model-metrics.ts'
import { path } from './state/set-fixture.ts'
import { numbers, texts } from './exchange/lane-rows.ts'

export const WITHIN = 100
export const EARLY = 40
/** Of predictions that name no other. */
export const VERSION = 0xd63d_f029_9dc4

/** One row of the merged order. `time` is the event's; it may be less than the merge time. */
export type JoinStep = { readonly id: string; readonly at: number; readonly time?: number } & (
  | { readonly label: number }
  | { readonly score: number; readonly version?: number }
)

export function labelPlan(otherwise?: number): LabelPlan {
  const id = { ...path('id'), parts: [['id']], tuple: false }
  return {
    stream: 'landings',
    of: id,
    by: id,
    label: path('late'),
    withinMs: WITHIN,
    earlyMs: EARLY,
    otherwise,
  }
}

export interface Join {
  readonly memory: StateMemory
  readonly body: JoinBody
  readonly log: MemoryLog
  readonly sealRows: number
}

/** Where a join finds itself again. */
export interface JoinPlace {
  readonly memory?: StateMemory
  readonly log?: MemoryLog
  readonly sealRows?: number
}

export function openJoin(plan: LabelPlan, place: JoinPlace = {}): Join {
  const { memory = new StateMemory(), log = new MemoryLog(1), sealRows = 1000 } = place
  const body = new JoinBody(memory, {
    labels: plan,
    topic: 'examples',
    partition: 0,
    metrics: (own) => new ModelMetrics(own),
    waiting: { log, topic: RUNS, sealRows },
  })
  return { memory, body, log, sealRows }
}

export const RUNS = 'runs'

export interface Batch {
  readonly steps: readonly JoinStep[]
  readonly progress?: number
  readonly labelsIdle?: boolean
  /** Number of the first of these rows among all. */
  readonly from?: number
  /** Whether the task dies before it learns where the runs of the batch lie. */
  readonly dies?: boolean
}

/** An outcome in short, without the times it carries. */
export function short(line: string): string {
  return line.split(' ').slice(0, 4).join(' ')
}

/** Outcomes of one batch, a line each: `outcome id label@labelTime score#receiptRow time mergeTime`. */
export async function join({ body, log }: Join, batch: Batch): Promise<string[]> {
  const { steps, progress = steps.at(-1)?.at ?? 0, labelsIdle = false, from = 0 } = batch
  const merged = new Merged(2, Math.max(1, steps.length))
  const rows = steps.map((step, i) => ({ step, offset: from + i }))
  const lanes = [
    laneOf(
      0,
      rows.filter(({ step }) => 'label' in step),
      LABEL_LAYOUT,
    ),
    laneOf(
      1,
      rows.filter(({ step }) => !('label' in step)),
      WAITING_LAYOUT,
    ),
  ]
  merge(lanes, { waits: [0, 0], behind: 0, now: 0, limit: steps.length }, merged)
  const appends = await body.process(merged, {
    progress,
    settled: progress,
    time: progress,
    ticked: false,
    commit: 1,
    idle: [labelsIdle && 'idle', false],
  })
  const writer = await log.openWriter('join')
  const offsets = await writer.append(appends)
  if (batch.dies !== true) body.landed(offsets)
  return appends
    .filter(({ topic }) => topic !== RUNS)
    .flatMap(({ records }) => linesOf(new Block(valueBytes(records, 0))))
}

interface Placed {
  readonly step: JoinStep
  readonly offset: number
}

function laneOf(input: number, rows: readonly Placed[], layout: Layout): Lane {
  const lane = new Lane({ topic: 'in', partition: 0, input }, layout, START)
  if (rows.length === 0) return lane
  const all = rows.map(({ step, offset }) => ({
    time: step.time ?? step.at,
    value: 'label' in step ? step.label : step.score,
    version: 'label' in step ? NaN : (step.version ?? VERSION),
    offset,
  }))
  const own = [
    numbers(rows.map(({ step }) => step.at)),
    numbers(all.map(({ time }) => time)),
    numbers(all.map(() => 0)),
    numbers(all.map(({ offset }) => offset)),
    texts(rows.map(({ step }) => step.id)),
    numbers(all.map(({ value }) => value)),
  ]
  const receipt = [
    all.map(({ version }) => version),
    all.map(() => 3),
    all.map(() => 7),
    all.map(({ offset }) => offset),
  ].map(numbers)
  const columns = layout === LABEL_LAYOUT ? own : [...own, ...receipt]
  const selection = { rows: undefined, from: 0, count: rows.length }
  const head = { progress: 0, idle: false, commit: 1, layout: layout.digest } as const
  lane.push(0, new BlockWriter().encode(columns, selection, head))
  return lane
}

function linesOf(block: Block): string[] {
  if (block.layout !== EXAMPLE_LAYOUT.digest) throw new Error('no block of outcomes')
  const key = block.column(KEY)
  return Array.from({ length: block.rows }, (_, row) => {
    const cell = (index: number): string => {
      const column = block.column(FIRST + index)
      if (column.kind !== 'number' || column.marks?.[row] === 1) return '-'
      return String(column.values[row])
    }
    const id =
      key.kind === 'string' &&
      Buffer.from(key.bytes.subarray(key.ends[row], key.ends[row + 1])).toString()
    const times = `${block.numbers(TIME)[row]} ${block.numbers(MERGE_TIME)[row]}`
    return `${OUTCOMES[Number(cell(0))]} ${id} ${cell(1)}@${cell(2)} ${cell(3)}#${cell(7)} ${times}`
  })
}

/** The same join as another process finds it again: from the whole of its memory. */
export function reopen({ memory, log, sealRows }: Join, plan: LabelPlan): Join {
  const again = new StateMemory()
  const cursor = memory.startSnapshot(1024)
  const chunks: Uint8Array[] = []
  for (let chunk = memory.readChunk(cursor); chunk !== undefined; chunk = memory.readChunk(cursor))
    chunks.push(chunk.slice())
  again.restore(chunks)
  return openJoin(plan, { memory: again, log, sealRows })
}

export function countsOf({ memory }: Join): Record<string, number> {
  const counts = new Counts(memory, JOIN_COUNTS)
  return Object.fromEntries(JOIN_COUNTS.map((name) => [name, counts.get(name)]))
}

/** What waits, a line a row. */
export async function waitingIn({ memory, log }: Join): Promise<string[]> {
  const lines: string[] = []
  await eachWaiting(memory, { log, topic: RUNS, partition: 0 }, (row) => {
    const { status, due, order, time, score, label, labelTime, task, commit, row: at } = row
    const values = [status, due, order, time, score, label, labelTime, task, commit, at]
    lines.push(`${Buffer.from(row.id).toString()} ${values.join(' ')}`)
  })
  return lines.sort()
}
