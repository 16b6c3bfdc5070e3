// A tree for numbers of an ensemble, with what is known of its errors, and the tree that is to take its place.
import type { Prng } from '../../../base/prng.ts'
import { DRIFT } from '../../../contracts/detector.ts'
import { Adwin } from '../../drift/adwin.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { addValue, COUNT, MOMENTS, variance } from '../tree/moments.ts'
import { RegressionCore, type RegressionRules } from '../tree/regression-core.ts'

export interface RegressionMemberRules {
  readonly tree: RegressionRules
  /** Delta of the detector that has the tree replaced, and of the one that has its successor begin. */
  readonly drift: number
  readonly warning: number
}

/** The greatest magnitude of an error that is counted, so that its square stays finite. */
const ERROR_LIMIT = 1e120

export class RegressionMember {
  readonly #rules: RegressionMemberRules
  readonly #random: Prng
  tree: RegressionCore
  #background: RegressionCore | undefined
  readonly #drift: Adwin
  readonly #warning: Adwin
  /** Of the errors, which the detectors see by where they lie within three deviations. */
  readonly #errors = new Float64Array(MOMENTS)

  constructor(rules: RegressionMemberRules, random: Prng) {
    this.#rules = rules
    this.#random = random
    this.tree = new RegressionCore(rules.tree, random)
    this.#drift = new Adwin({ delta: rules.drift })
    this.#warning = new Adwin({ delta: rules.warning })
  }

  learn(x: Float64Array, target: number, weight: number): void {
    const error = target - this.tree.predict(x)
    this.#background?.learn(x, target, weight)
    this.tree.learn(x, target, weight)
    const place = this.#placed(Math.max(-ERROR_LIMIT, Math.min(ERROR_LIMIT, error)))
    if (this.#warning.update(place) === DRIFT) {
      this.#background = new RegressionCore(this.#rules.tree, this.#random)
      this.#warning.reset()
    }
    if (this.#drift.update(place) === DRIFT) this.#renew()
  }

  /** 0.5 for no error, 0 and 1 for three deviations of all errors so far. */
  #placed(error: number): number {
    const errors = this.#errors
    addValue(errors, 0, error, 1)
    const deviation = Math.sqrt(variance(errors, 0))
    if (errors[COUNT] === 1 || !(deviation > 0)) return 0.5
    return (error + 3 * deviation) / (6 * deviation)
  }

  #renew(): void {
    if (this.#background !== undefined) this.#warning.reset()
    this.tree = this.#background ?? new RegressionCore(this.#rules.tree, this.#random)
    this.#background = undefined
    this.#drift.reset()
  }

  get memoryBytes(): number {
    const detectors = this.#drift.memoryBytes + this.#warning.memoryBytes
    return this.tree.memoryBytes + (this.#background?.memoryBytes ?? 0) + detectors
  }

  write(writer: StateWriter): void {
    writer.array(this.#errors)
    this.tree.write(writer)
    writer.number(this.#background === undefined ? 0 : 1)
    this.#background?.write(writer)
    writer.array(this.#drift.encode())
    writer.array(this.#warning.encode())
  }

  /** Takes what `write` wrote. */
  read(reader: StateReader): void {
    const { tree } = this.#rules
    reader.into(this.#errors)
    this.tree = RegressionCore.read(reader, tree, this.#random)
    this.#background =
      reader.number() === 1 ? RegressionCore.read(reader, tree, this.#random) : undefined
    this.#drift.restore(reader.bytes())
    this.#warning.restore(reader.bytes())
  }
}
