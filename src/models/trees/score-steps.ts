// What is done to the scores of an ensemble on their way to one output, in memory that every run uses again.
import { logistic, rounding, softmax, type Scores } from './finish-scores.ts'
import type { Step } from './tree-chain.ts'
import type { NumberType } from './wasm-code.ts'

interface Taking {
  readonly steps: readonly Step[]
  /** Of the scores, and of what the operator gives of them. */
  readonly precision: NumberType
  readonly gives: NumberType
  /** Scores of a row, and the most rows of a run. */
  readonly width: number
  readonly capacity: number
}

export class ScoreSteps {
  readonly #taking: Taking
  readonly #memory: { float32?: Float32Array<ArrayBuffer>; float64?: Float64Array<ArrayBuffer> } =
    {}

  constructor(taking: Taking) {
    this.#taking = taking
  }

  /** @returns the scores themselves where nothing is done to them, else what is valid until the next call. */
  take(scores: Scores, rows: number): Scores {
    const { steps, precision, gives, width } = this.#taking
    if (steps.length === 0 && gives === precision) return scores
    const length = rows * width
    let type = gives
    let values = this.#copy(scores, length, type)
    for (const step of steps) {
      if (step === 'float32' || step === 'float64') {
        type = step
        values = this.#copy(values, length, type)
      } else if (step === 'Sigmoid') {
        for (let i = 0; i < length; i++) values[i] = logistic(values[i])
      } else {
        const round = rounding(type)
        for (let from = 0; from < length; from += width)
          softmax(values, { from, to: from + width, skipZeros: false, round })
      }
    }
    return values
  }

  #copy(from: Scores, length: number, precision: NumberType): Scores {
    const room = this.#taking.capacity * this.#taking.width
    const to =
      precision === 'float32'
        ? (this.#memory.float32 ??= new Float32Array(room))
        : (this.#memory.float64 ??= new Float64Array(room))
    for (let i = 0; i < length; i++) to[i] = from[i]
    return to
  }
}
