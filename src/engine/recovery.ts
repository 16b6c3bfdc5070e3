// State = newest complete snapshot + the deltas from it on (ENGINE 6). The only way a task gets its state back,
// and the way a replay gets the state before any commit.
import { MillraceError, StateError } from '../base/errors.ts'
import { valueBytes } from '../base/records.ts'
import type { Log } from '../contracts/log.ts'
import { decodeCommit, type CommitRecord } from './commit-record.ts'
import { lastRecord } from './last-record.ts'
import { readPartition } from './read-partition.ts'
import type { Seed } from './change/seed.ts'
import { RestoreWatch, type TellRestore } from './restore-progress.ts'
import { decodeSnapshot } from './snapshot-record.ts'
import { setCounts } from './state/counts.ts'
import { StateMemory } from './state/memory.ts'
import type { TaskSpec } from './task-spec.ts'
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
 * @param upTo the last commit that counts. Default: all do.
 * @throws StateError ML_STATE when commits are missing; ML_OFFSET_GONE when `upTo` lies before the replay horizon.
 */
export async function restore(
  log: Log,
  task: TaskSpec,
  upTo: number = Infinity,
): Promise<Restored> {
  return (await readState(log, task, { upTo })).restored()
}

/** Reads a task's state as `restore` does, so that it can be gone on with. @throws as `restore` does. */
export async function readState(
  log: Log,
  task: TaskSpec,
  {
    upTo = Infinity,
    tell,
  }: { readonly upTo?: number; readonly tell?: TellRestore | undefined } = {},
): Promise<StateReading> {
  let newest = await newestUpTo(log, task, upTo)
  for (;;) {
    try {
      const reading = await StateReading.begin(log, task, { newest, upTo, tell })
      await reading.goOn(log)
      if (upTo < Infinity && upTo > reading.commit) throw beforeHorizon(task, upTo + 1)
      return reading
    } catch (error) {
      // Its owner may have let go of what was being read, which the newer snapshot that it wrote before stands for.
      const now = await newestUpTo(log, task, upTo)
      if (now?.end === newest?.end) throw error
      newest = now
    }
  }
}

/**
 * The same as `restore` gives, from a copy: only what was committed behind it is read. Where that is no longer kept, all is restored.
 * @param copy it is used up.
 */
export async function restoreFromCopy(
  log: Log,
  task: TaskSpec,
  copy: StateReading,
): Promise<Restored> {
  try {
    await copy.goOn(log)
  } catch (error) {
    if (!isGone(error)) throw error
    return restore(log, task)
  }
  return copy.restored(await wholeSnapshot(log, task))
}

/** Whether what was to be read is no longer kept. */
export function isGone(error: unknown): boolean {
  return error instanceof MillraceError && error.code === 'ML_OFFSET_GONE'
}

/** A snapshot that was not whole by then holds bytes of later commits. */
function newestUpTo(log: Log, task: TaskSpec, upTo: number): Promise<WholeSnapshot | undefined> {
  return wholeSnapshot(log, task, upTo === Infinity ? undefined : ({ commit }) => commit <= upTo)
}

/** Commits whose sizes are kept without looking for a snapshot behind them. */
const SIZES = 1024

interface SeedFound {
  readonly of: Seed
  readonly commit: CommitRecord
  readonly offset: number
  readonly bytes: number
}

/** The state of a task as far as its commits were read, one after the other: it knows which one must come. */
export class StateReading {
  readonly #task: TaskSpec
  readonly #upTo: number
  #newest: WholeSnapshot | undefined
  #memory = new StateMemory()
  #last: CommitRecord | undefined
  #lastOffset = -1
  #seeded: number
  /** Of each commit since the newest snapshot that it knows of: its number, and its bytes with those before it. */
  readonly #sizes: { readonly number: number; readonly bytes: number }[] = []
  #sizesMax = SIZES
  #seed: SeedFound | undefined
  #over = false
  #watch: RestoreWatch | undefined
  /** The offset of the commit topic to read next. */
  next: number

  private constructor(
    task: TaskSpec,
    of: { newest: WholeSnapshot | undefined; upTo: number; next: number },
  ) {
    this.#task = task
    this.#newest = of.newest
    this.#upTo = of.upTo
    this.#seeded = of.newest?.seeded ?? 0
    this.next = of.next
  }

  /** Reads the snapshot. */
  static async begin(
    log: Log,
    task: TaskSpec,
    {
      newest,
      upTo,
      tell,
    }: {
      readonly newest: WholeSnapshot | undefined
      readonly upTo: number
      readonly tell: TellRestore | undefined
    },
  ): Promise<StateReading> {
    const part = (await log.topic(commitsTopic(task.pipeline, task.stage)))?.parts[task.number]
    const next = newest?.fromOffset ?? part?.start ?? 0
    const reading = new StateReading(task, { newest, upTo, next })
    if (tell !== undefined)
      reading.#watch = new RestoreWatch(tell, {
        chunks: { from: newest?.startsAt ?? 0, to: newest === undefined ? 0 : newest.end + 1 },
        commits: { from: next, to: part?.end ?? next },
      })
    if (newest !== undefined)
      reading.#memory.restore(await chunksOf(log, task, { of: newest, watch: reading.#watch }))
    return reading
  }

  /** Number of the last commit that is applied; 0: none. */
  get commit(): number {
    return this.#last?.number ?? 0
  }

  get memory(): StateMemory {
    return this.#memory
  }

  /** Bytes of the commits since the newest snapshot that it knows of, their deltas unpacked. */
  get deltaBytes(): number {
    const first = this.#sizes.findIndex(({ number }) => number >= (this.#newest?.from ?? 0))
    if (first < 0) return 0
    const before = first === 0 ? 0 : this.#sizes[first - 1].bytes
    return (this.#sizes.at(-1)?.bytes ?? 0) - before
  }

  /** Applies all that is committed by now. */
  async goOn(log: Log): Promise<void> {
    const { pipeline, stage, number } = this.#task
    do {
      const place = { topic: commitsTopic(pipeline, stage), partition: number, from: this.next }
      await readPartition(log, place, (offset, value) => this.offer(offset, value))
    } while (await this.seed(log))
  }

  /** Applies the next commit. @returns false where nothing behind it may be offered before `seed` was called. */
  offer(offset: number, value: Uint8Array): boolean {
    const commit = decodeCommit(value.slice())
    if (commit.number > this.#upTo || this.#over) return false
    if (commit.number < (this.#last === undefined ? (this.#newest?.from ?? 0) : 0)) return true
    if (commit.seed !== undefined) {
      this.#seed = { of: commit.seed, commit, offset, bytes: value.length }
      return false
    }
    this.#over = !this.#follows(commit.number, offset)
    if (!this.#over) this.#take(commit, offset, value.length)
    return !this.#over
  }

  /** Applies a commit with a seed that was offered. @returns whether there was one: what lies behind it is to be read again. */
  async seed(log: Log): Promise<boolean> {
    const seed = this.#seed
    if (seed === undefined) return false
    this.#seed = undefined
    const before = { commit: this.commit, memory: this.#memory }
    this.#memory = await seededMemory(log, this.#task, seed.of, before)
    this.#take(seed.commit, seed.offset, seed.bytes)
    return true
  }

  /** Lets go of what is known of commits from before the newest snapshot, once that is much: for who goes on for long. */
  async forget(log: Log): Promise<void> {
    if (this.#sizes.length < this.#sizesMax) return
    this.#knows(await wholeSnapshot(log, this.#task))
    this.#sizesMax = Math.max(SIZES, 2 * this.#sizes.length)
  }

  /** @param newest as it is known by now. */
  restored(newest: WholeSnapshot | undefined = this.#newest): Restored {
    this.#watch = undefined
    this.#knows(newest)
    return {
      memory: this.#memory,
      last: this.#last,
      lastOffset: this.#lastOffset,
      whole: newest?.end ?? -1,
      deltaBytes: this.deltaBytes,
      seeded: this.#seeded,
    }
  }

  #knows(newest: WholeSnapshot | undefined): void {
    this.#newest = newest
    const first = this.#sizes.findIndex(({ number }) => number >= (newest?.from ?? 0))
    // One before stays: what it says is taken from those behind it.
    if (first > 1) this.#sizes.splice(0, first - 1)
  }

  #take(commit: CommitRecord, offset: number, bytes: number): void {
    this.#watch?.commit(offset, bytes)
    this.#memory.apply(commit.delta())
    this.#last = commit
    this.#lastOffset = offset
    this.next = offset + 1
    const before = this.#sizes.at(-1)?.bytes ?? 0
    this.#sizes.push({
      number: commit.number,
      bytes: before + Math.max(commit.deltaBytes, bytes),
    })
    if (commit.seed !== undefined) this.#seeded = commit.number
  }

  /** @throws StateError when a commit is missing; false: all it would need lies before what is kept. */
  #follows(number: number, offset: number): boolean {
    const last = this.#last
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

export interface LastCommit extends CommitRecord {
  /** When the log took it, ms since 1970. */
  readonly appendedAt: number
}

/** A task's last commit, without its state; undefined for a task that never committed. */
export async function lastCommit(log: Log, task: TaskSpec): Promise<LastCommit | undefined> {
  // Its topic is made when its plan first runs.
  const last = await lastRecord(log, commitsTopic(task.pipeline, task.stage), task.number)
  if (last === undefined) return undefined
  return { ...decodeCommit(valueBytes(last.record, 0)), appendedAt: last.appendedAt }
}

async function chunksOf(
  log: Log,
  task: TaskSpec,
  { of, watch }: { readonly of: WholeSnapshot; readonly watch: RestoreWatch | undefined },
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  const topic = snapshotsTopic(task.pipeline, task.stage)
  const place = { topic, partition: task.number, from: of.startsAt }
  await readPartition(log, place, (offset, value) => {
    watch?.chunk(offset, value.length)
    const record = decodeSnapshot(value)
    if (record.from !== of.from) return record.from < of.from
    const chunk = record.chunk()
    if (chunk.length > 0) chunks.push(chunk.slice())
    return !record.last
  })
  return chunks
}
