// What learners around another learner share: the row at hand as columns for it, and bytes around its bytes.
import type { Learner, Rows } from '../../contracts/learner.ts'
import { encodeArrays, StateReader, StateWriter, type StateArray } from '../state-codec.ts'
import { RowLearner } from './row-learner.ts'

export interface WrapperInfo {
  readonly kind: string
  readonly version: number
  readonly learner: Learner
  readonly settings: Readonly<Record<string, unknown>>
}

export abstract class WrappedLearner extends RowLearner {
  protected readonly inner: Learner
  /** What the inner learner says of the row at hand, after `ask`. */
  protected readonly said: Float64Array
  readonly #row: Rows
  readonly #label = new Float64Array(1)
  readonly #time = new Float64Array(1)

  constructor({ kind, version, learner, settings }: WrapperInfo) {
    super({
      kind: `${kind}(${learner.kind})`,
      task: learner.task,
      version,
      features: learner.features,
      outputs: learner.outputs,
      timed: learner.timed ?? false,
      settings,
    })
    this.inner = learner
    this.said = new Float64Array(learner.outputs)
    const { x } = this
    const columns = Array.from(x, (_, i) => x.subarray(i, i + 1))
    this.#row = { columns, from: 0, to: 1, times: this.#time }
  }

  protected ask(): void {
    this.inner.predict(this.#row, this.said)
  }

  protected teach(label: number, time: number): void {
    this.#label[0] = label
    this.#time[0] = time
    this.inner.learn(this.#row, this.#label)
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    writer.array(encodeArrays(this.header, this.arrays()))
    writer.array(this.inner.encode())
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const own = reader.bytes()
    const inner = reader.bytes()
    reader.end()
    const before = this.inner.encode()
    this.inner.restore(inner)
    try {
      super.restore(own)
    } catch (error) {
      this.inner.restore(before)
      throw error
    }
  }

  override get memoryBytes(): number {
    const own: readonly StateArray[] = this.arrays()
    return own.reduce((sum, { byteLength }) => sum + byteLength, this.inner.memoryBytes)
  }
}
