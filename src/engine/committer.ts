// One atomic step a batch: outputs, state, positions. Nothing else in the engine writes to the log.
import { StateError } from '../base/errors.ts'
import type { Append, Writer } from '../contracts/log.ts'
import { encodeCommit, type Commit } from './commit-record.ts'
import { blockRecord } from './exchange/router.ts'
import type { KeptTopic } from './merge-task.ts'
import { restore, type Restored, type SnapshotPlace } from './recovery.ts'
import { encodeSnapshot, type SnapshotPart } from './snapshot-record.ts'
import { countsIn } from './state/counts.ts'
import type { SnapshotCursor, StateMemory } from './state/memory.ts'
import { taskId, type TaskContext, type TaskSpec } from './task-context.ts'
import { commitsTopic, snapshotsTopic } from './task-names.ts'

const CHUNK_BYTES = 256 << 10
const NO_CHUNK = new Uint8Array(0)

/** What a commit depends on, and what it says to others. */
export type CommitInputs = Pick<Commit, 'lanes' | 'progress' | 'tick' | 'ticked'> &
  Partial<Pick<Commit, 'unscored'>>

/** Called with the offsets of a commit's appends once they are durable. */
export type Landed = (offsets: readonly number[]) => void

export class Committer {
  readonly #context: TaskContext
  readonly #task: TaskSpec
  readonly #writer: Writer
  readonly #memory: StateMemory
  readonly #flying: Promise<void>[] = []
  readonly #failed = new AbortController()
  /** Aborted when the task is to stop and when a commit failed: whoever waits for input must not sleep through that. */
  readonly wake: AbortSignal
  #failure: Error | undefined
  #number: number
  #ackedOffset: number
  #deltaBytes: number
  #snapshots: SnapshotPlace[]
  #cursor: SnapshotCursor | undefined
  #cursorFrom = { from: 0, fromOffset: 0, keptFrom: 0 }
  #growing: SnapshotPlace | undefined
  /** A topic that belongs to the state, and is trimmed with it. */
  keeps: KeptTopic | undefined

  private constructor(
    context: TaskContext,
    task: TaskSpec,
    opened: { writer: Writer; restored: Restored },
  ) {
    const { last, lastOffset, memory, snapshots, deltaBytes } = opened.restored
    this.#context = context
    this.wake = AbortSignal.any([context.signal, this.#failed.signal])
    this.#task = task
    this.#writer = opened.writer
    this.#memory = memory
    this.#number = last?.number ?? 0
    this.#ackedOffset = Math.max(0, lastOffset)
    this.#deltaBytes = deltaBytes
    this.#snapshots = [...snapshots]
  }

  /** Takes the task over: fences its last owner, then restores what that one had committed. */
  static async open(
    context: TaskContext,
    task: TaskSpec,
  ): Promise<{ committer: Committer; restored: Restored }> {
    await context.steps.reach('open:fence')
    const writer = await context.log.openWriter(taskId(task))
    await context.steps.reach('open:restore')
    const restored = await restore(context.log, task)
    await context.steps.reach('open:restored')
    return { committer: new Committer(context, task, { writer, restored }), restored }
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
  async commit(appends: readonly Append[], inputs: CommitInputs, landed?: Landed): Promise<void> {
    await this.#context.steps.reach('commit:delta')
    const delta = this.#memory.takeDelta()
    const number = ++this.#number
    this.#deltaBytes += delta.length
    const { pipeline, stage } = this.#task
    const counts = countsIn(this.#memory)
    const stateBytes = this.#memory.bytes
    const record = encodeCommit(
      { number, plan: this.#task.plan, unscored: [], ...inputs, counts, stateBytes },
      delta,
    )
    const all = [
      ...appends,
      {
        topic: commitsTopic(pipeline, stage),
        partition: this.#task.number,
        records: blockRecord(record),
      },
    ]
    const commitAt = appends.length
    const snapshot = this.#snapshotChunk()
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
    of: { commitAt: number; part: SnapshotPart | undefined; landed: Landed | undefined },
  ): Promise<void> {
    const { commitAt, part, landed } = of
    try {
      const offsets = await this.#writer.append(appends)
      landed?.(offsets)
      this.#ackedOffset = offsets[commitAt]
      await this.#context.steps.reach('commit:acknowledged')
      if (part !== undefined) await this.#snapshotKept(part, offsets[commitAt + 1])
    } catch (error) {
      this.#failure ??=
        error instanceof Error
          ? error
          : new StateError('ML_INTERNAL', 'an append failed with something that is no error')
      this.#failed.abort()
    }
  }

  #snapshotChunk(): { part: SnapshotPart; chunk: Uint8Array } | undefined {
    if (this.#cursor === undefined) {
      if (this.#deltaBytes < Math.max(this.#context.tuning.snapshotBytes, this.#memory.bytes))
        return undefined
      this.#cursor = this.#memory.startSnapshot(CHUNK_BYTES)
      this.#cursorFrom = {
        from: this.#number,
        fromOffset: this.#ackedOffset,
        keptFrom: this.keeps?.oldest() ?? 0,
      }
      this.#deltaBytes = 0
    }
    const chunk = this.#memory.readChunk(this.#cursor)
    if (chunk === undefined) this.#cursor = undefined
    const part = {
      ...this.#cursorFrom,
      commit: this.#number,
      last: chunk === undefined,
      at: this.#context.clock.now(),
    }
    return { part, chunk: chunk ?? NO_CHUNK }
  }

  async #snapshotKept(
    { from, fromOffset, keptFrom, last, at }: SnapshotPart,
    offset: number,
  ): Promise<void> {
    if (this.#growing?.from !== from) this.#growing = { from, fromOffset, keptFrom, offset, at }
    if (!last) return
    await this.#context.steps.reach('snapshot:complete')
    this.#snapshots.push(this.#growing)
    await this.#trim()
  }

  /** Lets go of what lies before the newest snapshot that is older than the replay horizon. */
  async #trim(): Promise<void> {
    const { log, clock, tuning } = this.#context
    const horizon = clock.now() - tuning.replayMs
    const keep = this.#snapshots.findLastIndex(({ at }) => at <= horizon)
    if (keep <= 0) return
    const { offset, fromOffset, keptFrom } = this.#snapshots[keep]
    const { pipeline, stage, number } = this.#task
    this.#snapshots = this.#snapshots.slice(keep)
    await log.trim(snapshotsTopic(pipeline, stage), number, offset)
    await log.trim(commitsTopic(pipeline, stage), number, fromOffset)
    if (this.keeps !== undefined) await log.trim(this.keeps.topic, number, keptFrom)
  }
}
