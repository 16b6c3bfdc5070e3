// State = newest complete snapshot + the deltas from it on (ENGINE 6). The only way a task gets its state back,
// and the way a replay gets the state before any commit.
import { StateError } from '../base/errors.ts'
import { valueBytes } from '../base/records.ts'
import type { Log } from '../contracts/log.ts'
import { decodeCommit, type CommitRecord } from './commit-record.ts'
import { lastRecord } from './last-record.ts'
import { readPartition } from './read-partition.ts'
import type { Seed } from './change/seed.ts'
import { decodeSnapshot } from './snapshot-record.ts'
import { setCounts } from './state/counts.ts'
import { StateMemory } from './state/memory.ts'
import type { TaskSpec } from './task-context.ts'
import { commitsTopic, snapshotsTopic } from './task-names.ts'
import { wholeSnapshot, type WholeSnapshot } from './whole-snapshot.ts'

export interface Restored {
  readonly memory: StateMemory
  /** The last commit; undefined for a task that never committed. */
  readonly last: CommitRecord | undefined
  /** Offset of its record. */
  readonly lastOffset: number
  /** Offset of the last chunk of its newest whole snapshot; -1: there is none. */
  readonly whole: number
  /** Bytes of the commits since that one, their deltas unpacked. */
  readonly deltaBytes: number
  /** Number of the last commit with a seed that it stands on; 0: of none. */
  readonly seeded: number
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
  let newest = await newestUpTo(log, task, upTo)
  for (;;) {
    try {
      return await restoreFrom(log, task, { newest, upTo })
    } catch (error) {
      // Its owner may have let go of what was being read, which the newer snapshot that it wrote before stands for.
      const now = await newestUpTo(log, task, upTo)
      if (now?.end === newest?.end) throw error
      newest = now
    }
  }
}

/** A snapshot that was not whole by then holds bytes of later commits. */
function newestUpTo(log: Log, task: TaskSpec, upTo: number): Promise<WholeSnapshot | undefined> {
  return wholeSnapshot(log, task, upTo === Infinity ? undefined : ({ commit }) => commit <= upTo)
}

async function restoreFrom(
  log: Log,
  task: TaskSpec,
  { newest, upTo }: { readonly newest: WholeSnapshot | undefined; readonly upTo: number },
): Promise<Restored> {
  const topic = commitsTopic(task.pipeline, task.stage)
  const start = newest?.fromOffset ?? (await log.topic(topic))?.parts[task.number].start ?? 0
  const reading = new CommitReading(task, { newest, upTo })
  if (newest !== undefined) reading.memory.restore(await chunksOf(log, task, newest))
  for (let from = start; ;) {
    const seed = await reading.read(log, from)
    if (seed === undefined) break
    const before = { commit: reading.last?.number ?? 0, memory: reading.memory }
    reading.memory = await seededMemory(log, task, seed.of, before)
    reading.take(seed.commit, seed.offset, seed.bytes)
    from = seed.offset + 1
  }
  const { memory, last, lastOffset, deltaBytes, seeded } = reading
  if (upTo < Infinity && upTo > (last?.number ?? 0)) throw beforeHorizon(task, upTo + 1)
  return { memory, last, lastOffset, whole: newest?.end ?? -1, deltaBytes, seeded }
}

interface SeedFound {
  readonly of: Seed
  readonly commit: CommitRecord
  readonly offset: number
  readonly bytes: number
}

/** Goes through the commits of a task, one after the other, and knows which one must come. */
class CommitReading {
  readonly #task: TaskSpec
  readonly #newest: WholeSnapshot | undefined
  readonly #upTo: number
  memory = new StateMemory()
  last: CommitRecord | undefined
  lastOffset = -1
  deltaBytes = 0
  seeded: number

  constructor(task: TaskSpec, of: { newest: WholeSnapshot | undefined; upTo: number }) {
    this.#task = task
    this.#newest = of.newest
    this.#upTo = of.upTo
    this.seeded = of.newest?.seeded ?? 0
  }

  /** Applies commits up to the next one that begins with a seed; gives that one, undefined at the end. */
  async read(log: Log, from: number): Promise<SeedFound | undefined> {
    const topic = commitsTopic(this.#task.pipeline, this.#task.stage)
    let found: SeedFound | undefined
    let over = false
    const place = { topic, partition: this.#task.number, from }
    await readPartition(log, place, (offset, value) => {
      const commit = decodeCommit(value.slice())
      if (commit.number > this.#upTo || over) return false
      if (commit.number < (this.#newest?.from ?? 0)) return true
      if (commit.seed !== undefined) {
        found = { of: commit.seed, commit, offset, bytes: value.length }
        return false
      }
      over = !this.#follows(commit.number, offset)
      if (!over) this.take(commit, offset, value.length)
      return !over
    })
    return found
  }

  take(commit: CommitRecord, offset: number, bytes: number): void {
    this.memory.apply(commit.delta())
    this.last = commit
    this.lastOffset = offset
    this.deltaBytes += Math.max(commit.deltaBytes, bytes)
    if (commit.seed !== undefined) this.seeded = commit.number
  }

  /** @throws StateError when a commit is missing; false: all it would need lies before what is kept. */
  #follows(number: number, offset: number): boolean {
    const { last } = this
    const newest = this.#newest
    const expected = last === undefined ? (newest?.from ?? 1) : last.number + 1
    if (number === expected) return true
    if (newest === undefined && last === undefined && this.#upTo < Infinity) return false
    const topic = commitsTopic(this.#task.pipeline, this.#task.stage)
    throw new StateError(
      'ML_STATE',
      `commit ${expected} of '${topic}' is missing: found ${number} at offset ${offset}; its state cannot be restored from this folder`,
      { details: { topic, partition: this.#task.number, offset } },
    )
  }
}

/**
 * The memory a seed begins with: the parts it names, as they were after their commits.
 * @param known the state of the task itself after one of its commits, where that is at hand.
 * @throws StateError ML_OFFSET_GONE when a part is no longer kept.
 */
export async function seededMemory(
  log: Log,
  task: TaskSpec,
  seed: Seed,
  known?: { readonly commit: number; readonly memory: StateMemory },
): Promise<StateMemory> {
  const memory = new StateMemory()
  for (const { stage, task: number, commit, regions } of seed.parts) {
    if (commit === 0) continue
    const own = stage === task.stage && number === task.number && commit === known?.commit
    const from =
      own && known !== undefined
        ? known.memory
        : (await restore(log, { ...task, stage, number }, commit)).memory
    memory.carry(from, regions)
  }
  if (!memory.has('counts')) setCounts(memory, seed.counts)
  return memory
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

/** One commit of a task, without its state; undefined where it is no longer kept. @param from an offset at or before its record. */
export async function commitAt(
  log: Log,
  task: TaskSpec,
  of: { readonly number: number; readonly from: number },
): Promise<CommitRecord | undefined> {
  let found: CommitRecord | undefined
  const topic = commitsTopic(task.pipeline, task.stage)
  const start = (await log.topic(topic))?.parts[task.number].start ?? 0
  const place = { topic, partition: task.number, from: Math.max(of.from, start) }
  await readPartition(log, place, (_, value) => {
    const record = decodeCommit(value)
    if (record.number < of.number) return true
    if (record.number === of.number) found = decodeCommit(value.slice())
    return false
  })
  return found
}

/** A task's last commit, without its state; undefined for a task that never committed. */
export async function lastCommit(log: Log, task: TaskSpec): Promise<CommitRecord | undefined> {
  // Its topic is made when its plan first runs.
  const last = await lastRecord(log, commitsTopic(task.pipeline, task.stage), task.number)
  return last === undefined ? undefined : decodeCommit(valueBytes(last.record, 0))
}

async function chunksOf(log: Log, task: TaskSpec, of: WholeSnapshot): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  const topic = snapshotsTopic(task.pipeline, task.stage)
  await readPartition(log, { topic, partition: task.number, from: of.startsAt }, (_, value) => {
    const record = decodeSnapshot(value)
    if (record.from !== of.from) return record.from < of.from
    const chunk = record.chunk()
    if (chunk.length > 0) chunks.push(chunk.slice())
    return !record.last
  })
  return chunks
}
