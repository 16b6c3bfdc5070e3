// How the tasks of a plan begin after those of another: which state they take over, what they build of retained input, and where
// they read on.
import { StateError } from '../../base/errors.ts'
import type { Log } from '../../contracts/log.ts'
import { laneToJson, type LaneJson } from '../commit-record.ts'
import { lastBoundary } from '../state/periods.ts'
import { lastCommit, restore } from '../recovery.ts'
import { RECORD_COUNTS } from '../operators/source-body.ts'
import { ROW_COUNTS } from '../operators/stage-counts.ts'
import { tasksOfStage } from '../scale.ts'
import { joinStage, driftStage, learningStage, sourceStage } from '../stage-names.ts'
import { taskId, type TaskSpec } from '../task-spec.ts'
import { learntTopic } from '../task-names.ts'
import { carriedSets, nameOf, placesOf, type SetPlace } from './carried.ts'
import { countsBefore } from './counts-before.ts'
import { cutOf, originsOfShape, type Cut, type TaskCut } from './cut.ts'
import { either, type HandledPart } from './handled.ts'
import { lanesFrom, sameLanes } from './lanes-before.ts'
import { watchingStart } from './watching-start.ts'
import { learnerStart, learntLane, learntPart } from './learner-start.ts'
import type { PlanChange, StreamBefore } from './plan-change.ts'
import type { SeedPart } from './seed.ts'
import { readerOf, type JoinShape, type Shape, type StageShape, type StreamShape } from './shape.ts'
import type { TaskStart } from './task-start.ts'

export interface ChangeOptions {
  readonly pipeline: string
  readonly was: Shape
  readonly is: Shape
  /** The change by which the earlier plan began, where there was one. */
  readonly before: PlanChange | undefined
}

/** @throws StateError ML_STATE when what is under way can no longer be made again. */
export async function changeOf(log: Log, options: ChangeOptions): Promise<PlanChange> {
  const cut = await cutOf(log, options.pipeline, options.was)
  return new Changer(log, options, cut).all()
}

/** Streams that are read again from the oldest record kept, because sets without state are built of them. */
export function rebuiltStreams(
  is: Shape,
  carried: ReadonlyMap<string, SetPlace>,
): ReadonlySet<string> {
  const open = placesOf(is).filter(
    (place) => place.set.state !== undefined && !carried.has(nameOf(place)),
  )
  return new Set(open.flatMap(({ set }) => originsOfShape(is, set.stream).map(({ name }) => name)))
}

class Changer {
  readonly #log: Log
  readonly #options: ChangeOptions
  readonly #cut: Cut
  readonly #carried: ReadonlyMap<string, SetPlace>
  readonly #rebuilt: ReadonlySet<string>

  constructor(log: Log, options: ChangeOptions, cut: Cut) {
    this.#log = log
    this.#options = options
    this.#cut = cut
    this.#carried = carriedSets(options.was, options.is)
    this.#rebuilt = rebuiltStreams(options.is, this.#carried)
  }

  async all(): Promise<PlanChange> {
    const { was, is } = this.#options
    const starts: Record<string, TaskStart> = {}
    const streams: Record<string, readonly StreamBefore[]> = {}
    for (const stream of is.streams) {
      streams[stream.name] = await this.#stream(stream)
      if (stream.direct !== undefined) continue
      for (let number = 0; number < stream.partitions; number++)
        starts[this.#id(sourceStage(stream.name), number)] = await this.#source(stream, number)
    }
    for (const stage of is.stages)
      for (let number = 0; number < tasksOfStage(is, stage.name); number++)
        starts[this.#id(stage.name, number)] = await this.#ofStage(stage, number)
    for (const join of is.joins)
      for (let number = 0; number < is.partitions; number++) {
        const start = this.#join(join, number)
        if (start !== undefined) starts[this.#id(joinStage(join.model), number)] = start
      }
    for (const learner of is.learners ?? []) {
      const before = was.learners?.find(({ model }) => model === learner.model)
      const task = this.#spec(learningStage(learner.model), 0)
      const of = { was: before, is: learner, begins: this.#beginsAgain() }
      const start = await learnerStart(this.#log, task, of)
      if (start !== undefined) starts[this.#id(learningStage(learner.model), 0)] = start
    }
    for (const watching of is.watching ?? []) {
      const task = this.#spec(driftStage(watching.model), 0)
      const start = await watchingStart(this.#log, task, {
        was: was.watching?.find(({ model }) => model === watching.model),
        is: watching,
        begins: this.#beginsAgain(),
      })
      if (start !== undefined) starts[taskId(task)] = start
    }
    const told = await this.#told()
    return { starts, streams, handled: this.#handled(), taken: this.#taken(), told }
  }

  #id(stage: string, number: number): string {
    return taskId(this.#spec(stage, number))
  }

  #spec(stage: string, number: number): TaskSpec {
    return { pipeline: this.#options.pipeline, stage, number, plan: '' }
  }

  /** The stream as it was: found by its topic. */
  #was(stream: StreamShape): StreamShape | undefined {
    return this.#options.was.streams.find(({ topic }) => topic === stream.topic)
  }

  #sourceCut(stream: StreamShape, number: number): TaskCut | undefined {
    return this.#cut.sources.get(this.#was(stream)?.name ?? '')?.[number]
  }

  async #stream(stream: StreamShape): Promise<StreamBefore[]> {
    const { before } = this.#options
    const info = await this.#log.topic(stream.topic)
    const was = this.#was(stream)
    return Array.from({ length: stream.partitions }, (_, number) => {
      const known = was === undefined ? undefined : before?.streams[was.name]?.[number]
      const read = this.#sourceCut(stream, number)?.last?.lanes[0].offset ?? 0
      const taken = Math.max(read, known?.taken ?? 0)
      const built = this.#again(stream, was)
        ? (info?.parts[number]?.end ?? 0)
        : Math.max(read, known?.built ?? 0)
      return { taken, built }
    })
  }

  /** Whether a stream is read from the oldest record kept: its source then keeps nothing of what it knew. */
  #again(stream: StreamShape, was: StreamShape | undefined): boolean {
    return was === undefined || was.reads !== stream.reads || this.#rebuilt.has(stream.name)
  }

  async #source(stream: StreamShape, number: number): Promise<TaskStart> {
    const was = this.#was(stream)
    const cut = this.#sourceCut(stream, number)
    const kept = this.#again(stream, was) ? undefined : cut?.at
    const info = await this.#log.topic(stream.topic)
    const begin = info?.parts[number]?.start ?? 0
    const lane = kept?.lanes[0] ?? { offset: begin, row: 0, bound: -Infinity, idle: false }
    const parts: SeedPart[] =
      kept === undefined || was === undefined
        ? []
        : [
            {
              stage: readerOf(was),
              task: number,
              commit: kept.number,
              regions: [['source', 'source']],
            },
          ]
    return {
      after: await this.#after(sourceStage(stream.name), number, [cut]),
      seed: { parts, counts: cut?.last?.counts.slice(0, RECORD_COUNTS.length) ?? [] },
      lanes: [laneToJson({ ...lane, bound: -Infinity, idle: false })],
    }
  }

  /** Of a stage that reads its source itself: also what is known of the source. */
  async #ofStage(stage: StageShape, number: number): Promise<TaskStart> {
    const own = await this.#stage(stage, number)
    const { is } = this.#options
    const stream = is.streams.find(({ direct }) => direct === stage.name)
    if (stream === undefined) return own
    const source = await this.#source(stream, number)
    const counts = Array.from(
      { length: countsBefore(is, stage.name) },
      (_, i) => source.seed.counts[i] ?? 0,
    )
    return {
      after: Math.max(own.after, source.after),
      seed: {
        parts: [...source.seed.parts, ...own.seed.parts],
        counts: [...counts, ...own.seed.counts],
      },
      lanes: source.lanes,
    }
  }

  async #stage(stage: StageShape, number: number): Promise<TaskStart> {
    const { was, is } = this.#options
    const parts = new Map<string, SeedPart & { regions: (readonly [string, string])[] }>()
    for (const set of stage.sets) {
      const from = this.#carried.get(nameOf({ stage, set }))
      if (from === undefined) continue
      const moves = this.#moves(from.stage.name, stage.name)
      for (const [task, { commit }] of (this.#cut.stages.get(from.stage.name) ?? []).entries()) {
        if (!moves && task !== number) continue
        const id = `${from.stage.name}/${task}`
        const own = parts.get(id) ?? {
          stage: from.stage.name,
          task,
          commit,
          regions: [],
          ...(moves ? { moves } : {}),
        }
        own.regions.push([`set/${from.set.name}/`, `set/${set.name}/`])
        for (const { topic, set: as } of stage.everies)
          if (as === set.as) own.regions.push([`every/${topic}/`, `every/${topic}/`])
        parts.set(id, own)
      }
    }
    const cuts = was.stages.map(({ name }) => this.#cut.stages.get(name)?.[number])
    const learnt = is.stages.at(-1) === stage ? learntPart(was, this.#cut, number) : []
    return {
      after: await this.#after(stage.name, number, cuts),
      seed: { parts: [...parts.values(), ...learnt], counts: this.#counts(stage, number) },
      lanes: await this.#lanes(stage, number),
    }
  }

  /** Whether keys of a stage lie in other tasks than before. */
  #moves(was: string, is: string): boolean {
    return tasksOfStage(this.#options.was, was) !== tasksOfStage(this.#options.is, is)
  }

  /** Counters of rows go on in the stage at the same end of the chain, else in that with the same key. */
  #counts(stage: StageShape, number: number): readonly number[] {
    const { was, is } = this.#options
    const isLast = is.stages.at(-1) === stage
    const from = isLast
      ? was.stages.at(-1)
      : was.stages.slice(0, -1).find(({ key }) => key === stage.key)
    if (from === undefined) return []
    const before = countsBefore(was, from.name)
    const cuts = this.#cut.stages.get(from.name) ?? []
    const counts = cuts.map(
      ({ last }) => last?.counts.slice(before, before + ROW_COUNTS.length) ?? [],
    )
    if (!this.#moves(from.name, stage.name)) return counts[number] ?? []
    // What was counted is counted on in one place.
    return number === 0 ? ROW_COUNTS.map((_, i) => sum(counts.map((each) => each[i] ?? 0))) : []
  }

  /** New rows lie behind all that was written for the plan before. */
  async #lanes({ inputs, name }: StageShape, number: number): Promise<LaneJson[]> {
    const { pipeline, was, is } = this.#options
    const tasks = tasksOfStage(is, name)
    const lanes: LaneJson[] = []
    for (const [input, { topic, writers }] of inputs.entries()) {
      const info = await this.#log.topic(topic)
      const end = (writer: number): number => info?.parts[writer * tasks + number]?.end ?? 0
      const learner = is.learners?.find(({ model }) => topic === learntTopic(pipeline, model))
      if (learner !== undefined) {
        const task = this.#spec(learningStage(learner.model), 0)
        const of = { was, cut: this.#cut, number, topic, learner: task, end: end(0) }
        lanes.push(laneToJson(await learntLane(this.#log, of)))
        continue
      }
      const idle = input < inputs.length - 1 ? ('behind' as const) : false
      for (let writer = 0; writer < writers; writer++)
        lanes.push(laneToJson({ offset: end(writer), row: 0, bound: -Infinity, idle }))
    }
    return lanes
  }

  /** A join goes on as it is, unless another number of tasks writes to it, or one that had ended writes again. */
  #join(join: JoinShape, number: number): TaskStart | undefined {
    const was = this.#options.was.joins.find(({ model }) => model === join.model)
    const last = this.#cut.joins.get(join.model)?.[number].last
    const begins = this.#beginsAgain()
    const same = was !== undefined && sameLanes(was.inputs, join.inputs)
    if (was === undefined || last === undefined || (same && begins.length === 0)) return undefined
    const lanes = [
      // Those of labels go on as they are.
      ...lanesFrom(last, {
        was: was.inputs,
        is: join.inputs.slice(0, 1),
        begins: [],
        model: join.model,
      }),
      ...lanesFrom(last, { was: was.inputs, is: join.inputs.slice(1), begins, model: join.model }),
    ]
    const stage = joinStage(join.model)
    const parts = [{ stage, task: number, commit: last.number, regions: [['', '']] as const }]
    return { after: last.number, seed: { parts, counts: last.counts }, lanes }
  }

  /** Tasks of the last stage that are there now and were not: joins and learners may have lanes of theirs, which ended. */
  #beginsAgain(): number[] {
    const { was, is } = this.#options
    const [before, now] = [was, is].map((shape) => tasksOfStage(shape, lastOf(shape)))
    return Array.from({ length: Math.max(0, now - before) }, (_, i) => before + i)
  }

  /** Beyond every commit of the tasks before, so that no number is used twice: receipts are found by it. */
  async #after(
    stage: string,
    number: number,
    cuts: readonly (TaskCut | undefined)[],
  ): Promise<number> {
    const { was, before } = this.#options
    const numbers = cuts.map((cut) => cut?.last?.number ?? 0)
    // It may have been a stage of a plan before the last one.
    const known = before?.starts[this.#id(stage, number)]?.after ?? 0
    const isKnown = was.stages.some(
      ({ name }) => name === stage && number < tasksOfStage(was, name),
    )
    const own = isKnown
      ? 0
      : ((await lastCommit(this.#log, this.#spec(stage, number)))?.number ?? 0)
    return Math.max(0, known, own, ...numbers)
  }

  /** How far rows of periods have been written, by the topic they go to: what is made again is not told again. */
  async #told(): Promise<Record<string, readonly number[]>> {
    const { was, is } = this.#options
    const told: Record<string, readonly number[]> = {}
    for (const { name, everies } of is.stages)
      for (const { topic } of everies) {
        const from = was.stages.find((stage) => stage.everies.some((each) => each.topic === topic))
        const own: number[] = []
        for (let number = 0; number < tasksOfStage(is, name); number++)
          own.push(await this.#toldIn(from ?? was.stages[0], topic, { is: name, number }))
        told[topic] = own
      }
    return told
  }

  /** Where keys move, each task must have told all that it had: their keys come together. */
  async #toldIn(
    from: StageShape,
    topic: string,
    { is, number }: { is: string; number: number },
  ): Promise<number> {
    if (!this.#moves(from.name, is)) return this.#toldBy(from, topic, number)
    const cuts = this.#cut.stages.get(from.name) ?? []
    if (!cuts.every(({ last, commit }) => last?.progress === Infinity && commit === last.number)) {
      throw new StateError(
        'ML_STATE',
        `a stage that tells of periods must have come to the end of its inputs to be rescaled; found that '${from.name}', which tells ${topic}, has not; other stages can be rescaled at any time`,
        { details: { stage: from.name, topic } },
      )
    }
    const told: number[] = []
    for (const task of cuts.keys()) told.push(await this.#toldBy(from, topic, task))
    return Math.max(...told)
  }

  /** Of a topic that is new: what ended before the change is not told at all, as no row is. */
  async #toldBy({ name }: StageShape, topic: string, number: number): Promise<number> {
    const known = this.#options.before?.told[topic]?.[number] ?? NEVER
    const last = this.#cut.stages.get(name)?.[number].last
    if (last === undefined) return known
    const time = Math.max(last.progress, last.ticked)
    if (Number.isFinite(time)) return Math.max(known, time)
    if (time === -Infinity) return known
    // At the end all was told that there was; what comes after an end all the same is not.
    const { memory } = await restore(this.#log, this.#spec(name, number))
    return Math.max(known, lastBoundary(memory, topic) + 1)
  }

  /** By the topics they are read from: rows of another topic are other rows. */
  #handled(): readonly HandledPart[] {
    const { was, before } = this.#options
    const now = this.#cut.rows.get(was.stages.at(-1)?.name ?? '') ?? []
    return before === undefined ? now : either(before.handled, now)
  }

  #taken(): Record<string, readonly HandledPart[]> {
    const taken: Record<string, readonly HandledPart[]> = {}
    for (const [name, place] of this.#carried) {
      const was = nameOf(place)
      const now =
        (place.set.role === 'own'
          ? this.#cut.rows.get(place.stage.name)
          : this.#cut.updates.get(was)) ?? []
      const known = this.#options.before?.taken[was]
      taken[name] = known === undefined ? now : either(known, now)
    }
    return taken
  }
}

function lastOf({ stages }: Shape): string {
  return stages.at(-1)?.name ?? ''
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** Before any event; JSON has no infinities. */
const NEVER = -8.64e15
