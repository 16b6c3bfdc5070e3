// What a model that learns must have learnt and predicted: its examples, or rows, one after the other, in the order of their merge time.
import { placeDraw } from '../base/place-draw.ts'
import { BAD_FEATURE, BAD_LABEL, type Learner } from '../contracts/learner.ts'
import type { LearningPlan, ModelPlan } from '../pipeline/plan.ts'

export interface OracleExample {
  readonly mergeTime: number
  /** The task that joined it: of equal times the lesser comes first. */
  readonly task: number
  readonly outcome: string
  readonly label: number | null
  /** By name, of the prediction; undefined for a label without one. */
  readonly features: ReadonlyMap<string, unknown> | undefined
}

const LEARNT_FROM: ReadonlySet<string> = new Set(['joined', 'revised', 'expired'])

/** Where a row comes from. */
export interface OraclePlace {
  readonly partition: number
  readonly offset: number
}

export class OracleLearning {
  readonly #plan: LearningPlan
  readonly #outputs: Readonly<Record<string, unknown>>
  readonly #learner: Learner
  readonly #examples: readonly OracleExample[]
  readonly #seed: number
  /** Of a bandit, the arm that was chosen with these features: each row has its own. */
  readonly #arms = new Map<ReadonlyMap<string, unknown>, number>()
  #next = 0
  #pending = NaN
  readonly counts: Record<string, number> = {
    learnt: 0,
    badLabel: 0,
    badFeature: 0,
    unknownFeatures: 0,
    passed: 0,
    snapshots: 0,
    snapshotBytes: 0,
    newestFrom: 0,
    newestBytes: 0,
  }

  constructor({ runtime, learning }: ModelPlan, examples: readonly OracleExample[]) {
    if (runtime.learner === undefined || learning === undefined)
      throw new RangeError('a model that learns has a learner')
    const { features, classes } = learning
    this.#plan = learning
    this.#seed = Number(runtime.options.seed ?? 0)
    this.#outputs = runtime.options.outputs as Readonly<Record<string, unknown>>
    this.#learner = runtime.learner.make({ features: features.length, classes })
    this.#examples = examples.toSorted((a, b) => a.mergeTime - b.mergeTime || a.task - b.task)
  }

  /** @param mergeTime of rows, which come in their order. */
  predict(
    mergeTime: number,
    features: ReadonlyMap<string, unknown>,
    { partition, offset }: OraclePlace,
  ): object {
    this.learnUntil(this.#period(mergeTime) * this.#plan.periodMs)
    const { actions } = this.#plan
    const out = new Float64Array(this.#learner.outputs)
    const draws = Float64Array.of(placeDraw(this.#seed, partition, offset))
    this.#learner.predict({ columns: this.#columns(features), from: 0, to: 1, draws }, out)
    if (actions !== undefined) {
      const [arm, propensity] = out
      this.#arms.set(features, arm)
      return { action: actions[arm], propensity }
    }
    return Object.fromEntries(
      Object.entries(this.#outputs).map(([name, from]) => {
        const [, place = '0'] = /\[(\d+)\]/.exec(String(from)) ?? []
        return [name, out[Number(place)]]
      }),
    )
  }

  /** Learns what is before a time; Infinity for all. */
  learnUntil(time: number): void {
    const examples = this.#examples
    for (; this.#next < examples.length && examples[this.#next].mergeTime < time; this.#next++)
      this.#learn(examples[this.#next])
    if (!Number.isNaN(this.#pending) && this.#pending * this.#plan.periodMs < time) this.#snapshot()
  }

  #learn({ mergeTime, outcome, label, features }: OracleExample): void {
    if (!LEARNT_FROM.has(outcome) || label === null || features === undefined) {
      this.counts.passed++
      return
    }
    const period = this.#period(mergeTime)
    if (period > this.#pending) this.#snapshot()
    const became = new Uint8Array(1)
    const columns = this.#columns(features)
    const arms = Int32Array.of(this.#arms.get(features) ?? -1)
    const rows = { columns, from: 0, to: 1, times: Float64Array.of(mergeTime), arms }
    this.#learner.learn(rows, Float64Array.of(label), became)
    if (became[0] === BAD_LABEL) this.counts.badLabel++
    else if (became[0] === BAD_FEATURE) this.counts.badFeature++
    else {
      this.counts.learnt++
      this.#pending = period
    }
  }

  /** A period in which something was learnt ends in a snapshot. */
  #snapshot(): void {
    this.counts.snapshots++
    const { length } = this.#learner.encode()
    this.counts.snapshotBytes += length
    this.counts.newestBytes = length
    this.counts.newestFrom = (this.#pending + 1) * this.#plan.periodMs
    this.#pending = NaN
  }

  #period(time: number): number {
    return Math.floor(time / this.#plan.periodMs)
  }

  #columns(features: ReadonlyMap<string, unknown>): Float64Array[] {
    return this.#plan.features.map((name) => {
      const value = features.get(name)
      const known = typeof value === 'number' || typeof value === 'boolean'
      return Float64Array.of(known ? Number(value) : NaN)
    })
  }
}
