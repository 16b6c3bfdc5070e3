// A value in the place of one that is missing.
import { DefinitionError } from '../../base/errors.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import type { Rows } from '../../contracts/learner.ts'
import { asNumber, filled, sideBySide } from '../export/columns.ts'
import { preparedRows } from '../export/prepared-rows.ts'
import { P2_STRIDE, p2Start, p2Update, p2Value } from '../p2-quantile.ts'
import { checkSetting } from '../settings.ts'
import type { StateArray } from '../state-codec.ts'
import { BasePreparer } from './base-preparer.ts'

export interface ImputerOptions {
  readonly features: number
  /** What stands for a missing value: the mean or the median (by P2) of the feature so far, its last value, or a number. Default `mean`. */
  readonly by?: 'mean' | 'median' | 'last' | number
  /** Whether a column a feature is added behind: 1 where its value was missing, else 0. Default false. */
  readonly mark?: boolean
}

/**
 * Fills what is missing, from the values learnt so far; 0 where a feature never had one. Whether a value was missing often says more than
 * what is put there: `mark` keeps it. 16 bytes a feature, 128 by the median.
 */
export class Imputer extends BasePreparer {
  readonly #by: 'mean' | 'median' | 'last' | number
  readonly #mark: boolean
  /** Of a feature: count and mean, or the P2 estimate of the median. */
  readonly #state: Float64Array
  readonly #stride: number

  constructor({ features, by = 'mean', mark = false }: ImputerOptions) {
    const kind = 'imputer'
    if (typeof by === 'number') checkSetting(kind, 'by', by, { atLeast: -1e100, atMost: 1e100 })
    else if (by !== 'mean' && by !== 'median' && by !== 'last') {
      throw new DefinitionError(
        `${kind}: expected 'by' to be 'mean', 'median', 'last' or a number, found '${String(by)}'; state one of these`,
      )
    }
    const outputs = mark ? 2 * features : features
    super({ kind, version: 1, features, outputs, settings: { by, mark } })
    this.#by = by
    this.#mark = mark
    this.#stride = by === 'median' ? P2_STRIDE : 2
    this.#state = new Float64Array(features * this.#stride)
    if (by !== 'median') return
    for (let i = 0; i < features; i++) p2Start(this.#state, i * P2_STRIDE, 0.5)
  }

  transform(rows: Rows, out: readonly Float64Array[]): void {
    this.#fill(rows, out, false)
  }

  learn(rows: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    this.#fill(rows, out, true)
  }

  #fill({ columns, from, to }: Rows, out: readonly Float64Array[], learns: boolean): void {
    for (let i = 0; i < this.features; i++) {
      const given = columns[i]
      const written = out[i]
      const at = i * this.#stride
      for (let row = from; row < to; row++) {
        const value = given[row]
        if (value === value) {
          if (learns) this.#learnValue(at, value)
          written[row - from] = value
        } else written[row - from] = this.#standIn(at)
      }
      if (!this.#mark) continue
      const marks = out[this.features + i]
      for (let row = from; row < to; row++) marks[row - from] = given[row] === given[row] ? 0 : 1
    }
  }

  #learnValue(at: number, value: number): void {
    const state = this.#state
    if (this.#by === 'median') p2Update(state, at, 0.5, value)
    else if (this.#by === 'mean') state[at + 1] += (value - state[at + 1]) / ++state[at]
    else if (this.#by === 'last') state[at + 1] = value
  }

  #standIn(at: number): number {
    if (typeof this.#by === 'number') return this.#by
    if (this.#by !== 'median') return this.#state[at + 1]
    return this.#state[at] === 0 ? 0 : p2Value(this.#state, at, 0.5)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const { features } = this
    const standIns = Float64Array.from({ length: features }, (_, i) =>
      this.#standIn(i * this.#stride),
    )
    const build = (): GraphValue => {
      const value = rows.value()
      const whole = filled(graph, value, standIns)
      if (!this.#mark) return whole
      return sideBySide(graph, [whole, asNumber(graph, graph.node('IsNaN', [value]))])
    }
    return preparedRows(rows, build, (column) =>
      column < features ? { column, at: (value) => value, missing: standIns[column] } : undefined,
    )
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#state]
  }
}
