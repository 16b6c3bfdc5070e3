// Where the tasks of an earlier plan stand, so that another plan goes on from there: no row is lost, none comes to its end twice.
//
// The functions of the earlier plan are gone, so that what lies between its tasks cannot be brought to an end. It is made again
// instead: every stage but the last goes back to the last of its commits that wrote nothing the next stage has not taken, every
// source likewise, and what they bring again is known by where it came from. State at any commit is kept for replays anyway.
import { StateError } from '../../base/errors.ts'
import type { Log } from '../../contracts/log.ts'
import type { CommitRecord } from '../commit-record.ts'
import type { LanePosition } from '../exchange/lane.ts'
import { sourceNumber } from '../exchange/source-number.ts'
import { commitAt, lastCommit, restore } from '../recovery.ts'
import { tasksOfStage } from '../scale.ts'
import { joinStage, driftStage, learningStage, sourceStage } from '../stage-names.ts'
import type { TaskSpec } from '../task-spec.ts'
import {
  readerOf,
  type InputShape,
  type SetShape,
  type Shape,
  type StageShape,
  type StreamShape,
} from './shape.ts'
import { runsOf, type HandledPart } from './handled.ts'
import { pendingIn, type Pending, type SourceRow } from './pending.ts'

/** Where a task goes on from. */
export interface TaskCut {
  /** Its last commit; undefined: it never committed. */
  readonly last: CommitRecord | undefined
  /** The commit whose state counts, and its record; 0: that of nothing. */
  readonly commit: number
  readonly at: CommitRecord | undefined
}

export interface Cut {
  /** By stage and task number. */
  readonly stages: ReadonlyMap<string, readonly TaskCut[]>
  readonly sources: ReadonlyMap<string, readonly TaskCut[]>
  readonly joins: ReadonlyMap<string, readonly TaskCut[]>
  /** Per stage: the rows it has, or has passed. */
  readonly rows: ReadonlyMap<string, readonly HandledPart[]>
  /** Per `<stage>/<set>`: the events it has. */
  readonly updates: ReadonlyMap<string, readonly HandledPart[]>
}

/** Reads what a plan of that shape committed. Its tasks must be fenced. */
export async function cutOf(log: Log, pipeline: string, shape: Shape): Promise<Cut> {
  return new Cutter(log, pipeline, shape).all()
}

/** The tasks of a shape. */
export function tasksOfShape(pipeline: string, shape: Shape): TaskSpec[] {
  const { partitions, streams, stages, joins, learners = [], watching = [] } = shape
  const of = (stage: string, count: number): TaskSpec[] =>
    Array.from({ length: count }, (_, number) => ({ pipeline, stage, number, plan: '' }))
  return [
    ...streams.flatMap(({ name, partitions: count, direct }) =>
      direct === undefined ? of(sourceStage(name), count) : [],
    ),
    ...stages.flatMap(({ name }) => of(name, tasksOfStage(shape, name))),
    ...joins.flatMap(({ model }) => of(joinStage(model), partitions)),
    ...learners.flatMap(({ model }) => of(learningStage(model), 1)),
    ...watching.flatMap(({ model }) => of(driftStage(model), 1)),
  ]
}

const BEGIN: LanePosition = { offset: 0, row: 0, bound: -Infinity, idle: false }

class Cutter {
  readonly #log: Log
  readonly #pipeline: string
  readonly #shape: Shape

  constructor(log: Log, pipeline: string, shape: Shape) {
    this.#log = log
    this.#pipeline = pipeline
    this.#shape = shape
  }

  async all(): Promise<Cut> {
    const { streams, joins, partitions } = this.#shape
    const sourceLasts = new Map<string, (CommitRecord | undefined)[]>()
    for (const stream of streams)
      sourceLasts.set(stream.name, await this.#lasts(readerOf(stream), stream.partitions))
    const cuts = await this.#stages()
    const sources = new Map<string, readonly TaskCut[]>()
    for (const stream of streams)
      sources.set(
        stream.name,
        await this.#sources(stream, sourceLasts.get(stream.name) ?? [], cuts),
      )
    const joinCuts = new Map<string, readonly TaskCut[]>()
    for (const { model } of joins) {
      const lasts = await this.#lasts(joinStage(model), partitions)
      joinCuts.set(
        model,
        lasts.map((last) => ({ last, commit: last?.number ?? 0, at: last })),
      )
    }
    return {
      stages: cuts,
      sources,
      joins: joinCuts,
      rows: await this.#rows(cuts, sourceLasts),
      updates: await this.#updates(cuts, sourceLasts),
    }
  }

  async #lasts(stage: string, count: number): Promise<(CommitRecord | undefined)[]> {
    return Promise.all(
      Array.from({ length: count }, (_, number) =>
        lastCommit(this.#log, this.#spec(stage, number)),
      ),
    )
  }

  #spec(stage: string, number: number): TaskSpec {
    return { pipeline: this.#pipeline, stage, number, plan: '' }
  }

  /** From the last stage to the first: each goes back to what the next one has not taken. */
  async #stages(): Promise<Map<string, readonly TaskCut[]>> {
    const { stages } = this.#shape
    const cuts = new Map<string, readonly TaskCut[]>()
    for (let index = stages.length - 1; index >= 0; index--) {
      const { name } = stages[index]
      const partitions = tasksOfStage(this.#shape, name)
      const lasts = await this.#lasts(name, partitions)
      const following = stages.at(index + 1)
      const own: TaskCut[] = []
      for (let number = 0; number < partitions; number++) {
        const open =
          following === undefined
            ? []
            : await this.#readers(following, following.inputs.length - 1, number, cuts)
        const direct = this.#shape.streams.find((stream) => stream.direct === name)
        if (direct !== undefined) open.push(...(await this.#open(direct, number, cuts)))
        own.push(await this.#cut(this.#spec(name, number), lasts[number], open))
      }
      cuts.set(name, own)
    }
    return cuts
  }

  /** What the tasks of a stage have not taken of what one writer wrote to an input of theirs. */
  async #readers(
    stage: StageShape,
    input: number,
    writer: number,
    cuts: ReadonlyMap<string, readonly TaskCut[]>,
  ): Promise<Pending[]> {
    const tasks = tasksOfStage(this.#shape, stage.name)
    return Promise.all(
      Array.from({ length: tasks }, (_, reader) =>
        this.#pending(stage, input, { writer, reader }, cuts.get(stage.name)?.[reader].at),
      ),
    )
  }

  #pending(
    { inputs, name }: StageShape,
    input: number,
    of: { writer: number; reader: number },
    at: CommitRecord | undefined,
  ): Promise<Pending> {
    const { topic } = inputs[input]
    const partition = of.writer * tasksOfStage(this.#shape, name) + of.reader
    const from = at?.lanes[laneIndex(inputs, input, of.writer)] ?? BEGIN
    return pendingIn(this.#log, { topic, partition }, from)
  }

  async #cut(
    task: TaskSpec,
    last: CommitRecord | undefined,
    open: readonly Pending[],
  ): Promise<TaskCut> {
    const first = Math.min(...open.map(({ commit }) => commit ?? Infinity))
    if (last === undefined || first > last.number)
      return { last, commit: last?.number ?? 0, at: last }
    const commit = first - 1
    if (commit === 0) return { last, commit, at: undefined }
    const at = await commitAt(this.#log, task, { number: commit, from: 0 })
    try {
      await restore(this.#log, task, commit)
    } catch (cause) {
      throw notKept(task, commit, cause)
    }
    if (at === undefined) throw notKept(task, commit, undefined)
    return { last, commit, at }
  }

  async #sources(
    stream: StreamShape,
    lasts: readonly (CommitRecord | undefined)[],
    cuts: ReadonlyMap<string, readonly TaskCut[]>,
  ): Promise<TaskCut[]> {
    if (stream.direct !== undefined) return [...(cuts.get(stream.direct) ?? [])]
    const own: TaskCut[] = []
    for (let number = 0; number < stream.partitions; number++) {
      const open = await this.#open(stream, number, cuts)
      own.push(await this.#cut(this.#spec(sourceStage(stream.name), number), lasts[number], open))
    }
    return own
  }

  /** What is not taken of what the reader of a partition wrote. */
  async #open(
    stream: StreamShape,
    number: number,
    cuts: ReadonlyMap<string, readonly TaskCut[]>,
  ): Promise<Pending[]> {
    const { stages, from } = this.#shape
    const open: Pending[] = []
    const look = async (stage: StageShape, input: number, taken: string): Promise<void> => {
      const writer = this.#writer(taken, stream.name, number)
      if (writer !== undefined) open.push(...(await this.#readers(stage, input, writer, cuts)))
    }
    for (const [index, stage] of stages.entries()) {
      for (const [input, set] of lookupsOf(stage).entries()) await look(stage, input, set.stream)
      if (index === 0 && !this.#isDirect(stage)) await look(stage, stage.inputs.length - 1, from)
    }
    return open
  }

  /** Whether the tasks of a stage read their rows from the source themselves. */
  #isDirect({ name }: StageShape): boolean {
    return this.#shape.streams.some(({ direct }) => direct === name)
  }

  /** Number of a source's task among the writers of a stream; undefined where its events do not come into it. */
  #writer(taken: string, source: string, number: number): number | undefined {
    let before = 0
    for (const { name, partitions } of this.#origins(taken)) {
      if (name === source) return before + number
      before += partitions
    }
    return undefined
  }

  #origins(taken: string): StreamShape[] {
    return originsOfShape(this.#shape, taken)
  }

  /** Rows lie before a stage in its own lanes, or in those of a stage before it, as that stands. */
  async #rows(
    cuts: ReadonlyMap<string, readonly TaskCut[]>,
    sourceLasts: ReadonlyMap<string, readonly (CommitRecord | undefined)[]>,
  ): Promise<Map<string, readonly HandledPart[]>> {
    const { stages, from } = this.#shape
    const origins = this.#origins(from)
    const rows = new Map<string, readonly HandledPart[]>()
    const before: SourceRow[] = []
    for (const stage of stages) {
      const own = cuts.get(stage.name) ?? []
      if (this.#isDirect(stage)) {
        // No lane lies before it: it has what it has read.
        const read = new Map([[from, own.map(({ at }) => at)]])
        rows.set(stage.name, handledBy(origins, read, []))
        continue
      }
      const now = await this.#lanes(stage, stage.inputs.length - 1, (task) => own[task].at)
      rows.set(stage.name, handledBy(origins, sourceLasts, [...before, ...now]))
      const then = await this.#lanes(stage, stage.inputs.length - 1, (task) => own[task].last)
      before.push(...then)
    }
    return rows
  }

  async #updates(
    cuts: ReadonlyMap<string, readonly TaskCut[]>,
    sourceLasts: ReadonlyMap<string, readonly (CommitRecord | undefined)[]>,
  ): Promise<Map<string, readonly HandledPart[]>> {
    const updates = new Map<string, readonly HandledPart[]>()
    for (const stage of this.#shape.stages) {
      const own = cuts.get(stage.name) ?? []
      for (const [input, set] of lookupsOf(stage).entries()) {
        const origins = this.#origins(set.stream)
        const open = await this.#lanes(stage, input, (task) => own[task].at)
        updates.set(`${stage.name}/${set.name}`, handledBy(origins, sourceLasts, open))
      }
    }
    return updates
  }

  /** What the tasks of a stage have not taken of an input. */
  async #lanes(
    stage: StageShape,
    input: number,
    at: (task: number) => CommitRecord | undefined,
  ): Promise<SourceRow[]> {
    const partitions = tasksOfStage(this.#shape, stage.name)
    const rows: SourceRow[] = []
    for (let writer = 0; writer < stage.inputs[input].writers; writer++)
      for (let reader = 0; reader < partitions; reader++) {
        const pending = await this.#pending(stage, input, { writer, reader }, at(reader))
        rows.push(...pending.rows)
      }
    return rows
  }
}

/** Place of a lane among those of its task. */
export function laneIndex(inputs: readonly InputShape[], input: number, writer: number): number {
  return inputs.slice(0, input).reduce((sum, { writers }) => sum + writers, 0) + writer
}

function lookupsOf({ sets }: StageShape): SetShape[] {
  return sets.filter(({ role }) => role === 'lookup')
}

/** Streams that are read for one that is taken, in their order. */
export function originsOfShape({ streams, taken }: Shape, name: string): StreamShape[] {
  const origins = taken.find((each) => each.name === name)?.origins ?? []
  return origins.flatMap((origin) => streams.filter((stream) => stream.name === origin))
}

function handledBy(
  origins: readonly StreamShape[],
  lasts: ReadonlyMap<string, readonly (CommitRecord | undefined)[]>,
  open: readonly SourceRow[],
): HandledPart[] {
  const bySource = new Map<number, number[]>()
  for (const [source, offset] of open) {
    const offsets = bySource.get(source)
    if (offsets === undefined) bySource.set(source, [offset])
    else offsets.push(offset)
  }
  return origins.flatMap(({ name, topic, partitions }, rank) =>
    Array.from({ length: partitions }, (_, partition) => ({
      topic,
      partition,
      below: lasts.get(name)?.[partition]?.lanes[0].offset ?? 0,
      except: runsOf(bySource.get(sourceNumber(rank, partition)) ?? []),
    })),
  )
}

function notKept(task: TaskSpec, commit: number, cause: unknown): StateError {
  return new StateError(
    'ML_STATE',
    `rows on their way from stage '${task.stage}', task ${task.number}, must be made again for the changed plan; found that its state after commit ${commit} is no longer kept; run the definition as it was until it has caught up, then this one`,
    { cause, details: { stage: task.stage, task: task.number, commit } },
  )
}
