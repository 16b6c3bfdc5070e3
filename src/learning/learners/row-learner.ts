// What learners that go row by row share: the checks, a row gathered from its columns, labels, outcomes, and the bytes.
import { DefinitionError } from '../../base/errors.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import {
  BAD_FEATURE,
  BAD_LABEL,
  LEARNT,
  VALUE_LIMIT,
  type Learner,
  type LearnerTask,
  type Rows,
} from '../../contracts/learner.ts'
import { cannotExport } from '../export/cannot-export.ts'
import { checkSetting } from '../settings.ts'
import {
  encodeArrays,
  restoreArrays,
  settingsText,
  type StateArray,
  type StateHeader,
} from '../state-codec.ts'

export interface LearnerInfo {
  readonly kind: string
  readonly task: LearnerTask
  readonly version: number
  readonly features: number
  /** Classes, or 1. */
  readonly outputs: number
  readonly settings: Readonly<Record<string, unknown>>
  /** What stands in a gathered row for a value that is missing. Default NaN. */
  readonly missing?: number
  /** Whether it forgets by time. Default false. */
  readonly timed?: boolean
}

export abstract class RowLearner implements Learner {
  readonly kind: string
  readonly task: LearnerTask
  readonly features: number
  readonly outputs: number
  readonly timed: boolean
  /** The row at hand. */
  protected readonly x: Float64Array
  protected readonly header: StateHeader
  readonly #missing: number

  constructor(info: LearnerInfo) {
    checkSetting(info.kind, 'features', info.features, { atLeast: 1, whole: true })
    checkSetting(info.kind, info.task === 'classes' ? 'classes' : 'outputs', info.outputs, {
      atLeast: info.task === 'classes' ? 2 : 1,
      whole: true,
    })
    this.kind = info.kind
    this.task = info.task
    this.features = info.features
    this.outputs = info.outputs
    this.timed = info.timed ?? false
    this.x = new Float64Array(info.features)
    this.#missing = info.missing ?? Number.NaN
    const { features, outputs, settings } = info
    this.header = {
      kind: info.kind,
      version: info.version,
      settings: settingsText({ features, outputs, ...settings }),
    }
  }

  /** Writes the outputs of the row at hand to `out[at ...]`. */
  protected abstract predictRow(out: Float64Array, at: number): void
  /** Learns the row at hand, whose values and label are within the limit. @param time its event time, ms; NaN where none is told. */
  protected abstract learnRow(label: number, time: number): void
  /** All state, in a fixed order. Learners whose state grows encode it themselves. */
  protected arrays(): readonly StateArray[] {
    return []
  }

  writeGraph(_graph: GraphWriter, _rows: GraphRows): GraphValue {
    return cannotExport(this.kind, 'how it predicts is not written as a graph yet')
  }

  predict(rows: Rows, out: Float64Array): void {
    checkRows(this, rows)
    if (out.length < (rows.to - rows.from) * this.outputs) tooShort(this.kind, 'out', out.length)
    for (let row = rows.from, at = 0; row < rows.to; row++, at += this.outputs) {
      this.#gather(rows.columns, row)
      this.predictRow(out, at)
    }
  }

  learn(rows: Rows, labels: Float64Array, outcome?: Uint8Array): number {
    checkRows(this, rows)
    if (labels.length < rows.to) tooShort(this.kind, 'labels', labels.length)
    if (outcome !== undefined && outcome.length < rows.to) {
      tooShort(this.kind, 'outcome', outcome.length)
    }
    checkTimes(this, rows)
    let left = 0
    for (let row = rows.from; row < rows.to; row++) {
      const label = labels[row]
      let became: number = LEARNT
      if (!isLabel(this, label)) became = BAD_LABEL
      else if (!this.#gather(rows.columns, row)) became = BAD_FEATURE
      else this.learnRow(label, rows.times === undefined ? Number.NaN : rows.times[row])
      if (became !== LEARNT) left++
      if (outcome !== undefined) outcome[row] = became
    }
    return left
  }

  /** Predicts a row that is at hand already: its values are NaN or within the limit. Writes to `out[at ...]`. */
  predictGiven(x: Float64Array, out: Float64Array, at: number): void {
    this.#take(x)
    this.predictRow(out, at)
  }

  /** Learns such a row; so is its label one that can be learnt. */
  learnGiven(x: Float64Array, label: number, time: number): void {
    this.#take(x)
    this.learnRow(label, time)
  }

  encode(): Uint8Array {
    return encodeArrays(this.header, this.arrays())
  }

  restore(bytes: Uint8Array): void {
    restoreArrays(bytes, this.header, this.arrays())
  }

  get memoryBytes(): number {
    return this.arrays().reduce((sum, { byteLength }) => sum + byteLength, this.x.byteLength)
  }

  #take(given: Float64Array): void {
    const { x } = this
    const missing = this.#missing
    for (let i = 0; i < x.length; i++) x[i] = given[i] === given[i] ? given[i] : missing
  }

  /** False where a value is infinite or beyond the limit; it stands as missing then. */
  #gather(columns: readonly Float64Array[], row: number): boolean {
    const { x } = this
    let usable = true
    for (let i = 0; i < x.length; i++) {
      const value = columns[i][row]
      if (value <= VALUE_LIMIT && value >= -VALUE_LIMIT) x[i] = value
      else {
        x[i] = this.#missing
        if (value === value) usable = false
      }
    }
    return usable
  }
}

/** @throws DefinitionError ML_USAGE where the columns are not those of that learner. */
export function checkRows(
  of: { readonly kind: string; readonly features: number },
  { columns, from, to }: Rows,
): void {
  if (columns.length !== of.features) {
    throw new DefinitionError(
      `${of.kind}: expected ${of.features} columns, found ${columns.length}; give it the features it was made for, in their order`,
      { code: 'ML_USAGE' },
    )
  }
  for (const column of columns) if (column.length < to) tooShort(of.kind, 'a column', column.length)
  if (!(from >= 0 && from <= to)) {
    throw new DefinitionError(
      `${of.kind}: expected rows from 0 on, the first before the last, found ${from} to ${to}; correct the range`,
      { code: 'ML_USAGE' },
    )
  }
}

/** @throws DefinitionError ML_USAGE where rows do not tell the times that a learner forgets by. */
export function checkTimes(
  { kind, timed }: { readonly kind: string; readonly timed?: boolean | undefined },
  { times, to }: Rows,
): void {
  if (times !== undefined && times.length < to) tooShort(kind, 'times', times.length)
  if (timed !== true || times !== undefined) return
  throw new DefinitionError(
    `${kind}: expected the event time of each row, by which keys are forgotten, found none; give times with the rows, or leave out ttl`,
    { code: 'ML_USAGE' },
  )
}

export function tooShort(kind: string, what: string, length: number): never {
  throw new DefinitionError(
    `${kind}: expected ${what} to be as long as the rows ask, found ${length}; give a longer array`,
    { code: 'ML_USAGE' },
  )
}

/** Whether a label can be learnt: a class, or a number within the limit. */
export function isLabel(
  { task, outputs }: { readonly task: LearnerTask; readonly outputs: number },
  label: number,
): boolean {
  if (task === 'classes') return label >= 0 && label < outputs && label === Math.floor(label)
  if (task === 'none' || task === 'clusters') return true
  return label <= VALUE_LIMIT && label >= -VALUE_LIMIT
}
