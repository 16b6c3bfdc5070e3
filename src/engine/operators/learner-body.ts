// Learns from the examples of a model, or from its rows, in the order of their merge time, and tells those who predict of its snapshots.
//
// A snapshot is taken at the multiples of the model's period, and holds exactly the examples whose merge time is before that: it
// does not depend on how rows were cut into batches. It predicts the rows from that time on. What is told to those who predict goes
// on to the end of the period in which the examples stand: a row at t needs the examples before the period of t and no later ones, so
// that those who predict and those who learn never wait for each other.
//
// What a learner knows is not in the delta of a commit. After a restart it is the newest snapshot, and the examples after it once more.
import { StateError } from '../../base/errors.ts'
import { BAD_FEATURE, BAD_LABEL, type Learner } from '../../contracts/learner.ts'
import { learnerDigest } from '../../contracts/learner-digest.ts'
import type { Append, Log } from '../../contracts/log.ts'
import type { LearningPlan } from '../../pipeline/plan.ts'
import type { BatchContext, KeptTopic, StageBody } from '../body.ts'
import type { LanePosition } from '../exchange/lane.ts'
import type { Merged, Taken } from '../exchange/merge.ts'
import {
  LearnerSnapshots,
  digestOf,
  snapshotRecords,
  type LearnerPlace,
} from '../learner-snapshots.ts'
import { relearn } from '../relearn.ts'
import { Counts } from '../state/counts.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import type { TaskInput } from '../merge-task.ts'
import { learnerRows, type LearnerRows, type Lessons } from './learner-rows.ts'
import { LearntWriter, type LearntLanes } from './learnt-writer.ts'

export const LEARNER_COUNTS = [
  /** Examples or rows that were learnt, that have no label it knows, a feature that is infinite, or no receipt any more. */
  'learnt',
  'badLabel',
  'badFeature',
  'unknownFeatures',
  /** Outcomes that are no examples. */
  'passed',
  /** Snapshots that predict, and all bytes of them. */
  'snapshots',
  'snapshotBytes',
  /** Of the newest one, the event time from which it predicts, ms, and its bytes. */
  'newestFrom',
  'newestBytes',
] as const

/** A snapshot is taken after that many examples at the latest, so that a restart learns no more again. It predicts nothing. */
const KEEP_ROWS = 65_536

// Words of the region.
/** Number of the newest snapshot; 0 for none. */
const SNAPSHOT = 0
/** Examples or rows it has learnt, all in all, and when the newest snapshot was taken that predicts. */
const EXAMPLES = 1
const PUBLISHED = 2
/** Merge time of the last example that was learnt. */
const LAST = 3
/** Examples since the newest snapshot, also those that were refused. */
const ROWS = 4
/** How far those who predict were told it has come; and whether they were. */
const TOLD = 5
const TOLD_SET = 6
/** First digits of the digest of the learner: with other settings, or over other features, it begins anew. */
const SETTINGS = 7
const WORDS = 8
const REGION = 'learner'

/** Where lanes stood, and how many rows of the batch were taken after that. */
type RowsOfLanes = Omit<LearnerPlace, 'examples'>

/** How far a learner has told those who predict that it has come, ms. */
export function toldIn(memory: StateMemory): number {
  const { f64 } = memory.region(REGION, WORDS * 8)
  return f64[TOLD_SET] === 1 ? f64[TOLD] : -Infinity
}

export interface LearnerOptions {
  readonly log: Log
  /** Topic of the snapshots. */
  readonly topic: string
  readonly inputs: readonly TaskInput[]
  readonly from: LearningPlan['from']
  readonly features: readonly string[]
  /** Of a bandit, what it chooses from. */
  readonly actions?: readonly string[] | undefined
  readonly periodMs: number
  /** Commit before its first one, where it began after a change of the plan, and with other lanes: their rows have another order. */
  readonly beganAfter?: number | undefined
  readonly make: () => Learner
  readonly lanes: LearntLanes
}

export class LearnerBody implements StageBody {
  readonly keeps: KeptTopic
  readonly #options: LearnerOptions
  readonly #memory: StateMemory
  readonly #region: Region
  readonly #counts: Counts<(typeof LEARNER_COUNTS)[number]>
  readonly #snapshots: LearnerSnapshots
  readonly #writer: LearntWriter
  #learner: Learner | undefined
  /** Digest of the learner as it begins. */
  #fresh = ''
  #outcomes = new Uint8Array(0)
  /** Snapshots of the batch. */
  #taken: Append[] = []
  /** How many snapshots each batch that is under way has. */
  readonly #flying: number[] = []
  /** What the newest snapshot needs to be learnt on from: it, and where the lanes stood. */
  #oldest = 0
  #lanes: readonly LanePosition[] | undefined

  constructor(memory: StateMemory, options: LearnerOptions) {
    this.#options = options
    this.#memory = memory
    this.#region = memory.region(REGION, WORDS * 8)
    this.#counts = new Counts(memory, LEARNER_COUNTS)
    this.#snapshots = new LearnerSnapshots(options.log, options.topic)
    this.#writer = new LearntWriter(options.lanes)
    this.keeps = { topic: options.topic, oldest: () => this.#oldest, lanes: () => this.#lanes }
  }

  async process(merged: Merged, batch: BatchContext): Promise<Append[]> {
    const { from = [], progress, commit } = batch
    this.#taken = []
    this.#writer.begin()
    const learner = (this.#learner ??= await this.#restored(from))
    // What came before the change is learnt once more in its own order, or not at all.
    if (commit - 1 === this.#options.beganAfter) this.#keep(learner, { lanes: from, rows: 0 })
    this.#learn(learner, merged.inputs[0], from)
    const { f64 } = this.#region
    const end = { lanes: from, rows: merged.count }
    if (this.#pending && progress >= this.#boundary(f64[LAST])) this.#publish(learner, end)
    const told = Number.isFinite(progress) ? this.#boundary(progress) : progress
    const further = told > toldIn(this.#memory)
    const blocks = this.#writer.blocks({ progress: told, commit, always: further })
    if (further) this.#tell(told)
    this.#flying.push(this.#taken.length)
    return [...this.#taken, ...blocks]
  }

  landed(offsets: readonly number[]): void {
    const taken = this.#flying.shift() ?? 0
    if (taken > 0) this.#oldest = offsets[taken - 1]
  }

  /** Learns the rows, and takes the snapshots that are due between them. */
  #learn(learner: Learner, taken: Taken, from: readonly LanePosition[]): void {
    const rows = learnerRows(taken, this.#lessons, 0)
    this.#count(rows)
    for (let row = 0; row < rows.count;) {
      const time = rows.times[row]
      if (this.#pending && time >= this.#boundary(this.#region.f64[LAST])) {
        this.#publish(learner, { lanes: from, rows: rows.places[row] })
      }
      const to = this.#end(rows, row)
      const left = this.#take(learner, rows, [row, to])
      const { f64 } = this.#region
      this.#set(EXAMPLES, f64[EXAMPLES] + to - row - left)
      this.#set(ROWS, f64[ROWS] + to - row)
      this.#set(LAST, rows.times[to - 1])
      if (f64[ROWS] === KEEP_ROWS)
        this.#keep(learner, { lanes: from, rows: rows.places[to - 1] + 1 })
      row = to
    }
  }

  /** Where rows end that are learnt at once: with their period, or when a snapshot is due for their number. */
  #end({ count, times }: LearnerRows, from: number): number {
    const most = Math.min(count, from + KEEP_ROWS - this.#region.f64[ROWS])
    const end = this.#boundary(times[from])
    let to = from + 1
    while (to < most && times[to] < end) to++
    return to
  }

  #take(learner: Learner, rows: LearnerRows, [from, to]: readonly [number, number]): number {
    if (this.#outcomes.length < to) this.#outcomes = new Uint8Array(to * 2)
    const outcomes = this.#outcomes
    const { columns, labels, times, arms } = rows
    const left = learner.learn({ columns, from, to, times, arms }, labels, outcomes)
    this.#counts.add('learnt', to - from - left)
    if (left > 0)
      for (let row = from; row < to; row++) {
        if (outcomes[row] === BAD_LABEL) this.#counts.add('badLabel', 1)
        else if (outcomes[row] === BAD_FEATURE) this.#counts.add('badFeature', 1)
      }
    return left
  }

  #count({ passed, unknown }: LearnerRows): void {
    if (passed > 0) this.#counts.add('passed', passed)
    if (unknown > 0) this.#counts.add('unknownFeatures', unknown)
  }

  get #lessons(): Lessons {
    const { from, features, actions } = this.#options
    return { from, features: features.length, rewards: actions !== undefined }
  }

  /** Whether it knows more than the newest snapshot that predicts. */
  get #pending(): boolean {
    return this.#region.f64[EXAMPLES] > this.#region.f64[PUBLISHED]
  }

  /** The end of the period that a time is in. */
  #boundary(time: number): number {
    const { periodMs } = this.#options
    return (Math.floor(time / periodMs) + 1) * periodMs
  }

  #publish(of: Learner, at: RowsOfLanes): void {
    const { number, digest, bytes } = this.#keep(of, at)
    const { f64 } = this.#region
    this.#set(PUBLISHED, f64[EXAMPLES])
    this.#counts.add('snapshots', 1)
    this.#counts.add('snapshotBytes', bytes)
    const time = this.#boundary(f64[LAST])
    this.#counts.set('newestFrom', time)
    this.#counts.set('newestBytes', bytes)
    const learner = this.#fresh
    this.#writer.add({ time, snapshot: number, examples: f64[EXAMPLES], digest, learner })
  }

  #keep(
    learner: Learner,
    at: RowsOfLanes,
  ): { readonly number: number; readonly digest: string; readonly bytes: number } {
    const bytes = learner.encode()
    const digest = digestOf(bytes)
    const number = this.#region.f64[SNAPSHOT] + 1
    const place = { ...at, examples: this.#region.f64[EXAMPLES] }
    const records = snapshotRecords({ number, digest, place, bytes })
    this.#taken.push({ topic: this.#options.topic, partition: 0, records })
    this.#set(SNAPSHOT, number)
    this.#set(ROWS, 0)
    this.#lanes = at.lanes
    return { number, digest, bytes: bytes.length }
  }

  /** The learner as it was committed. @param to where its lanes stand. */
  async #restored(to: readonly LanePosition[]): Promise<Learner> {
    const { make, inputs, log, features, actions } = this.#options
    const learner = make()
    this.#fresh = learnerDigest(learner, features, actions)
    const settings = Number.parseInt(this.#fresh.slice(0, 12), 16)
    const { f64 } = this.#region
    if (f64[SNAPSHOT] === 0 || f64[SETTINGS] !== settings) {
      this.#set(SETTINGS, settings)
      this.#set(EXAMPLES, 0)
      this.#set(PUBLISHED, 0)
      this.#set(ROWS, 0)
      this.#keep(learner, { lanes: to, rows: 0 })
      return learner
    }
    const number = f64[SNAPSHOT]
    const { bytes, place } = await this.#snapshots.read(number)
    this.#oldest = (await this.#snapshots.offset(number)) ?? 0
    this.#lanes = place.lanes
    learner.restore(bytes)
    const again = await relearn(log, {
      learner,
      inputs,
      from: place,
      to,
      lessons: this.#lessons,
    })
    if (place.examples + again !== f64[EXAMPLES])
      throw new StateError(
        'ML_STATE',
        `a learner must learn the ${f64[EXAMPLES] - place.examples} examples after its snapshot once more; found ${again} in '${inputs[0].topic}'; restore the log from a backup`,
        { details: { topic: inputs[0].topic } },
      )
    return learner
  }

  #tell(progress: number): void {
    this.#set(TOLD, progress)
    this.#set(TOLD_SET, 1)
  }

  #set(word: number, value: number): void {
    this.#region.setF64(word, value)
  }
}
