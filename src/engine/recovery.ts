// State = newest complete snapshot + the deltas from it on (ENGINE 6). The only way a task gets its state back,
// and the way a replay gets the state before any commit.
import { StateError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import { decodeCommit, type CommitRecord } from './commit-record.ts'
import { readPartition } from './read-partition.ts'
import { decodeSnapshot, type SnapshotPart } from './snapshot-record.ts'
import { StateMemory } from './state/memory.ts'
import type { TaskSpec } from './task-context.ts'
import { commitsTopic, snapshotsTopic } from './task-names.ts'

export interface SnapshotPlace {
  readonly from: number
  readonly fromOffset: number
  /** Offset of its first chunk in the snapshot topic. */
  readonly offset: number
  /** When its last chunk was written, ms. */
  readonly at: number
  /** As in the snapshot. */
  readonly kept: readonly number[]
}

export interface Restored {
  readonly memory: StateMemory
  /** The last commit; undefined for a task that never committed. */
  readonly last: CommitRecord | undefined
  /** Offset of its record. */
  readonly lastOffset: number
  /** Complete snapshots that are kept, oldest first. */
  readonly snapshots: readonly SnapshotPlace[]
  /** Bytes of the commits since the newest of them, their deltas unpacked. */
  readonly deltaBytes: number
}

/**
 * Restores a task's state.
 * @param upTo the last commit that counts; all where it is undefined.
 * @throws StateError ML_STATE when commits are missing; ML_OFFSET_GONE when `upTo` lies before the replay horizon.
 */
export async function restore(
  log: Log,
  task: TaskSpec,
  upTo: number = Infinity,
): Promise<Restored> {
  const memory = new StateMemory()
  const snapshots = await findSnapshots(log, task, upTo)
  const newest = snapshots.at(-1)
  if (newest !== undefined) memory.restore(await chunksOf(log, task, newest))
  const topic = commitsTopic(task.pipeline, task.stage)
  const start = newest?.fromOffset ?? (await log.topic(topic))?.parts[task.number].start ?? 0
  let last: CommitRecord | undefined
  let lastOffset = -1
  let deltaBytes = 0
  await readPartition(log, { topic, partition: task.number, from: start }, (offset, value) => {
    const commit = decodeCommit(value)
    if (commit.number > upTo) return false
    if (newest !== undefined && commit.number < newest.from) return true
    const expected = last === undefined ? (newest?.from ?? 1) : last.number + 1
    if (commit.number !== expected) {
      if (newest === undefined && last === undefined && upTo < Infinity) return false
      throw new StateError(
        'ML_STATE',
        `commit ${expected} of '${topic}' is missing: found ${commit.number} at offset ${offset}; its state cannot be restored from this folder`,
        {
          details: { topic, partition: task.number, offset },
        },
      )
    }
    memory.apply(commit.delta())
    last = commit
    lastOffset = offset
    deltaBytes += Math.max(commit.deltaBytes, value.length)
    return true
  })
  if (upTo < Infinity && upTo > (last?.number ?? 0)) throw beforeHorizon(task, upTo + 1)
  return { memory, last, lastOffset, snapshots, deltaBytes }
}

/** The error of a replay that reaches further back than what it needs is kept. */
export function beforeHorizon({ pipeline, stage, number }: TaskSpec, commit: number): StateError {
  return new StateError(
    'ML_OFFSET_GONE',
    `commit ${commit} of stage '${stage}', task ${number}, lies before the replay horizon: what it was made of is no longer kept; ` +
      '`millrace explain` still gives what its receipt says; for longer replays, give the pipeline a longer `replay`',
    { details: { topic: commitsTopic(pipeline, stage), partition: number, commit } },
  )
}

/** A task's last commit, without its state; undefined for a task that never committed. */
export async function lastCommit(log: Log, task: TaskSpec): Promise<CommitRecord | undefined> {
  const topic = commitsTopic(task.pipeline, task.stage)
  const end = (await log.topic(topic))?.parts[task.number].end ?? 0
  let last: CommitRecord | undefined
  await readPartition(
    log,
    { topic, partition: task.number, from: Math.max(0, end - 1) },
    (_, value) => {
      last = decodeCommit(value)
    },
  )
  return last
}

async function findSnapshots(log: Log, task: TaskSpec, upTo: number): Promise<SnapshotPlace[]> {
  const topic = snapshotsTopic(task.pipeline, task.stage)
  const info = await log.topic(topic)
  const found: SnapshotPlace[] = []
  let first: SnapshotPlace | undefined
  await readPartition(
    log,
    { topic, partition: task.number, from: info?.parts[task.number].start ?? 0 },
    (offset, value) => {
      const record = decodeSnapshot(value)
      // A snapshot that was not whole by then holds bytes of later commits.
      if (record.commit > upTo) return false
      if (first === undefined || first.from !== record.from) first = placeOf(record, offset)
      if (record.last) found.push({ ...first, at: record.at })
      return true
    },
  )
  return found
}

/** @param offset of its first chunk. */
export function placeOf(
  { from, fromOffset, at, kept }: SnapshotPart,
  offset: number,
): SnapshotPlace {
  return { from, fromOffset, offset, at, kept }
}

async function chunksOf(log: Log, task: TaskSpec, place: SnapshotPlace): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  const topic = snapshotsTopic(task.pipeline, task.stage)
  await readPartition(log, { topic, partition: task.number, from: place.offset }, (_, value) => {
    const record = decodeSnapshot(value)
    if (record.from !== place.from) return false
    const chunk = record.chunk()
    if (chunk.length > 0) chunks.push(chunk.slice())
    return !record.last
  })
  return chunks
}
