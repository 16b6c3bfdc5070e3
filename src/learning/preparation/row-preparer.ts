// Preparations that give each feature back as one feature, row by row: a pipe runs these without columns between its steps.
import type { Rows } from '../../contracts/learner.ts'
import { BasePreparer, type PreparerInfo } from './base-preparer.ts'

export abstract class RowPreparer extends BasePreparer {
  readonly #x: Float64Array

  constructor(info: Omit<PreparerInfo, 'outputs'>) {
    super({ ...info, outputs: info.features })
    this.#x = new Float64Array(info.features)
  }

  /** Writes a row, in its place, as it is by what is known now. Its values are NaN or within `VALUE_LIMIT`, before and after. */
  abstract transformRow(x: Float64Array): void
  /** Learns a row, then writes it, in its place, as it is by what is known with it. */
  abstract learnRow(x: Float64Array): void

  transform({ columns, from, to }: Rows, out: readonly Float64Array[]): void {
    const x = this.#x
    for (let row = from; row < to; row++) {
      for (let i = 0; i < x.length; i++) x[i] = columns[i][row]
      this.transformRow(x)
      for (let i = 0; i < x.length; i++) out[i][row - from] = x[i]
    }
  }

  learn({ columns, from, to }: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    const x = this.#x
    for (let row = from; row < to; row++) {
      for (let i = 0; i < x.length; i++) x[i] = columns[i][row]
      this.learnRow(x)
      for (let i = 0; i < x.length; i++) out[i][row - from] = x[i]
    }
  }
}
