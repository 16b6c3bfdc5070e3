// A task that reads one partition of a topic from outside: the partition is its only lane.
import type { ReadResult, Records } from '../contracts/log.ts'
import type { TaskStart } from './change/task-start.ts'
import { Committer } from './committer.ts'
import type { LanePosition } from './exchange/lane.ts'
import { behindGaps } from './gap.ts'
import type { TaskProgress } from './merge-task.ts'
import { NO_RECORDS } from './no-records.ts'
import type { SourceBody } from './operators/source-body.ts'
import { keptRead, sourceStart, type SourcePlace } from './source-place.ts'
import type { StateMemory } from './state/memory.ts'
import { sourceBatches, type SourceBatch } from './source-batches.ts'
import type { TaskContext } from './task-context.ts'
import type { TaskSpec } from './task-spec.ts'
import type { TaskFigures } from './task-figures.ts'

const POLL_MS = 1000

export class SourceTask {
  readonly spec: TaskSpec
  readonly #context: TaskContext
  readonly #place: SourcePlace
  readonly #committer: Committer
  readonly #body: SourceBody
  #offset: number
  #idle: boolean
  #forwarded: number
  #lastRecordAt: number
  /** It has not said yet, under this plan, how far it is: its lanes may be new, and there may be nothing more to read. */
  #silent: boolean
  /** When it read last, ms since 1970; NaN where it never did. */
  #readAt: number

  private constructor(opened: {
    context: TaskContext
    spec: TaskSpec
    place: SourcePlace
    committer: Committer
    body: SourceBody
    offset: number
    idle: boolean
    forwarded: number
    silent: boolean
    readAt: number
  }) {
    this.#context = opened.context
    this.spec = opened.spec
    this.#place = opened.place
    this.#committer = opened.committer
    this.#body = opened.body
    this.#offset = opened.offset
    this.#idle = opened.idle
    this.#forwarded = opened.forwarded
    this.#silent = opened.silent
    this.#readAt = opened.readAt
    this.#lastRecordAt = opened.context.clock.monotonic()
  }

  static async open(
    context: TaskContext,
    spec: TaskSpec,
    source: {
      place: SourcePlace
      body: (memory: StateMemory) => SourceBody
      start: TaskStart | undefined
    },
  ): Promise<SourceTask> {
    const { committer, restored } = await Committer.open(context, spec, [], source.start)
    const lane = restored.last?.lanes[0]
    return new SourceTask({
      context,
      spec,
      place: source.place,
      committer,
      body: source.body(restored.memory),
      offset: lane?.offset ?? (await sourceStart(context, source.place)),
      idle: lane?.idle === 'idle' || lane?.idle === 'live',
      forwarded: restored.last?.progress ?? -Infinity,
      silent: restored.last?.seed !== undefined,
      readAt: restored.last?.tick ?? NaN,
    })
  }

  get figures(): TaskFigures {
    const { topic, partition } = this.#place
    const lanes = [{ topic, partition, offset: this.#offset }]
    return { lanes, waitsFor: undefined, commits: this.#committer.clock.times }
  }

  /** Works until the signal stops it; rejects with what stopped it otherwise. */
  async run(told: (progress: TaskProgress) => void): Promise<void> {
    const { signal, tuning } = this.#context
    if (this.#silent && !signal.aborted)
      await this.#commit(NO_RECORDS, new Float64Array(0), this.#offset)
    await this.#passGaps()
    await this.#tell(told)
    let read = this.#read(this.#offset)
    while (!signal.aborted) {
      const result = await keptRead(this.#context.log, this.#place, {
        read,
        next: this.#offset,
        readAt: this.#readAt,
      })
      this.#committer.check()
      const next = result.next[0]
      if (!signal.aborted) read = this.#read(next.offset)
      for (const batch of sourceBatches(result.runs, this.#offset, tuning.batchRows)) {
        if (signal.aborted) break
        await this.#batch(batch)
        await this.#tell(told)
      }
      if (result.runs.length === 0) await this.#quiet()
    }
    await this.#committer.close()
  }

  /** What was accepted to be missing is passed by a commit of its own, so that no commit's range has a hole. */
  async #passGaps(): Promise<void> {
    const { gaps = [], topic, partition } = this.#place
    const next = behindGaps(gaps, { topic, partition, next: this.#offset })
    if (next > this.#offset && !this.#context.signal.aborted)
      await this.#commit(NO_RECORDS, new Float64Array(0), next)
  }

  /** The end is told once it is durable: whoever hears of it may end the process. */
  async #tell(told: (progress: TaskProgress) => void): Promise<void> {
    const ended = this.#forwarded === Infinity
    if (ended) await this.#committer.drain()
    told({ progress: this.#forwarded, ended, paused: undefined })
  }

  #read(offset: number): Promise<ReadResult> {
    const { log, tuning } = this.#context
    const { topic, partition } = this.#place
    const read = log.read([{ topic, partition, offset }], {
      maxBytes: tuning.laneBytes,
      maxWaitMs: POLL_MS,
      signal: this.#committer.wake,
    })
    read.catch(noted)
    return read
  }

  async #batch({ records, offsets }: SourceBatch): Promise<void> {
    this.#lastRecordAt = this.#context.clock.monotonic()
    this.#idle = false
    await this.#commit(records, offsets, offsets[offsets.length - 1] + 1)
  }

  /** Says once that the partition is idle; from then on nobody downstream waits for it. */
  async #quiet(): Promise<void> {
    const { idleMs } = this.#place
    const silent = this.#context.clock.monotonic() - this.#lastRecordAt
    if (idleMs === undefined || this.#idle || silent < idleMs) return
    this.#idle = true
    await this.#commit(NO_RECORDS, new Float64Array(0), this.#offset)
  }

  async #commit(records: Records, offsets: Float64Array, next: number): Promise<void> {
    const now = this.#context.clock.now()
    this.#readAt = now
    const quiet = this.#idle ? (this.#body.live ? 'live' : 'idle') : false
    const idle = this.#body.behind(next) ? 'behind' : quiet
    const batch = { idle, commit: this.#committer.next, now } as const
    const appends = this.#body.process(records, offsets, batch)
    this.#offset = next
    this.#forwarded = this.#body.progress
    const progress = this.#forwarded
    const lane: LanePosition = { offset: next, row: 0, bound: progress, idle }
    await this.#committer.commit(appends, {
      lanes: [lane],
      progress,
      tick: now,
      ticked: -Infinity,
    })
  }
}

function noted(): void {
  // The same rejection reaches whoever awaits the read.
}
