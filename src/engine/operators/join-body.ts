// Joins labels to the predictions they judge, by id (ENGINE 9). Every label, revision and expiry yields one outcome;
// what fits nothing is an outcome too: nothing is dropped.
import type { Column, TextColumn } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import type { LabelPlan } from '../../pipeline/plan.ts'
import { BlockWriter } from '../exchange/block-writer.ts'
import { gather } from '../exchange/gather.ts'
import { KEY, MERGE_TIME, TIME, type Layout } from '../exchange/layout.ts'
import type { Merged, Taken } from '../exchange/merge.ts'
import { blockRecord } from '../exchange/router.ts'
import type { BatchContext, KeptTopic, StageBody } from '../body.ts'
import { Counts } from '../state/counts.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import { EARLY, JOINED, NOWHERE, WAITING } from '../waiting/row.ts'
import { NOT_LOADED, TAKEN } from '../waiting/sealed-runs.ts'
import { WaitingRoom, type Ids, type WaitingOptions } from '../waiting/waiting-room.ts'
import {
  EXAMPLE_LAYOUT,
  LABEL,
  RECEIPT_COMMIT,
  RECEIPT_ROW,
  RECEIPT_TASK,
  SCORE,
  VERSION,
  type Outcome,
} from './join-layouts.ts'
import { JoinRows } from './join-rows.ts'
import type { JudgedRows } from './judged-rows.ts'
import { Judging, type JoinMetrics } from './judging.ts'
import type { ReceiptFeatures } from './receipt-features.ts'

export const JOIN_COUNTS = [
  'labels',
  'predictions',
  'joined',
  'expired',
  'orphaned',
  'duplicate',
  'revised',
  'repeated',
  /** Labels that their score cannot be measured against. Their examples are there all the same. */
  'unmeasured',
] as const

const LABELS_INPUT = 0
/** Outcomes of a commit that brings nothing but the end, at most: millions may wait for it. */
const END_ROWS = 4096

// Words of the clock: merge time of the last label, and of what happened last.
const LABELS = 0
const LAST = 1

// Words of what was told.
const TOLD = 0
const TOLD_SET = 1

export interface JoinOptions {
  readonly labels: LabelPlan
  readonly topic: string
  readonly partition: number
  readonly metrics: (memory: StateMemory) => JoinMetrics
  /** Of the model: features of examples, and what a score does not say. */
  readonly receipts?: ReceiptFeatures | undefined
  /** How examples have their features, where the model learns from them. */
  readonly learns?: JoinLearns | undefined
  /** To the task that watches for drift. */
  readonly judged?: ((memory: StateMemory) => JudgedRows) | undefined
  /** Where what waits is kept once it is sealed. */
  readonly waiting: Omit<WaitingOptions, 'withinMs' | 'partition'>
}

/** A model that learns has the features in its examples, as its receipts have them, and is told how far they have come. */
export interface JoinLearns {
  readonly layout: Layout
  /** Progress beyond a multiple of it is told even where there is no example, ms. */
  readonly periodMs: number
  readonly receipts: ReceiptFeatures
}

export class JoinBody implements StageBody {
  readonly keeps: KeptTopic
  readonly #plan: LabelPlan
  readonly #options: JoinOptions
  readonly #room: WaitingRoom
  readonly #counts: Counts<(typeof JOIN_COUNTS)[number]>
  readonly #clock: Region
  readonly #judging: Judging
  readonly #judged: JudgedRows | undefined
  readonly #rows: JoinRows
  /** How far those who learn have been told that examples have come; nothing where nobody learns. */
  readonly #told: Region | undefined
  readonly #writer = new BlockWriter()
  #mergeTime: number

  constructor(memory: StateMemory, options: JoinOptions) {
    const { labels, partition, waiting } = options
    this.#plan = labels
    this.#options = options
    const room = new WaitingRoom(memory, { ...waiting, partition, withinMs: labels.withinMs })
    this.#room = room
    this.keeps = { topic: waiting.topic, oldest: () => room.oldest }
    this.#counts = new Counts(memory, JOIN_COUNTS)
    this.#clock = memory.region('label-clock', 16)
    this.#mergeTime = this.#clock.f64[LAST]
    const judged = options.judged?.(memory)
    this.#judged = judged
    this.#judging = new Judging({
      metrics: options.metrics(memory),
      unmeasured: () => this.#counts.add('unmeasured', 1),
      receipts: options.receipts,
      measured: judged && ((row, of) => judged.note(row, of)),
    })
    this.#rows = new JoinRows(partition)
    this.#told = options.learns && memory.region('told', 16)
  }

  async process(merged: Merged, { progress, idle, commit }: BatchContext): Promise<Append[]> {
    this.#rows.reset()
    const labels = columnsOf(merged.inputs[LABELS_INPUT], [KEY, MERGE_TIME, TIME, LABEL])
    const waiting = columnsOf(merged.inputs[1], [
      KEY,
      MERGE_TIME,
      TIME,
      SCORE,
      VERSION,
      RECEIPT_TASK,
      RECEIPT_COMMIT,
      RECEIPT_ROW,
    ])
    const labelCount = merged.inputs[LABELS_INPUT].count
    await this.#room.begin([idsOf(labels, labelCount), idsOf(waiting, merged.inputs[1].count)])
    const next = [0, 0]
    for (let step = 0; step < merged.count; step++) {
      const input = merged.order[step]
      const row = next[input]++
      const isLabel = input === LABELS_INPUT
      const mergeTime = number(isLabel ? labels : waiting, 1, row)
      if (isLabel) this.#clock.setF64(LABELS, mergeTime)
      // A label feed that is idle makes nothing negative: its own clock stands still.
      const quiet = !isLabel && idle[LABELS_INPUT] !== false
      const now = quiet ? this.#clock.f64[LABELS] : mergeTime
      while (!this.#fire(now)) await this.#room.load()
      this.#mergeTime = Math.max(this.#mergeTime, isLabel ? now : mergeTime)
      if (isLabel) this.#label(labels, row, row)
      else this.#prediction(waiting, row, labelCount + row)
    }
    // What is due by progress alone waits for no later row. Labels that stand idle may yet bring earlier ones.
    if (progress === Infinity || idle[LABELS_INPUT] === false)
      while (!this.#fire(progress)) await this.#room.load()
    // Outcomes of the end go on from this time, also where another process comes to the end.
    this.#clock.setF64(LAST, this.#mergeTime)
    const reached = this.more ? this.#mergeTime : progress
    const outcomes = await this.#outcomes(reached, commit)
    const { count } = this.#rows
    const columns = this.#judged === undefined ? [] : this.#rows.columns()
    const judged = this.#judged?.route(columns, { progress: reached, commit, count }) ?? []
    return [...outcomes, ...judged, ...this.#room.end(outcomes.length + judged.length)]
  }

  /** At the end of all inputs, what waits expires over as many commits as it takes. */
  get more(): boolean {
    return this.#room.isEnding
  }

  get sealed(): WaitingRoom['sealed'] {
    return this.#room.sealed
  }

  landed(offsets: readonly number[]): void {
    this.#room.landed(offsets)
  }

  /** @param reached how far it has come, ms. */
  async #outcomes(reached: number, commit: number): Promise<Append[]> {
    const { learns } = this.#options
    if (this.#rows.count === 0 && (learns === undefined || !this.#passes(reached, learns)))
      return []
    const { topic, partition } = this.#options
    const selection = { rows: undefined, from: 0, count: this.#rows.count }
    await this.#judging.settle(this.#rows.receipts())
    const columns = this.#rows.columns()
    if (learns !== undefined) {
      columns.push(...(await learns.receipts.columns(this.#rows.receipts())))
      if (reached > this.#reached) this.#tell(reached)
    }
    const block = this.#writer.encode(columns, selection, {
      progress: reached,
      idle: false,
      commit,
      layout: (learns?.layout ?? EXAMPLE_LAYOUT).digest,
    })
    return [{ topic, partition, records: blockRecord(block) }]
  }

  /** Whether snapshots are due by progress that was not told yet. */
  #passes(progress: number, { periodMs }: JoinLearns): boolean {
    return Math.floor(progress / periodMs) > Math.floor(this.#reached / periodMs)
  }

  #tell(progress: number): void {
    this.#told?.setF64(TOLD, progress)
    this.#told?.setF64(TOLD_SET, 1)
  }

  /** The progress that those who learn were told. */
  get #reached(): number {
    return this.#told?.f64[TOLD_SET] === 1 ? this.#told.f64[TOLD] : -Infinity
  }

  /** The merge time of an outcome: never before what was told, though labels that stood idle may bring what is. */
  get #outTime(): number {
    const reached = this.#reached
    return reached === Infinity ? this.#mergeTime : Math.max(this.#mergeTime, reached)
  }

  #label(columns: readonly Column[], row: number, id: number): void {
    this.#counts.add('labels', 1)
    const { bytes, ends } = text(columns, 0)
    const label = number(columns, 3, row)
    const status = this.#room.find(id, bytes, ends[row], ends[row + 1])
    const { entry } = this.#room
    if (status === NOWHERE) {
      entry.status = EARLY
      this.#room.arm(number(columns, 1, row) + this.#plan.earlyMs)
    } else if (status !== WAITING && entry.label === label) {
      this.#out('duplicate')
      return
    }
    const before = status === JOINED ? entry.label : NaN
    if (status === WAITING) entry.status = JOINED
    entry.label = label
    entry.labelTime = number(columns, 2, row)
    if (entry.status === JOINED) this.#judge(before)
    if (status !== NOWHERE) this.#out(status === WAITING ? 'joined' : 'revised')
    this.#room.put()
  }

  #prediction(columns: readonly Column[], row: number, id: number): void {
    this.#counts.add('predictions', 1)
    const { bytes, ends } = text(columns, 0)
    const status = this.#room.find(id, bytes, ends[row], ends[row + 1])
    if (status === WAITING || status === JOINED) {
      this.#repeated(columns, row)
      return
    }
    const { entry } = this.#room
    entry.status = status === EARLY ? JOINED : WAITING
    entry.time = number(columns, 2, row)
    entry.score = number(columns, 3, row)
    entry.version = number(columns, 4, row)
    entry.task = number(columns, 5, row)
    entry.commit = number(columns, 6, row)
    entry.row = number(columns, 7, row)
    this.#room.arm(number(columns, 1, row) + this.#plan.withinMs)
    if (status === EARLY) {
      this.#judge(NaN)
      this.#out('joined')
    }
    this.#room.put()
  }

  /** The first prediction of an id is the one that is judged; whoever reads the examples sees that there was another. */
  #repeated(columns: readonly Column[], row: number): void {
    this.#counts.add('repeated', 1)
    this.#rows.add(
      {
        outcome: 'repeated',
        mergeTime: this.#outTime,
        time: number(columns, 2, row),
        label: NaN,
        labelTime: NaN,
        score: number(columns, 3, row),
        version: number(columns, 4, row),
        task: number(columns, 5, row),
        commit: number(columns, 6, row),
        row: number(columns, 7, row),
      },
      this.#room.entry.id,
    )
  }

  /** @param before the label it had until now; NaN for none. */
  #judge(before: number): void {
    this.#judging.judge(this.#room.entry, before, this.#rows.count)
  }

  /**
   * Fires what is due before `now`: what happens at the due time itself is in time.
   * @returns false when something must be loaded first.
   */
  #fire(now: number): boolean {
    const room = this.#room
    room.advance(now)
    while (room.nextDue < now) {
      if (now === Infinity && this.#rows.count >= END_ROWS) return true
      const taken = room.takeNext(now)
      if (taken === NOT_LOADED) return false
      if (taken !== TAKEN) return true
      const { status, due } = room.entry
      if (status !== EARLY && status !== WAITING) continue
      // When it was due, not what brought time so far (a row, or progress, as batches have it); of rows with an outcome
      // alone: a joined one may end in a run untouched.
      this.#mergeTime = Math.max(this.#mergeTime, due)
      if (status === EARLY) this.#out('orphaned')
      else this.#expire()
    }
    return true
  }

  #expire(): void {
    const { entry } = this.#room
    const { otherwise } = this.#plan
    entry.label = otherwise ?? NaN
    entry.labelTime = NaN
    if (otherwise !== undefined) this.#judge(NaN)
    this.#out('expired')
  }

  #out(outcome: Outcome): void {
    const { entry } = this.#room
    const alone = Number.isNaN(entry.time)
    this.#counts.add(outcome, 1)
    this.#rows.add(
      {
        outcome,
        mergeTime: this.#outTime,
        time: alone ? entry.labelTime : entry.time,
        label: entry.label,
        labelTime: entry.labelTime,
        score: entry.score,
        version: alone ? NaN : entry.version,
        task: alone ? NaN : entry.task,
        commit: alone ? NaN : entry.commit,
        row: alone ? NaN : entry.row,
      },
      entry.id,
    )
  }
}

function idsOf(columns: readonly Column[], count: number): Ids {
  const { bytes, ends } = count === 0 ? EMPTY : text(columns, 0)
  return { bytes, ends, count }
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
