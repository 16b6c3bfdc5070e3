// What one commit says: how far each lane was read, what the clock said, and which bytes of state changed. The value of a record of
// the commit topic.
import type { RowPlace } from '../contracts/model-calls.ts'
import { IDLE } from './exchange/block-format.ts'
import type { LanePosition } from './exchange/lane.ts'
import type { Seed } from './change/seed.ts'
import { packRecord, unpackRecord } from './packed-record.ts'

const MAGIC = 0x3243524d // 'MRC2'

/** Rows of a commit that a model was not called for, because it hangs on them or is quarantined. */
export interface Unscored {
  /** Index of the model in its stage. */
  readonly model: number
  readonly rows: readonly RowPlace[] | 'all'
}

export interface Commit {
  /** 1 for a task's first commit, then one more each. */
  readonly number: number
  /** Digest of the plan that made it. */
  readonly plan: string
  /** Per lane, in the order of the task's lanes: what is taken, and the progress that was assumed. */
  readonly lanes: readonly LanePosition[]
  /** Progress the task forwarded with this commit. */
  readonly progress: number
  /** The task's counters after it, in their order: so that who asks how far a task is need not restore its state. */
  readonly counts: readonly number[]
  /** Bytes of its state after it. */
  readonly stateBytes: number
  /**
   * What the task's clock said, ms since 1970: of a source, when it took the records; of a task that merges, when all its inputs were
   * found idle. NaN where the commit depends on no clock.
   */
  readonly tick: number
  /** Event time that ticks have brought the task to, in this commit or one before: -Infinity where none fired anything. */
  readonly ticked: number
  /** Recorded, because it cannot be derived again: a replay calls no model for them. */
  readonly unscored: readonly Unscored[]
  /** Set in the first commit under a changed plan: the state is then not that of the commit before, but made of these parts. */
  readonly seed?: Seed | undefined
}

/** A commit as it is read: the delta is unpacked when it is asked for. */
export interface CommitRecord extends Commit {
  readonly deltaBytes: number
  readonly delta: () => Uint8Array
}

/** Where a lane stands, in JSON: offset, row, bound and idleness. */
export type LaneJson = [number, number, number | null, number]

type Head = [
  number: number,
  plan: string,
  progress: number | null,
  lanes: LaneJson[],
  counts: readonly number[],
  stateBytes: number,
  tick: number,
  ticked: number | null,
  /** Left out where there is none; null stands for all rows. */
  unscored?: [model: number, rows: readonly RowPlace[] | null][],
  seed?: Seed,
]

// JSON has no infinities: null is "end", and a lane or task that has not begun stands at -Infinity.
const NEVER = -8.64e15

function toJson(time: number): number | null {
  return time === Infinity ? null : time === -Infinity ? NEVER : time
}

function fromJson(time: number | null): number {
  return time === null ? Infinity : time === NEVER ? -Infinity : time
}

export function laneToJson({ offset, row, bound, idle }: LanePosition): LaneJson {
  return [offset, row, toJson(bound), IDLE.indexOf(idle)]
}

export function laneFromJson([offset, row, bound, idle]: LaneJson): LanePosition {
  return { offset, row, bound: fromJson(bound), idle: IDLE[idle] ?? false }
}

export function encodeCommit(commit: Commit, delta: Uint8Array): Uint8Array {
  const head: Head = [
    commit.number,
    commit.plan,
    toJson(commit.progress),
    commit.lanes.map(laneToJson),
    commit.counts,
    commit.stateBytes,
    Number.isNaN(commit.tick) ? NEVER : commit.tick,
    toJson(commit.ticked),
  ]
  if (commit.unscored.length > 0 || commit.seed !== undefined)
    head.push(commit.unscored.map(({ model, rows }) => [model, rows === 'all' ? null : rows]))
  if (commit.seed !== undefined) head.push(commit.seed)
  return packRecord(MAGIC, head, delta)
}

/** @throws StateError ML_LOG_CORRUPT when it is no commit record. */
export function decodeCommit(value: Uint8Array): CommitRecord {
  const { head, bodyBytes, body } = unpackRecord(MAGIC, value, 'commit')
  const [number, plan, progress, lanes, counts, stateBytes, tick, ticked, unscored = [], seed] =
    head as Head
  return {
    number,
    plan,
    progress: fromJson(progress),
    lanes: lanes.map(laneFromJson),
    counts,
    stateBytes,
    tick: tick === NEVER ? NaN : tick,
    ticked: fromJson(ticked),
    unscored: unscored.map(([model, rows]) => ({ model, rows: rows ?? 'all' })),
    seed,
    deltaBytes: bodyBytes,
    delta: body,
  }
}
