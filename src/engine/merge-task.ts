// A task that merges lanes: fetches, takes rows in order, hands them to the stage's operators, and commits once a batch.
import type { ReadResult } from '../contracts/log.ts'
import { valueBytes } from '../base/records.ts'
import type { StageBody } from './body.ts'
import type { CommitRecord } from './commit-record.ts'
import type { TaskStart } from './change/task-start.ts'
import { Committer } from './committer.ts'
import { Lane, type LanePosition } from './exchange/lane.ts'
import { merge, Merged, type MergeRules } from './exchange/merge.ts'
import type { Layout } from './exchange/layout.ts'
import type { Idle } from './exchange/block-format.ts'
import { idleOf, IdleTime, progressOf, type LaneTime } from './idle-time.ts'
import type { Asked, Told } from './look.ts'
import { Questions } from './questions.ts'
import type { StateMemory } from './state/memory.ts'
import type { TaskContext } from './task-context.ts'
import type { TaskSpec } from './task-spec.ts'
import type { TaskFigures } from './task-figures.ts'

/** An input of a stage: the lanes of one internal topic that lead to this task. Inputs are ranked by their place in the list. */
export interface TaskInput {
  readonly topic: string
  readonly layout: Layout
  /** Partitions of the topic, one a writer. */
  readonly partitions: readonly number[]
  /** How long an empty lane holds rows of other inputs back, ms: 0 never, Infinity until its progress passes them. */
  readonly waitMs: number
  /** Whether the stage's rows come from here: its lanes always hold, and their progress is the stage's. */
  readonly primary: boolean
}

/** What the outside is told after each commit that was handed over. */
export interface TaskProgress {
  readonly progress: number
  readonly ended: boolean
  /** Why the task takes nothing, though there may be rows; undefined while it works. */
  readonly paused: string | undefined
}

/** Lanes of a task at the places where they stand. */
export function lanesOf(
  inputs: readonly TaskInput[],
  from: readonly LanePosition[] | undefined,
): Lane[] {
  const places = inputs.flatMap(({ topic, partitions, layout }, input) =>
    partitions.map((partition) => ({ topic, partition, input, layout })),
  )
  return places.map(({ layout, ...place }, i) => new Lane(place, layout, from?.[i] ?? START))
}

/** Per input, whether nothing is waited for: all its lanes stand idle. A function of what a commit records. */
export function idleInputs(
  inputs: readonly TaskInput[],
  positions: readonly LanePosition[],
): Idle[] {
  let from = 0
  return inputs.map(({ partitions }) => {
    const own = positions.slice(from, from + partitions.length)
    from += partitions.length
    return idleOf(own)
  })
}

/** How far the lanes have come that hold rows back. A function of what a commit records, too. */
export function settledOf(inputs: readonly TaskInput[], lanes: readonly LaneTime[]): number {
  const holds = inputs.flatMap(({ primary, waitMs, partitions }) =>
    partitions.map(() => primary || waitMs > 0),
  )
  return progressOf(lanes.filter((_, i) => holds[i]))
}

/** Whether something of a stage is due by how far its inputs have settled. */
export function settles(body: StageBody, settled: number): boolean {
  return body.settles !== undefined && body.settles < Infinity && body.settles <= settled
}

/** Whether all lanes of the stage's own rows stand idle. A function of what a commit records, too. */
export function primaryIdle(
  inputs: readonly TaskInput[],
  positions: readonly LanePosition[],
): Idle {
  const primary = inputs.flatMap(({ partitions, primary: is }) => partitions.map(() => is))
  return idleOf(positions.filter((_, i) => primary[i]))
}

export const START: LanePosition = { offset: 0, row: 0, bound: -Infinity, idle: false }
const POLL_MS = 1000

export class MergeTask {
  readonly spec: TaskSpec
  readonly #context: TaskContext
  readonly #inputs: readonly TaskInput[]
  readonly #committer: Committer
  readonly #lanes: readonly Lane[]
  readonly #merged: Merged
  readonly #body: StageBody
  readonly #time: IdleTime
  readonly #primary: readonly Lane[]
  /** Where the lanes stood at the last commit. */
  #committed: readonly LanePosition[]
  #forwarded: number
  #fetch: Promise<ReadResult> | undefined
  #fetchLanes: readonly Lane[] = []
  #fetchStop = new AbortController()
  readonly #questions = new Questions(() => this.#fetchStop.abort(ENOUGH))
  #toldEnd = false
  #toldPaused: string | undefined
  #passedBytes = 0

  private constructor(opened: {
    context: TaskContext
    spec: TaskSpec
    inputs: readonly TaskInput[]
    committer: Committer
    lanes: readonly Lane[]
    body: StageBody
    last: CommitRecord | undefined
  }) {
    this.#context = opened.context
    this.spec = opened.spec
    this.#inputs = opened.inputs
    this.#committer = opened.committer
    this.#lanes = opened.lanes
    this.#body = opened.body
    this.#primary = opened.lanes.filter(({ input }) => opened.inputs[input].primary)
    this.#committed = opened.last?.lanes ?? opened.lanes.map(() => START)
    this.#forwarded = opened.last?.progress ?? -Infinity
    this.#time = new IdleTime({
      idle: idleOf(this.#primary),
      since: opened.last?.tick ?? NaN,
      ticked: opened.last?.ticked ?? -Infinity,
    })
    this.#merged = new Merged(opened.inputs.length, opened.context.tuning.batchRows)
  }

  static async open(
    context: TaskContext,
    spec: TaskSpec,
    stage: {
      inputs: readonly TaskInput[]
      body: (memory: StateMemory) => StageBody
      start?: TaskStart | undefined
    },
  ): Promise<MergeTask> {
    const { inputs } = stage
    const places = inputs.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    )
    const { committer, restored } = await Committer.open(context, spec, places, stage.start)
    const lanes = lanesOf(inputs, restored.last?.lanes)
    const body = stage.body(restored.memory)
    committer.keeps = body.keeps
    return new MergeTask({
      context,
      spec,
      inputs,
      committer,
      lanes,
      body,
      last: restored.last,
    })
  }

  get ended(): boolean {
    return (
      this.#forwarded === Infinity &&
      this.#body.more !== true &&
      this.#lanes.every((lane) => lane.empty && lane.bound === Infinity)
    )
  }

  get figures(): TaskFigures {
    const lanes = this.#lanes.map((lane) => {
      const { topic, partition } = lane
      return { topic, partition, offset: lane.position().offset }
    })
    return { lanes, waitsFor: this.#heldBy(), commits: this.#committer.clock.times }
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
    this.#committer.wake.addEventListener('abort', () => this.#fetchStop.abort(ENOUGH), {
      once: true,
    })
    await this.#tell(told)
    while (!signal.aborted) {
      this.#committer.check()
      this.#questions.answer((asked) => this.#body.look?.(asked, this.#forwarded), this.#committer)
      if (await this.#rested(told)) continue
      this.#prefetch()
      const heldMs = merge(this.#lanes, this.#rules(), this.#merged)
      if (this.#something()) {
        await this.#commit()
        await this.#tell(told)
        if (this.#lanes.some((lane) => lane.empty)) await this.#receive(0)
      } else {
        // The end of a lane may come alone, behind the stage's own: there is nothing to commit then.
        if (this.ended && !this.#toldEnd) await this.#tell(told)
        await this.#receive(Math.min(heldMs, this.#dueMs(), POLL_MS))
      }
    }
    await this.#committer.close()
  }

  /** Waits for a while where the stage is paused; gives whether it did. */
  async #rested(told: (progress: TaskProgress) => void): Promise<boolean> {
    const { paused } = this.#body
    if (paused !== this.#toldPaused) await this.#tell(told)
    if (paused === undefined) return false
    await this.#context.clock.sleep(POLL_MS, this.#context.signal)
    return true
  }

  /** The end is told once it is durable: whoever hears of it may end the process. */
  async #tell(told: (progress: TaskProgress) => void): Promise<void> {
    const { ended } = this
    const { paused } = this.#body
    if (ended) await this.#committer.drain()
    this.#toldEnd = ended
    this.#toldPaused = paused
    told({ progress: this.#forwarded, ended, paused })
  }

  /** Whether there is something to commit: rows, progress, idleness to forward, or a tick that fires a timer. */
  #something(): boolean {
    return (
      this.#merged.count > 0 ||
      this.#body.more === true ||
      progressOf(this.#primary) > this.#forwarded ||
      idleOf(this.#primary) !== this.#time.idle ||
      this.#settles ||
      this.#dueMs() <= 0
    )
  }

  /** Whether something is due because of lanes that hold rows back, though there is no row to hold. */
  get #settles(): boolean {
    return settles(this.#body, settledOf(this.#inputs, this.#lanes))
  }

  /** Until a timer is due by the clock, ms: Infinity while event time moves by data alone. */
  #dueMs(): number {
    const { due } = this.#body
    if (due === undefined || Number.isNaN(this.#time.since)) return Infinity
    return due - this.#time.at(this.#forwarded, this.#context.clock.now())
  }

  async #commit(): Promise<void> {
    const now = this.#context.clock.now()
    const progress = Math.max(progressOf(this.#primary), this.#forwarded)
    const idle = idleOf(this.#primary)
    const moved =
      this.#merged.count > 0 ||
      progress > this.#forwarded ||
      idle !== this.#time.idle ||
      this.#settles
    const byTick = !moved && this.#body.more !== true
    if (moved) this.#time.moved(idle, now)
    else if (byTick) this.#time.fire(this.#time.at(progress, now))
    this.#forwarded = progress
    const lanes = this.#lanes.map((lane) => lane.position())
    const { since: tick, ticked } = this.#time
    const batch = {
      progress,
      settled: settledOf(this.#inputs, lanes),
      time: Math.max(progress, ticked),
      ticked: byTick,
      commit: this.#committer.next,
      from: this.#committed,
      idle: idleInputs(this.#inputs, lanes),
    }
    this.#committed = lanes
    const body = this.#body
    const appends = await body.process(this.#merged, batch)
    const { unscored = [] } = body
    const inputs = { lanes, progress, tick, ticked, unscored }
    await this.#committer.commit(appends, inputs, {
      readBytes: this.#passed(),
      landed: (offsets) => body.landed?.(offsets),
    })
  }

  /** Bytes of the blocks that were passed since the last commit. */
  #passed(): number {
    let bytes = -this.#passedBytes
    for (const lane of this.#lanes) bytes += lane.passedBytes
    this.#passedBytes += bytes
    return bytes
  }

  /** Of the lanes that could hold a row back, the one that is least far. */
  #heldBy(): TaskFigures['waitsFor'] {
    if (this.#lanes.every((lane) => lane.empty)) return undefined
    const holding = this.#lanes.filter(
      ({ empty, idle, input }) =>
        empty && idle === false && (this.#inputs[input].primary || this.#inputs[input].waitMs > 0),
    )
    const least = holding.reduce<Lane | undefined>(
      (so, lane) => (so === undefined || lane.bound < so.bound ? lane : so),
      undefined,
    )
    return least && { topic: least.topic, partition: least.partition }
  }

  #rules(): MergeRules {
    return {
      waits: this.#inputs.map(({ primary, waitMs }) => (primary ? Infinity : waitMs)),
      behind: Infinity,
      now: this.#context.clock.monotonic(),
      limit: this.#context.tuning.batchRows,
    }
  }

  #prefetch(): void {
    const { tuning, log } = this.#context
    const lanes = this.#lanes.filter((lane) => lane.bufferedBytes < tuning.laneBytes)
    if (this.#fetch !== undefined) {
      // A lane has room again that had none when it was asked: it must not wait for what the others do not bring.
      if (lanes.some((lane) => !this.#fetchLanes.includes(lane))) this.#fetchStop.abort(ENOUGH)
      return
    }
    if (lanes.length === 0) return
    this.#fetchLanes = lanes
    this.#fetchStop = new AbortController()
    if (this.#committer.wake.aborted) this.#fetchStop.abort(ENOUGH)
    const from = lanes.map((lane) => ({
      topic: lane.topic,
      partition: lane.partition,
      offset: lane.fetchOffset,
    }))
    const { signal } = this.#fetchStop
    this.#fetch = log.read(from, { maxBytes: tuning.laneBytes * 2, maxWaitMs: POLL_MS, signal })
    // It is awaited later; until then a rejection must not count as unhandled.
    this.#fetch.catch(noted)
  }

  /** Waits for what was asked for, at most `ms`, and puts it into the lanes. */
  async #receive(ms: number): Promise<void> {
    const fetch = this.#fetch
    if (fetch === undefined) return
    const { clock } = this.#context
    const result = ms >= POLL_MS ? await fetch : await Promise.race([fetch, clock.sleep(ms)])
    if (result === undefined || result === null) return
    this.#fetch = undefined
    const arrived = clock.monotonic()
    for (const run of result.runs) {
      const lane = this.#fetchLanes.find(
        ({ topic, partition }) => topic === run.topic && partition === run.partition,
      )
      for (let i = 0; lane !== undefined && i < run.records.count; i++) {
        if (run.offsets[i] >= lane.fetchOffset)
          lane.push(run.offsets[i], valueBytes(run.records, i), { arrived })
      }
    }
  }
}

/** A reason of its own: the default one is an error with a stack, made each time. */
const ENOUGH = 'enough'

function noted(): void {
  // The same rejection reaches whoever awaits the read.
}
