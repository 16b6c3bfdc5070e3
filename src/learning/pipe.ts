// Preparations and a learner as one learner.
import { DefinitionError } from '../base/errors.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../contracts/graph-writer.ts'
import {
  BAD_FEATURE,
  BAD_LABEL,
  LEARNT,
  VALUE_LIMIT,
  type Learner,
  type LearnerTask,
  type Preparer,
  type Rows,
} from '../contracts/learner.ts'
import { checkRows, checkTimes, isLabel, RowLearner, tooShort } from './learners/row-learner.ts'
import { RowPreparer } from './preparation/row-preparer.ts'
import { StateReader, StateWriter, type StateHeader } from './state-codec.ts'

/**
 * One learner of preparations, each over the columns of the one before, and a learner at the end. A row is predicted with preparations
 * as they were before it, and learnt with preparations that have learnt it, as in River. A row that cannot be learnt changes none of them.
 * @throws DefinitionError where one gives another number of columns than the next one takes.
 */
export function pipe(...steps: readonly [...Preparer[], Learner]): Learner {
  const preparers = steps.slice(0, -1) as readonly Preparer[]
  return new Pipe(preparers, steps[steps.length - 1] as Learner)
}

interface Lesson {
  readonly rows: Rows
  readonly labels: Float64Array
  readonly outcome: Uint8Array | undefined
}

class Pipe implements Learner {
  readonly kind: string
  readonly task: LearnerTask
  readonly features: number
  readonly outputs: number
  readonly arms: number | undefined
  readonly timed: boolean | undefined
  readonly #preparers: readonly Preparer[]
  readonly #learner: Learner
  readonly #header: StateHeader
  /** Columns between the steps, for a batch; [0] are the ones given, without what cannot be used. */
  #between: Float64Array[][] = []
  /** The steps, where they all go row by row: then nothing lies between them but the row at hand. */
  readonly #byRow: readonly RowPreparer[] | undefined
  readonly #last: RowLearner | undefined
  readonly #x: Float64Array
  #labels = new Float64Array(0)
  #outcome = new Uint8Array(0)
  /** Of the rows in the first columns, what goes with them to the learner. */
  #times = new Float64Array(0)
  #arms = new Int32Array(0)
  readonly #rows: { columns: readonly Float64Array[]; from: number; to: number }

  constructor(preparers: readonly Preparer[], learner: Learner) {
    const all = [...preparers, learner]
    preparers.forEach((each, i) => {
      if (each.outputs === all[i + 1].features) return
      throw new DefinitionError(
        `pipe: expected '${all[i + 1].kind}' to take the ${each.outputs} columns of '${each.kind}', found ${all[i + 1].features}; make it for as many features`,
      )
    })
    this.kind = all.map(({ kind }) => kind).join('|')
    this.task = learner.task
    this.features = all[0].features
    this.outputs = learner.outputs
    this.arms = learner.arms
    this.timed = learner.timed
    this.#preparers = preparers
    this.#learner = learner
    this.#header = { kind: this.kind, version: 1, settings: '{}' }
    this.#rows = { columns: [], from: 0, to: 0 }
    const byRow = preparers.filter((each) => each instanceof RowPreparer)
    if (learner instanceof RowLearner && byRow.length === preparers.length) {
      this.#byRow = byRow
      this.#last = learner
    }
    this.#x = new Float64Array(this.features)
  }

  predict(rows: Rows, out: Float64Array): void {
    checkRows(this, rows)
    const count = rows.to - rows.from
    if (out.length < count * this.outputs) tooShort(this.kind, 'out', out.length)
    if (this.#byRow !== undefined && this.#last !== undefined) {
      this.#predictByRow(this.#byRow, this.#last, rows, out)
      return
    }
    this.#room(count)
    for (let i = 0; i < this.features; i++) {
      const given = rows.columns[i]
      const kept = this.#between[0][i]
      for (let row = 0; row < count; row++) kept[row] = usable(given[rows.from + row])
    }
    this.#preparers.forEach((each, i) => each.transform(this.#at(i, count), this.#between[i + 1]))
    const draws = rows.draws?.subarray(rows.from, rows.to)
    this.#learner.predict({ ...this.#at(this.#preparers.length, count), draws }, out)
  }

  learn(rows: Rows, labels: Float64Array, outcome?: Uint8Array): number {
    checkRows(this, rows)
    if (labels.length < rows.to) tooShort(this.kind, 'labels', labels.length)
    if (outcome !== undefined && outcome.length < rows.to) {
      tooShort(this.kind, 'outcome', outcome.length)
    }
    checkTimes(this, rows)
    if (this.arms !== undefined && (rows.arms?.length ?? 0) < rows.to)
      tooShort(this.kind, 'arms', rows.arms?.length ?? 0)
    if (this.#byRow !== undefined && this.#last !== undefined) {
      return this.#learnByRow(this.#byRow, this.#last, { rows, labels, outcome })
    }
    this.#room(rows.to - rows.from)
    const count = this.#take(rows, labels, outcome)
    this.#preparers.forEach((each, i) =>
      each.learn(this.#at(i, count), this.#labels, this.#between[i + 1]),
    )
    const times = rows.times && this.#times
    const arms = rows.arms && this.#arms
    const last = { ...this.#at(this.#preparers.length, count), times, arms }
    this.#learner.learn(last, this.#labels, this.#outcome)
    return rows.to - rows.from - count
  }

  #predictByRow(
    preparers: readonly RowPreparer[],
    learner: RowLearner,
    { columns, from, to }: Rows,
    out: Float64Array,
  ): void {
    const x = this.#x
    for (let row = from, at = 0; row < to; row++, at += this.outputs) {
      for (let i = 0; i < x.length; i++) x[i] = usable(columns[i][row])
      for (let step = 0; step < preparers.length; step++) preparers[step].transformRow(x)
      learner.predictGiven(x, out, at)
    }
  }

  #learnByRow(
    preparers: readonly RowPreparer[],
    learner: RowLearner,
    { rows: { columns, from, to, times }, labels, outcome }: Lesson,
  ): number {
    const x = this.#x
    let left = 0
    for (let row = from; row < to; row++) {
      let became: number = isLabel(this, labels[row]) ? LEARNT : BAD_LABEL
      for (let i = 0; i < x.length && became === LEARNT; i++) {
        const value = columns[i][row]
        x[i] = value
        if (!(value <= VALUE_LIMIT && value >= -VALUE_LIMIT) && value === value) {
          became = BAD_FEATURE
        }
      }
      if (outcome !== undefined) outcome[row] = became
      if (became !== LEARNT) {
        left++
        continue
      }
      for (let step = 0; step < preparers.length; step++) preparers[step].learnRow(x)
      learner.learnGiven(x, labels[row], times === undefined ? Number.NaN : times[row])
    }
    return left
  }

  /** Copies what can be learnt into the first columns, one row behind the other; gives how many. */
  #take(rows: Rows, labels: Float64Array, outcome: Uint8Array | undefined): number {
    let count = 0
    const kept = this.#between[0]
    const { times, arms } = rows
    for (let row = rows.from; row < rows.to; row++) {
      let became: number = isLabel(this, labels[row]) ? LEARNT : BAD_LABEL
      if (
        this.arms !== undefined &&
        arms !== undefined &&
        !(arms[row] >= 0 && arms[row] < this.arms)
      )
        became = BAD_LABEL
      for (let i = 0; i < this.features && became === LEARNT; i++) {
        const value = rows.columns[i][row]
        kept[i][count] = value
        if (!(value <= VALUE_LIMIT && value >= -VALUE_LIMIT) && value === value) {
          became = BAD_FEATURE
        }
      }
      if (outcome !== undefined) outcome[row] = became
      if (became !== LEARNT) continue
      if (times !== undefined) this.#times[count] = times[row]
      if (arms !== undefined) this.#arms[count] = arms[row]
      this.#labels[count++] = labels[row]
    }
    return count
  }

  #at(step: number, to: number): Rows {
    this.#rows.columns = this.#between[step]
    this.#rows.to = to
    return this.#rows
  }

  #room(rows: number): void {
    if (rows <= this.#labels.length && this.#between.length > 0) return
    const length = 2 ** Math.ceil(Math.log2(Math.max(1, rows)))
    this.#labels = new Float64Array(length)
    this.#outcome = new Uint8Array(length)
    this.#times = new Float64Array(length)
    this.#arms = new Int32Array(length)
    const widths = [this.features, ...this.#preparers.map(({ outputs }) => outputs)]
    this.#between = widths.map((width) =>
      Array.from({ length: width }, () => new Float64Array(length)),
    )
  }

  writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const prepared = this.#preparers.reduce((way, each) => each.writeGraph(graph, way), rows)
    return this.#learner.writeGraph(graph, prepared)
  }

  encode(): Uint8Array {
    const writer = new StateWriter(this.#header)
    for (const each of [...this.#preparers, this.#learner]) writer.array(each.encode())
    return writer.finish()
  }

  restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.#header)
    const steps = [...this.#preparers, this.#learner]
    const parts = steps.map(() => reader.bytes())
    reader.end()
    const before = steps.map((each) => each.encode())
    try {
      steps.forEach((each, i) => each.restore(parts[i]))
    } catch (error) {
      steps.forEach((each, i) => each.restore(before[i]))
      throw error
    }
  }

  get memoryBytes(): number {
    return [...this.#preparers, this.#learner].reduce((sum, each) => sum + each.memoryBytes, 0)
  }
}

function usable(value: number): number {
  return value <= VALUE_LIMIT && value >= -VALUE_LIMIT ? value : Number.NaN
}
