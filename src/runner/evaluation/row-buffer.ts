// Rows on their way into an evaluation, in columns that are used again.
import type { Evaluation } from '../../learning/evaluation/evaluation.ts'

const ROWS = 1024

export class RowBuffer {
  readonly #evaluation: Evaluation
  readonly #columns: readonly Float64Array[]
  readonly #labels = new Float64Array(ROWS)
  readonly #times = new Float64Array(ROWS)
  readonly #due = new Float64Array(ROWS)
  #rows = 0

  constructor(evaluation: Evaluation, features: number) {
    this.#evaluation = evaluation
    this.#columns = Array.from({ length: features }, () => new Float64Array(ROWS))
  }

  /** @param value of each feature, NaN where it is missing. */
  add(
    value: (feature: number) => number,
    { label, time, due }: { label: number; time: number; due: number },
  ): void {
    const row = this.#rows
    for (let i = 0; i < this.#columns.length; i++) this.#columns[i][row] = value(i)
    this.#labels[row] = label
    this.#times[row] = time
    this.#due[row] = due
    if (++this.#rows === ROWS) this.flush()
  }

  flush(): void {
    const rows = this.#rows
    this.#rows = 0
    this.#evaluation.add({
      columns: this.#columns,
      labels: this.#labels.subarray(0, rows),
      times: this.#times,
      due: this.#due,
    })
  }
}
