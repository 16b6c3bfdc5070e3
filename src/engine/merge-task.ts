// A task that merges lanes: fetches, takes rows in order, hands them to the stage's operators, and commits once a batch.
import type { ReadResult } from '../contracts/log.ts'
import { valueBytes } from '../base/records.ts'
import type { Append } from '../contracts/log.ts'
import { Committer } from './committer.ts'
import { Lane, type LanePosition } from './exchange/lane.ts'
import { merge, Merged, type MergeRules } from './exchange/merge.ts'
import type { Layout } from './exchange/layout.ts'
import type { StateMemory } from './state/memory.ts'
import type { TaskContext, TaskSpec } from './task-context.ts'

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

/** What a stage does with a batch. */
export interface StageBody {
  /** Whole batch, in its merged order; gives what is written with its commit. */
  process(merged: Merged, batch: BatchContext): Promise<Append[]> | Append[]
}

export interface BatchContext {
  /** No row of the stage that is still to come has a lesser merge time. */
  readonly progress: number
  /** Number of the commit. */
  readonly commit: number
  /** Per input, whether all its lanes are idle and empty. */
  readonly idle: readonly boolean[]
}

/** What the outside is told after each commit that was handed over. */
export interface TaskProgress {
  readonly progress: number
  readonly ended: boolean
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
  lanes: readonly Lane[],
  positions: readonly LanePosition[],
): boolean[] {
  return inputs.map((_, input) =>
    lanes.every((lane, i) => lane.input !== input || positions[i].idle),
  )
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
  #forwarded: number
  #fetch: Promise<ReadResult> | undefined
  #fetchLanes: readonly Lane[] = []
  #heldSince: number | undefined
  #toldEnd = false

  private constructor(opened: {
    context: TaskContext
    spec: TaskSpec
    inputs: readonly TaskInput[]
    committer: Committer
    lanes: readonly Lane[]
    body: StageBody
    forwarded: number
  }) {
    this.#context = opened.context
    this.spec = opened.spec
    this.#inputs = opened.inputs
    this.#committer = opened.committer
    this.#lanes = opened.lanes
    this.#body = opened.body
    this.#forwarded = opened.forwarded
    this.#merged = new Merged(opened.inputs.length, opened.context.tuning.batchRows)
  }

  static async open(
    context: TaskContext,
    spec: TaskSpec,
    stage: { inputs: readonly TaskInput[]; body: (memory: StateMemory) => StageBody },
  ): Promise<MergeTask> {
    const { committer, restored } = await Committer.open(context, spec)
    const { inputs } = stage
    const lanes = lanesOf(inputs, restored.last?.lanes)
    return new MergeTask({
      context,
      spec,
      inputs,
      committer,
      lanes,
      body: stage.body(restored.memory),
      forwarded: restored.last?.progress ?? -Infinity,
    })
  }

  get ended(): boolean {
    return (
      this.#forwarded === Infinity &&
      this.#lanes.every((lane) => lane.empty && lane.bound === Infinity)
    )
  }

  /** Works until the signal stops it; rejects with what stopped it otherwise. */
  async run(told: (progress: TaskProgress) => void): Promise<void> {
    const { signal } = this.#context
    this.#tell(told)
    while (!signal.aborted) {
      this.#prefetch()
      const held = merge(this.#lanes, this.#rules(), this.#merged)
      const progress = this.#progress()
      if (this.#merged.count > 0 || progress > this.#forwarded) {
        this.#heldSince = undefined
        await this.#commit(progress)
        this.#tell(told)
        if (this.#lanes.some((lane) => lane.empty)) await this.#receive(0)
      } else {
        // The end of a lane may come alone, behind the stage's own: there is nothing to commit then.
        if (this.ended && !this.#toldEnd) this.#tell(told)
        await this.#receive(held ? this.#patience() : POLL_MS)
      }
    }
    await this.#committer.close()
  }

  #tell(told: (progress: TaskProgress) => void): void {
    const { ended } = this
    this.#toldEnd = ended
    told({ progress: this.#forwarded, ended })
  }

  async #commit(progress: number): Promise<void> {
    this.#forwarded = Math.max(progress, this.#forwarded)
    const lanes = this.#lanes.map((lane) => lane.position())
    const batch = {
      progress: this.#forwarded,
      commit: this.#committer.next,
      idle: idleInputs(this.#inputs, this.#lanes, lanes),
    }
    const appends = await this.#body.process(this.#merged, batch)
    await this.#committer.commit(appends, lanes, this.#forwarded)
  }

  #progress(): number {
    let least = Infinity
    for (const lane of this.#lanes) {
      if (this.#inputs[lane.input].primary && !(lane.empty && lane.idle))
        least = Math.min(least, lane.bound)
    }
    return least
  }

  /** A wait that is over no longer holds; until rows pass, the next merge sees that input as not holding. */
  #rules(): MergeRules {
    const waited =
      this.#heldSince === undefined ? 0 : this.#context.clock.monotonic() - this.#heldSince
    return {
      holds: this.#inputs.map(({ primary, waitMs }) => primary || (waitMs > 0 && waited < waitMs)),
      limit: this.#context.tuning.batchRows,
    }
  }

  #patience(): number {
    const now = this.#context.clock.monotonic()
    this.#heldSince ??= now
    const waited = now - this.#heldSince
    let least = POLL_MS
    for (const { primary, waitMs } of this.#inputs) {
      if (!primary && waitMs > waited) least = Math.min(least, waitMs - waited)
    }
    return least
  }

  #prefetch(): void {
    if (this.#fetch !== undefined) return
    const { tuning, log, signal } = this.#context
    const lanes = this.#lanes.filter((lane) => lane.bufferedBytes < tuning.laneBytes)
    if (lanes.length === 0) return
    this.#fetchLanes = lanes
    const from = lanes.map((lane) => ({
      topic: lane.topic,
      partition: lane.partition,
      offset: lane.fetchOffset,
    }))
    this.#fetch = log.read(from, { maxBytes: tuning.laneBytes * 2, maxWaitMs: POLL_MS, signal })
    // It is awaited later; until then a rejection must not count as unhandled.
    this.#fetch.catch(noted)
  }

  /** Waits for what was asked for, at most `ms`, and puts it into the lanes. */
  async #receive(ms: number): Promise<void> {
    const fetch = this.#fetch
    if (fetch === undefined) return
    const result =
      ms >= POLL_MS ? await fetch : await Promise.race([fetch, this.#context.clock.sleep(ms)])
    if (result === undefined || result === null) return
    this.#fetch = undefined
    for (const run of result.runs) {
      const lane = this.#fetchLanes.find(
        ({ topic, partition }) => topic === run.topic && partition === run.partition,
      )
      for (let i = 0; lane !== undefined && i < run.records.count; i++) {
        if (run.offsets[i] >= lane.fetchOffset)
          lane.push(run.offsets[i], valueBytes(run.records, i))
      }
    }
  }
}

function noted(): void {
  // The same rejection reaches whoever awaits the read.
}
