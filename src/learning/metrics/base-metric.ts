// What metrics over all rows, over a window and with fading share: the check of a row, a memory of their own, and the bytes.
import { EventError } from '../../base/errors.ts'
import { VALUE_LIMIT } from '../../contracts/learner.ts'
import type { Metric } from '../../contracts/metric.ts'
import {
  encodeArrays,
  restoreArrays,
  settingsText,
  type StateArray,
  type StateHeader,
} from '../state-codec.ts'
import { ownMemory } from './metric-memory.ts'
import type { MetricType, WeighedMetric } from './metric-type.ts'

export abstract class BaseMetric<Report> implements Metric<Report> {
  readonly kind: string
  readonly task: 'classes' | 'number'
  readonly outputs: number
  protected readonly sums: WeighedMetric<Report>
  readonly #memory: Float64Array
  readonly #header: StateHeader

  constructor(of: MetricType<Report>, way: string, settings: Readonly<Record<string, unknown>>) {
    this.kind = way === '' ? of.kind : `${way}/${of.kind}`
    this.task = of.task
    this.outputs = of.outputs
    const memory = ownMemory(of.doubles)
    this.#memory = memory.f64
    this.sums = of.over(memory)
    this.#header = {
      kind: this.kind,
      version: 1,
      settings: settingsText({ outputs: of.outputs, ...of.settings, ...settings }),
    }
  }

  /** Takes a row that was checked. */
  protected abstract take(said: Float64Array, at: number, label: number): void
  abstract value(): Report
  /** Its own state beside the sums. */
  protected abstract own(): readonly StateArray[]

  add(said: Float64Array, at: number, label: number): void {
    const { task, outputs, kind } = this
    if (task === 'number') {
      if (!(Math.abs(label) <= VALUE_LIMIT)) refuse(kind, 'a label that is a number within 1e100')
      if (!(Math.abs(said[at]) <= VALUE_LIMIT)) refuse(kind, 'a prediction within 1e100')
    } else {
      const whole = label >= 0 && label < outputs && label === Math.floor(label)
      if (!whole) refuse(kind, `a label that is a class, 0 to ${outputs - 1}`)
      for (let i = at; i < at + outputs; i++) {
        if (!(said[i] >= 0 && said[i] <= 1 + 1e-9)) refuse(kind, 'probabilities from 0 to 1')
      }
    }
    this.take(said, at, label)
  }

  encode(): Uint8Array {
    return encodeArrays(this.#header, [this.#memory, ...this.own()])
  }

  restore(bytes: Uint8Array): void {
    restoreArrays(bytes, this.#header, [this.#memory, ...this.own()])
  }

  get memoryBytes(): number {
    return this.own().reduce((sum, { byteLength }) => sum + byteLength, this.#memory.byteLength)
  }
}

function refuse(kind: string, expected: string): never {
  throw new EventError(
    `the metric '${kind}' expected ${expected}, found something else; leave such a row out, and count it`,
  )
}
