// One atomic step a batch: outputs, state, positions. Nothing else in the engine writes to the log.
import { StateError } from '../base/errors.ts'
import type { Append, Writer } from '../contracts/log.ts'
import { CommitClock } from './commit-times.ts'
import { takesKeys } from './change/seed.ts'
import type { TaskStart } from './change/task-start.ts'
import { decodeCommit, encodeCommit, laneFromJson, type Commit } from './commit-record.ts'
import type { LanePosition } from './exchange/lane.ts'
import { blockRecord } from './exchange/router.ts'
import type { KeptTopic } from './body.ts'
import { readState, restoreFromCopy, seededMemory, type Restored } from './recovery.ts'
import { Retention, type LanePlace } from './retention.ts'
import { encodeSnapshot, type SnapshotPart } from './snapshot-record.ts'
import { countsIn } from './state/counts.ts'
import { StateMemory, type SnapshotCursor } from './state/memory.ts'
import type { TaskContext } from './task-context.ts'
import { taskId, type TaskSpec } from './task-spec.ts'
import { commitsTopic, snapshotsTopic } from './task-names.ts'

const CHUNK_BYTES = 256 << 10
const NO_CHUNK = new Uint8Array(0)
const NOWHERE = { from: 0, fromOffset: 0, startsAt: 0, before: -1, kept: [] }
const NO_TIME = { progress: -Infinity, tick: NaN, ticked: -Infinity }

/** A task that changes little state reads this many times its size before a snapshot lets the blocks go. */
const READ_FACTOR = 64

/** What a commit depends on, and what it says to others. */
export type CommitInputs = Pick<Commit, 'lanes' | 'progress' | 'tick' | 'ticked'> &
  Partial<Pick<Commit, 'unscored'>>

/** What a commit comes with that is not in it. */
export interface Beside {
  /** Bytes of internal blocks that were read for it. Default 0. */
  readonly readBytes?: number
  /** Called with the offsets of its appends once they are durable. */
  readonly landed?: (offsets: readonly number[]) => void
}

export class Committer {
  readonly #context: TaskContext
  readonly #task: TaskSpec
  readonly #writer: Writer
  readonly #memory: StateMemory
  readonly #flying: Promise<void>[] = []
  readonly #waker = new AbortController()
  /** Aborted when the task is to stop and when a commit failed: whoever waits for input must not sleep through that. */
  readonly wake: AbortSignal
  #failure: Error | undefined
  #number: number
  #ackedOffset: number
  #deltaBytes: number
  #readBytes = 0
  readonly #retention: Retention
  readonly #seeded: number
  #cursor: SnapshotCursor | undefined
  #cursorFrom: Pick<SnapshotPart, 'from' | 'fromOffset' | 'startsAt' | 'before' | 'kept'> = NOWHERE
  /** Offset of the last chunk of the newest whole snapshot. */
  #whole: number
  /** Offset behind all chunks that were there before it wrote one. */
  #startsAt: number
  /** Whether the last chunk of a snapshot is on its way: the next one names its place. */
  #closing = false
  /** How long commits took. */
  readonly clock: CommitClock = new CommitClock()
  /** A topic that belongs to the state, and is trimmed with it. */
  keeps: KeptTopic | undefined

  private constructor(
    context: TaskContext,
    task: TaskSpec,
    opened: {
      writer: Writer
      restored: Restored
      lanes: readonly LanePlace[]
      /** Where the next chunk of a snapshot will lie, or behind it. */
      chunksEnd: number
    },
  ) {
    const { lanes, restored } = opened
    const { last, lastOffset, memory, whole, deltaBytes, seeded } = restored
    this.#context = context
    // Not AbortSignal.any: with a listener, such a signal is kept for ever where neither of its sources aborts.
    this.wake = this.#waker.signal
    if (context.signal.aborted) this.#waker.abort('stopped')
    context.signal.addEventListener('abort', () => this.#waker.abort('stopped'), { once: true })
    this.#task = task
    this.#writer = opened.writer
    this.#memory = memory
    this.#number = last?.number ?? 0
    this.#ackedOffset = Math.max(0, lastOffset)
    this.#deltaBytes = deltaBytes
    this.#seeded = seeded
    this.#whole = whole
    this.#startsAt = opened.chunksEnd
    this.#retention = new Retention(context, task, { lanes, seeded })
  }

  /**
   * Takes the task over: fences its last owner, then restores what that one had committed.
   * @param lanes it alone reads, in the order of its commits: what no replay needs any more is trimmed.
   * @param start how it begins under a changed plan, where it has not begun under it.
   */
  static async open(
    context: TaskContext,
    task: TaskSpec,
    lanes: readonly LanePlace[],
    start?: TaskStart,
  ): Promise<{ committer: Committer; restored: Restored }> {
    await context.steps.reach('open:fence')
    const writer = await context.log.openWriter(taskId(task), { fromReserve: true })
    await context.steps.reach('open:restore')
    const { copy } = context
    const found = await (copy === undefined
      ? readState(context.log, task, { tell: context.restoring }).then((read) => read.restored())
      : restoreFromCopy(context.log, task, copy))
    const restored =
      start === undefined || (found.last?.number ?? 0) > start.after
        ? found
        : await begin(context, task, { writer, start, found })
    await context.steps.reach('open:restored')
    const info = await context.log.topic(snapshotsTopic(task.pipeline, task.stage))
    const chunksEnd = info?.parts[task.number]?.end ?? 0
    const committer = new Committer(context, task, { writer, restored, lanes, chunksEnd })
    return { committer, restored }
  }

  /** Number the next commit will have: receipts name it before it is made. */
  get next(): number {
    return this.#number + 1
  }

  /** The last commit that is durable. */
  get acknowledged(): number {
    return this.#number - this.#flying.length
  }

  /**
   * Hands a commit to the log; resolves when there is room for the next one, which is before this one is durable.
   * Rejects when an earlier commit failed: then nothing is known of those under way, and the task must be opened again.
   */
  async commit(
    appends: readonly Append[],
    inputs: CommitInputs,
    { readBytes = 0, landed }: Beside = {},
  ): Promise<void> {
    await this.#context.steps.reach('commit:delta')
    const delta = this.#memory.takeDelta()
    const number = ++this.#number
    this.#readBytes += readBytes
    const { pipeline, stage } = this.#task
    const counts = countsIn(this.#memory)
    const stateBytes = this.#memory.bytes
    const record = encodeCommit(
      { number, plan: this.#task.plan, unscored: [], ...inputs, counts, stateBytes },
      delta,
    )
    this.#deltaBytes += Math.max(delta.length, record.length)
    const all = [
      ...appends,
      {
        topic: commitsTopic(pipeline, stage),
        partition: this.#task.number,
        records: blockRecord(record),
      },
    ]
    const commitAt = appends.length
    const snapshot = this.#snapshotChunk(inputs.lanes)
    if (snapshot !== undefined)
      all.push({
        topic: snapshotsTopic(pipeline, stage),
        partition: this.#task.number,
        records: blockRecord(encodeSnapshot(snapshot.part, snapshot.chunk)),
      })
    await this.#context.steps.reach('commit:append')
    // They may end out of order: the last chunk of a snapshot is followed by a trim.
    const flight = this.#land(all, { commitAt, part: snapshot?.part, landed }).finally(() =>
      this.#flying.splice(this.#flying.indexOf(flight), 1),
    )
    this.#flying.push(flight)
    while (this.#flying.length >= this.#context.tuning.inFlight && this.#failure === undefined)
      await this.#flying[0]
    this.check()
  }

  /** Resolves when everything handed over is durable. */
  async drain(): Promise<void> {
    while (this.#flying.length > 0 && this.#failure === undefined) await this.#flying[0]
    this.check()
  }

  /** Resolves when all that was handed over by now is durable, whatever comes meanwhile. */
  async durable(): Promise<void> {
    await Promise.all(this.#flying)
    this.check()
  }

  /** Number of the last commit, durable or under way. */
  get last(): number {
    return this.#number
  }

  async close(): Promise<void> {
    await this.drain()
    await this.#writer.close()
  }

  /** @throws what a commit failed with, also one that was under way when its caller went on. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  async #land(
    appends: readonly Append[],
    of: { commitAt: number; part: SnapshotPart | undefined; landed: Beside['landed'] },
  ): Promise<void> {
    const { commitAt, part, landed } = of
    const handed = this.#context.clock.monotonic()
    try {
      const offsets = await this.#writer.append(appends)
      const { clock } = this.#context
      this.clock.took(clock.monotonic() - handed, clock.now())
      landed?.(offsets)
      this.#ackedOffset = offsets[commitAt]
      await this.#context.steps.reach('commit:acknowledged')
      if (part !== undefined) await this.#snapshotKept(part, offsets[commitAt + 1])
    } catch (error) {
      this.#failure ??=
        error instanceof Error
          ? error
          : new StateError('ML_INTERNAL', 'an append failed with something that is no error')
      this.#waker.abort('failed')
    }
  }

  #snapshotChunk(
    lanes: readonly LanePosition[],
  ): { part: SnapshotPart; chunk: Uint8Array } | undefined {
    if (this.#cursor === undefined) {
      if (this.#closing) return undefined
      const bytes = Math.max(this.#context.tuning.snapshotBytes, this.#memory.bytes)
      if (this.#deltaBytes < bytes && this.#readBytes < bytes * READ_FACTOR) return undefined
      this.#cursor = this.#memory.startSnapshot(CHUNK_BYTES)
      const kept = this.keeps === undefined ? [] : [this.keeps.oldest()]
      this.#cursorFrom = {
        from: this.#number,
        fromOffset: this.#ackedOffset,
        startsAt: this.#startsAt,
        before: this.#whole,
        kept: [...(this.keeps?.lanes?.() ?? lanes).map(({ offset }) => offset), ...kept],
      }
      this.#deltaBytes = 0
      this.#readBytes = 0
    }
    const chunk = this.#memory.readChunk(this.#cursor)
    if (chunk === undefined) {
      this.#cursor = undefined
      this.#closing = true
    }
    const part = {
      ...this.#cursorFrom,
      seeded: this.#seeded,
      commit: this.#number,
      last: chunk === undefined,
      at: this.#context.clock.now(),
    }
    return { part, chunk: chunk ?? NO_CHUNK }
  }

  async #snapshotKept({ last }: SnapshotPart, offset: number): Promise<void> {
    if (!last) return
    this.#whole = offset
    this.#startsAt = offset + 1
    this.#closing = false
    await this.#context.steps.reach('snapshot:complete')
    await this.#retention.kept(this.keeps?.topic)
  }
}

/** The first commit under a changed plan. Whoever dies before it is durable does the same again. */
async function begin(
  { log, steps }: TaskContext,
  task: TaskSpec,
  of: { writer: Writer; start: TaskStart; found: Restored },
): Promise<Restored> {
  const { writer, start, found } = of
  if (takesKeys(start.seed)) throw notSettled(task)
  const known = { commit: found.last?.number ?? 0, memory: found.memory }
  const memory = await seededMemory(log, task, start.seed, known)
  const commit: Commit = {
    ...NO_TIME,
    number: start.after + 1,
    plan: task.plan,
    lanes: start.lanes.map(laneFromJson),
    counts: countsIn(memory),
    stateBytes: memory.bytes,
    unscored: [],
    seed: start.seed,
  }
  const value = encodeCommit(commit, new StateMemory().takeDelta())
  const topic = commitsTopic(task.pipeline, task.stage)
  await steps.reach('seed:commit')
  const [offset] = await writer.append([
    { topic, partition: task.number, records: blockRecord(value) },
  ])
  await steps.reach('seed:committed')
  return {
    memory,
    last: decodeCommit(value),
    lastOffset: offset,
    whole: found.whole,
    deltaBytes: value.length,
    seeded: commit.number,
  }
}

function notSettled({ stage, number }: TaskSpec): StateError {
  return new StateError(
    'ML_STATE',
    `a rescale of stage '${stage}' must be finished before anything else changes; found that it was interrupted before task ${number} had its keys; run millrace rescale again as before, with the definition as it was then`,
    { details: { stage, task: number } },
  )
}
