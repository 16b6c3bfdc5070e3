// Joins labels to the predictions they judge, by id (ENGINE 9). Every label, revision and expiry yields one outcome;
// what fits nothing is an outcome too: nothing is dropped.
import { murmur2 } from '../../base/murmur2.ts'
import type { Column, TextColumn } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import type { LabelPlan } from '../../pipeline/plan.ts'
import { BlockWriter } from '../exchange/block-writer.ts'
import { gather } from '../exchange/gather.ts'
import { KEY, MERGE_TIME, TIME } from '../exchange/layout.ts'
import type { Merged, Taken } from '../exchange/merge.ts'
import { blockRecord } from '../exchange/router.ts'
import type { BatchContext, StageBody } from '../merge-task.ts'
import { Counts } from '../state/counts.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import { Timers } from '../state/timers.ts'
import {
  EXAMPLE_LAYOUT,
  LABEL,
  RECEIPT_COMMIT,
  RECEIPT_ROW,
  RECEIPT_TASK,
  SCORE,
  type Outcome,
} from './join-layouts.ts'
import { JoinRows } from './join-rows.ts'
import { EARLY, JOINED, WAITING, WaitingRoom } from './waiting-room.ts'

/** What is measured of each outcome with a label. Kept in the task's memory, so that it commits with it. */
export interface JoinMetrics {
  add(score: number, label: number, time: number): void
  /** Takes back what `add` did: for a label that was revised. */
  remove(score: number, label: number, time: number): void
}

export const JOIN_COUNTS = [
  'labels',
  'predictions',
  'joined',
  'expired',
  'orphaned',
  'duplicate',
  'revised',
  'duplicatePredictions',
] as const

const LABELS_INPUT = 0

// Words of the clock: merge time of the last label, and of what happened last.
const LABELS = 0
const LAST = 1

export interface JoinOptions {
  readonly labels: LabelPlan
  readonly topic: string
  readonly partition: number
  readonly metrics: (memory: StateMemory) => JoinMetrics
}

export class JoinBody implements StageBody {
  readonly #plan: LabelPlan
  readonly #options: JoinOptions
  readonly #room: WaitingRoom
  readonly #timers: Timers
  readonly #counts: Counts<(typeof JOIN_COUNTS)[number]>
  readonly #clock: Region
  readonly #metrics: JoinMetrics
  readonly #rows = new JoinRows()
  readonly #writer = new BlockWriter()
  #mergeTime: number

  constructor(memory: StateMemory, options: JoinOptions) {
    this.#plan = options.labels
    this.#options = options
    this.#room = new WaitingRoom(memory)
    this.#timers = new Timers(memory, 'waiting')
    this.#counts = new Counts(memory, JOIN_COUNTS)
    this.#clock = memory.region('label-clock', 16)
    this.#mergeTime = this.#clock.f64[LAST]
    this.#metrics = options.metrics(memory)
  }

  process(merged: Merged, { progress, idle, commit }: BatchContext): Append[] {
    this.#rows.reset()
    const labels = columnsOf(merged.inputs[LABELS_INPUT], [KEY, MERGE_TIME, TIME, LABEL])
    const waiting = columnsOf(merged.inputs[1], [
      KEY,
      MERGE_TIME,
      TIME,
      SCORE,
      RECEIPT_TASK,
      RECEIPT_COMMIT,
      RECEIPT_ROW,
    ])
    const next = [0, 0]
    for (let step = 0; step < merged.count; step++) {
      const input = merged.order[step]
      const row = next[input]++
      if (input === LABELS_INPUT) this.#label(labels, row)
      else this.#prediction(waiting, row, idle[LABELS_INPUT] !== false)
    }
    if (progress === Infinity) this.#fire(Infinity)
    // Outcomes of the end are of this time, also where another process comes to the end.
    this.#clock.setF64(LAST, this.#mergeTime)
    if (this.#rows.count === 0) return []
    const { topic, partition } = this.#options
    const selection = { rows: undefined, from: 0, count: this.#rows.count }
    const block = this.#writer.encode(this.#rows.columns(), selection, {
      progress,
      idle: false,
      commit,
      layout: EXAMPLE_LAYOUT.digest,
    })
    return [{ topic, partition, records: blockRecord(block) }]
  }

  #label(columns: readonly Column[], row: number): void {
    const time = number(columns, 1, row)
    this.#clock.setF64(LABELS, time)
    this.#fire(time)
    this.#counts.add('labels', 1)
    const { bytes, ends } = text(columns, 0)
    const label = number(columns, 3, row)
    const labelTime = number(columns, 2, row)
    const key = bytes.subarray(ends[row], ends[row + 1])
    const slot = this.#room.table.upsert(
      bytes,
      ends[row],
      ends[row + 1],
      murmur2(bytes, ends[row], ends[row + 1]),
    )
    const entry = this.#room.point(slot)
    if (entry.status === WAITING) {
      entry.status = JOINED
      entry.label = label
      entry.labelTime = labelTime
      this.#judge(label)
      this.#out('joined', key)
    } else if (entry.status === JOINED) {
      if (entry.label === label) {
        this.#out('duplicate', key)
        return
      }
      if (!Number.isNaN(entry.score)) this.#metrics.remove(entry.score, entry.label, entry.time)
      entry.label = label
      entry.labelTime = labelTime
      this.#judge(label)
      this.#out('revised', key)
    } else if (entry.status === EARLY) {
      this.#out('duplicate', key)
    } else {
      entry.status = EARLY
      entry.label = label
      entry.labelTime = labelTime
      entry.score = NaN
      entry.time = NaN
      this.#arm(slot, time + this.#plan.earlyMs)
    }
  }

  #prediction(columns: readonly Column[], row: number, labelsIdle: boolean): void {
    const mergeTime = number(columns, 1, row)
    // A label feed that is idle makes nothing negative: its own clock stands still.
    this.#fire(labelsIdle ? this.#clock.f64[LABELS] : mergeTime)
    this.#mergeTime = mergeTime
    this.#counts.add('predictions', 1)
    const { bytes, ends } = text(columns, 0)
    const key = bytes.subarray(ends[row], ends[row + 1])
    const slot = this.#room.table.upsert(
      bytes,
      ends[row],
      ends[row + 1],
      murmur2(bytes, ends[row], ends[row + 1]),
    )
    const entry = this.#room.point(slot)
    if (entry.status === WAITING || entry.status === JOINED) {
      this.#counts.add('duplicatePredictions', 1)
      return
    }
    const early = entry.status === EARLY
    entry.status = early ? JOINED : WAITING
    entry.time = number(columns, 2, row)
    entry.score = number(columns, 3, row)
    entry.task = number(columns, 4, row)
    entry.commit = number(columns, 5, row)
    entry.row = number(columns, 6, row)
    if (!early) entry.label = NaN
    this.#arm(slot, mergeTime + this.#plan.withinMs)
    if (early) {
      this.#judge(entry.label)
      this.#out('joined', key)
    }
  }

  /** A prediction without a score, because the labels judge no output, waits and is joined, and nothing is measured. */
  #judge(label: number): void {
    const { score, time } = this.#room
    if (!Number.isNaN(score)) this.#metrics.add(score, label, time)
  }

  #arm(slot: number, due: number): void {
    this.#room.point(slot).due = due
    this.#timers.push(due, slot)
  }

  /** Fires what is due before `now`: what happens at the due time itself is in time. */
  #fire(now: number): void {
    this.#mergeTime = now === Infinity ? this.#mergeTime : now
    while (this.#timers.nextTime < now) {
      const due = this.#timers.nextTime
      const slot = this.#timers.pop()
      const entry = this.#room.point(slot)
      // A timer of an earlier stand of the id: it was armed again.
      if (entry.status === 0 || entry.due !== due) continue
      const key = this.#room.table.keyOf(slot)
      if (entry.status === EARLY) this.#out('orphaned', key)
      else if (entry.status === WAITING) this.#expire(key)
      entry.status = 0
      this.#room.table.remove(slot)
    }
  }

  #expire(key: Uint8Array): void {
    const entry = this.#room
    const { otherwise } = this.#plan
    entry.label = otherwise ?? NaN
    entry.labelTime = NaN
    if (otherwise !== undefined) this.#judge(otherwise)
    this.#out('expired', key)
  }

  #out(outcome: Outcome, key: Uint8Array): void {
    const entry = this.#room
    const alone = Number.isNaN(entry.time)
    this.#counts.add(outcome, 1)
    this.#rows.add(
      {
        outcome,
        mergeTime: this.#mergeTime,
        time: alone ? entry.labelTime : entry.time,
        label: entry.label,
        labelTime: entry.labelTime,
        score: entry.score,
        task: alone ? NaN : entry.task,
        commit: alone ? NaN : entry.commit,
        row: alone ? NaN : entry.row,
      },
      key,
    )
  }
}

function columnsOf(taken: Taken, indexes: readonly number[]): Column[] {
  return taken.count === 0 ? [] : indexes.map((index) => gather(taken, index))
}

function number(columns: readonly Column[], index: number, row: number): number {
  const column = columns[index]
  return column.kind === 'number' ? column.values[row] : NaN
}

function text(columns: readonly Column[], index: number): TextColumn {
  const column = columns[index]
  return column.kind === 'string' ? column : EMPTY
}

const EMPTY: TextColumn = {
  kind: 'string',
  bytes: new Uint8Array(0),
  ends: new Uint32Array(1),
  marks: undefined,
}
