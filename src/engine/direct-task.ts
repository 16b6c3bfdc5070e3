// A task of the first stage that reads its partition of the source itself: no topic lies between, and one commit has both.
import type { ReadResult, Records } from '../contracts/log.ts'
import type { TaskStart } from './change/task-start.ts'
import { Committer } from './committer.ts'
import type { LanePosition } from './exchange/lane.ts'
import { behindGaps } from './gap.ts'
import type { Idle } from './exchange/block-format.ts'
import { IdleTime, idleOf } from './idle-time.ts'
import type { Asked, Told } from './look.ts'
import type { TaskProgress } from './merge-task.ts'
import { NO_RECORDS } from './no-records.ts'
import type { DirectBody } from './operators/direct-body.ts'
import { Questions } from './questions.ts'
import { sourceBatches, type SourceBatch } from './source-batches.ts'
import { keptRead, sourceStart, type SourcePlace } from './source-place.ts'
import type { StateMemory } from './state/memory.ts'
import type { TaskContext } from './task-context.ts'
import type { TaskSpec } from './task-spec.ts'
import type { TaskFigures } from './task-figures.ts'

const POLL_MS = 1000
/** A read of fewer records found the task awake: more of them come meanwhile, and cost little more in one batch. */
const FEW = 512
/** A reason of its own: the default one is an error with a stack, made each time. */
const ENOUGH = 'enough'

interface Opened {
  readonly context: TaskContext
  readonly spec: TaskSpec
  readonly place: SourcePlace
  readonly committer: Committer
  readonly body: DirectBody
  readonly lane: LanePosition
  readonly time: IdleTime
  readonly progress: number
  readonly silent: boolean
  readonly readAt: number
}

export class DirectTask {
  readonly spec: TaskSpec
  readonly #context: TaskContext
  readonly #place: SourcePlace
  readonly #committer: Committer
  readonly #body: DirectBody
  readonly #time: IdleTime
  readonly #silent: boolean
  /** Of the first record that is not taken, and of the first that was not read. */
  #offset: number
  #fetchOffset: number
  #idle: boolean
  #forwarded: number
  #lastRecordAt: number
  /** When it read last, ms since 1970; NaN where it never did. */
  #readAt: number
  #waiting: SourceBatch[] = []
  #read: Promise<ReadResult> | undefined
  #readStop = new AbortController()
  readonly #questions = new Questions(() => this.#readStop.abort(ENOUGH))
  #toldPaused: string | undefined

  private constructor(opened: Opened) {
    this.#context = opened.context
    this.spec = opened.spec
    this.#place = opened.place
    this.#committer = opened.committer
    this.#body = opened.body
    this.#time = opened.time
    this.#silent = opened.silent
    this.#offset = opened.lane.offset
    this.#fetchOffset = opened.lane.offset
    this.#idle = opened.lane.idle === 'idle' || opened.lane.idle === 'live'
    this.#forwarded = opened.progress
    this.#readAt = opened.readAt
    this.#lastRecordAt = opened.context.clock.monotonic()
  }

  static async open(
    context: TaskContext,
    spec: TaskSpec,
    of: {
      readonly place: SourcePlace
      readonly body: (memory: StateMemory) => DirectBody
      readonly start: TaskStart | undefined
    },
  ): Promise<DirectTask> {
    const { place } = of
    const { committer, restored } = await Committer.open(context, spec, [], of.start)
    const { last } = restored
    const lane = last?.lanes[0] ?? {
      offset: await sourceStart(context, place),
      row: 0,
      bound: -Infinity,
      idle: false,
    }
    return new DirectTask({
      context,
      spec,
      place,
      committer,
      body: of.body(restored.memory),
      lane,
      time: new IdleTime({
        idle: idleOf([lane]),
        since: sinceOf(lane, last?.tick),
        ticked: last?.ticked ?? -Infinity,
      }),
      progress: last?.progress ?? -Infinity,
      silent: last?.seed !== undefined,
      readAt: last?.tick ?? NaN,
    })
  }

  get figures(): TaskFigures {
    const { topic, partition } = this.#place
    const lanes = [{ topic, partition, offset: this.#offset }]
    return { lanes, waitsFor: undefined, commits: this.#committer.clock.times }
  }

  /** Asks for the features of a key; answered between two batches. */
  ask(asked: Asked): Promise<Told> {
    return this.#questions.ask(asked)
  }

  /** Works until the signal stops it; rejects with what stopped it otherwise. */
  async run(told: (progress: TaskProgress) => void): Promise<void> {
    try {
      await this.#work(told)
    } finally {
      this.#questions.end()
    }
  }

  async #work(told: (progress: TaskProgress) => void): Promise<void> {
    const { signal } = this.#context
    this.#committer.wake.addEventListener('abort', () => this.#readStop.abort(ENOUGH), {
      once: true,
    })
    // It has not said yet, under this plan, how far it is, and there may be nothing more to read.
    if (this.#silent && !signal.aborted) await this.#commit(NO_RECORDS, NO_OFFSETS)
    await this.#passGaps()
    await this.#tell(told)
    while (!signal.aborted) {
      this.#committer.check()
      this.#questions.answer(
        (asked) => this.#body.stage.look?.(asked, this.#forwarded),
        this.#committer,
      )
      if (await this.#rested(told)) continue
      const batch = this.#waiting.shift()
      if (batch !== undefined) {
        const isFew = batch.records.count < FEW && this.#waiting.length === 0
        if (!isFew) this.#prefetch()
        this.#lastRecordAt = this.#context.clock.monotonic()
        this.#idle = false
        await this.#commit(batch.records, batch.offsets)
        await this.#tell(told)
        if (isFew) await this.#committer.drain()
      } else if (this.#dueMs() <= 0) {
        await this.#tick()
        await this.#tell(told)
      } else if (await this.#receive()) await this.#tell(told)
    }
    await this.#committer.close()
  }

  /** What was accepted to be missing is passed by a commit of its own, so that no commit's range has a hole. */
  async #passGaps(): Promise<void> {
    const { gaps = [], topic, partition } = this.#place
    const next = behindGaps(gaps, { topic, partition, next: this.#offset })
    if (next === this.#offset || this.#context.signal.aborted) return
    this.#offset = next
    this.#fetchOffset = next
    await this.#commit(NO_RECORDS, NO_OFFSETS)
  }

  /** Waits for a while where the stage is paused; gives whether it did. */
  async #rested(told: (progress: TaskProgress) => void): Promise<boolean> {
    const { paused } = this.#body.stage
    if (paused !== this.#toldPaused) await this.#tell(told)
    if (paused === undefined) return false
    await this.#context.clock.sleep(POLL_MS, this.#context.signal)
    return true
  }

  /** The end is told once it is durable: whoever hears of it may end the process. */
  async #tell(told: (progress: TaskProgress) => void): Promise<void> {
    const ended = this.#body.source.progress === Infinity && this.#waiting.length === 0
    const { paused } = this.#body.stage
    if (ended) await this.#committer.drain()
    this.#toldPaused = paused
    told({ progress: this.#forwarded, ended, paused })
  }

  /** Until a timer is due by the clock, ms: Infinity while event time moves by data alone. */
  #dueMs(): number {
    const { due } = this.#body.stage
    if (due === undefined || Number.isNaN(this.#time.since)) return Infinity
    return due - this.#time.at(this.#forwarded, this.#context.clock.now())
  }

  /** Asks for what lies behind all that waits. */
  #prefetch(): void {
    if (this.#read !== undefined || this.#waiting.length > 0) return
    const { log, tuning } = this.#context
    const { topic, partition } = this.#place
    this.#readStop = new AbortController()
    if (this.#committer.wake.aborted) this.#readStop.abort(ENOUGH)
    const { signal } = this.#readStop
    this.#read = log.read([{ topic, partition, offset: this.#fetchOffset }], {
      maxBytes: tuning.laneBytes,
      maxWaitMs: POLL_MS,
      signal,
    })
    // It is awaited later; until then a rejection must not count as unhandled.
    this.#read.catch(noted)
  }

  /** Waits for records, at most until a timer is due; gives whether it committed something. */
  async #receive(): Promise<boolean> {
    this.#prefetch()
    if (this.#read === undefined) return false
    const { clock, tuning, log } = this.#context
    const stand = { read: this.#read, next: this.#offset, readAt: this.#readAt }
    const read = keptRead(log, this.#place, stand)
    read.catch(noted)
    const ms = Math.min(this.#dueMs(), POLL_MS)
    const result = ms >= POLL_MS ? await read : await Promise.race([read, clock.sleep(ms)])
    if (result === undefined || result === null) return false
    this.#read = undefined
    this.#fetchOffset = result.next[0].offset
    this.#waiting = [...sourceBatches(result.runs, this.#offset, tuning.batchRows)]
    return result.runs.length === 0 && this.#quiet()
  }

  /** Says once that the partition is idle; from then on event time may go on by the clock. */
  async #quiet(): Promise<boolean> {
    const { idleMs } = this.#place
    const silent = this.#context.clock.monotonic() - this.#lastRecordAt
    if (idleMs === undefined || this.#idle || silent < idleMs) return false
    this.#idle = true
    await this.#commit(NO_RECORDS, NO_OFFSETS)
    return true
  }

  async #tick(): Promise<void> {
    this.#time.fire(this.#time.at(this.#forwarded, this.#context.clock.now()))
    await this.#commit(NO_RECORDS, NO_OFFSETS, true)
  }

  async #commit(records: Records, offsets: Float64Array, byTick = false): Promise<void> {
    const now = this.#context.clock.now()
    this.#readAt = now
    const { source, stage } = this.#body
    const next = offsets.length === 0 ? this.#offset : offsets[offsets.length - 1] + 1
    const quiet: Idle = this.#idle ? (source.live ? 'live' : 'idle') : false
    const idle = source.behind(next) ? 'behind' : quiet
    const appends = await this.#body.process(records, offsets, {
      idle,
      commit: this.#committer.next,
      now,
      ticked: this.#time.ticked,
      byTick,
      reached: this.#forwarded,
    })
    this.#offset = next
    const bound = source.progress
    this.#forwarded = Math.max(bound, this.#forwarded)
    if (!byTick) this.#time.moved(idleOf([{ bound, idle }]), now)
    const { since, ticked } = this.#time
    await this.#committer.commit(
      appends,
      {
        lanes: [{ offset: next, row: 0, bound, idle }],
        progress: this.#forwarded,
        tick: byTick ? since : now,
        ticked,
        unscored: stage.unscored ?? [],
      },
      { landed: (at) => stage.landed?.(at) },
    )
  }
}

/** Since when event time goes on by the clock, of what the last commit says. */
function sinceOf(lane: LanePosition, tick: number | undefined): number {
  return idleOf([lane]) === 'live' ? (tick ?? NaN) : NaN
}

const NO_OFFSETS = new Float64Array(0)

function noted(): void {
  // The same rejection reaches whoever awaits the read.
}
