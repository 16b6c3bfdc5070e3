// How good a model of several classes is, pair by pair as labels arrive.
import { assert } from '../../base/assert.ts'
import { confusionFigures, type ClassReport } from './confusion.ts'
import { ExactSum, SUM_DOUBLES } from './exact-sum.ts'
import { bump, type MetricMemory } from './metric-memory.ts'
import type { Metrics, MetricsKind } from './metrics-kind.ts'

/** Up to so many classes every pair of label and class said is counted; beyond, the sums of the table's rows and columns alone. */
export const TABLE_CLASSES = 16
/** So many classes can be measured: 24 kB a version and month. */
export const MEASURED_CLASSES = 1024

export interface ClassMetricsReport {
  readonly count: number
  /** Share of pairs whose class was right. */
  readonly accuracy: number | undefined
  /** Share of the most frequent label: the accuracy of always saying it. */
  readonly baseAccuracy: number | undefined
  /** Agreement beyond chance (Cohen, 1960). */
  readonly kappa: number | undefined
  /** Mean of F1 over the classes that were there or were said. */
  readonly f1Macro: number | undefined
  /** Mean of -ln(the probability given to what came true), 2^-52 away from 0 and 1; undefined where a class alone is said. */
  readonly logLoss: number | undefined
  /** Log loss of always saying the shares of the labels: their entropy. */
  readonly baseRateLogLoss: number | undefined
  /** By class. */
  readonly classes: readonly ClassReport[]
  /** By label, how often each class was said; undefined beyond 16 classes. */
  readonly confusion: readonly (readonly number[])[] | undefined
}

export interface ClassMetricsOptions {
  readonly classes: number
  /** Whether each pair has the probability given to its label. */
  readonly chances: boolean
}

const EPSILON = 2 ** -52

const COUNT = 0
const LOG_LOSS = 1
const LABELS = LOG_LOSS + SUM_DOUBLES

/**
 * Labels and what is said are classes, 0 .. classes - 1. A function of the set of pairs: order and merging change no bit, and `remove` undoes
 * `add`.
 */
export class ClassMetrics implements Metrics<ClassMetricsReport> {
  readonly #memory: MetricMemory
  readonly #at: number
  readonly #options: ClassMetricsOptions
  readonly #logLoss: ExactSum

  static doubles({ classes }: ClassMetricsOptions): number {
    return LABELS + 3 * classes + (classes <= TABLE_CLASSES ? classes * classes : 0)
  }

  constructor(memory: MetricMemory, at: number, options: ClassMetricsOptions) {
    this.#memory = memory
    this.#at = at
    this.#options = options
    this.#logLoss = new ExactSum(memory, at + LOG_LOSS)
  }

  add(said: number, label: number, chance?: number): void {
    this.#count(said, label, 1)
    if (this.#options.chances) this.#logLoss.add(loss(chance))
  }

  remove(said: number, label: number, chance?: number): void {
    this.#count(said, label, -1)
    if (this.#options.chances) this.#logLoss.subtract(loss(chance))
  }

  merge(from: ClassMetrics): void {
    const doubles = ClassMetrics.doubles(this.#options)
    const theirs = from.#memory.f64
    bump(this.#memory, this.#at, theirs[from.#at])
    for (let i = LABELS; i < doubles; i++) bump(this.#memory, this.#at + i, theirs[from.#at + i])
    this.#logLoss.merge(from.#logLoss)
  }

  value(): ClassMetricsReport {
    const { classes, chances } = this.#options
    const count = this.#memory.f64[this.#at + COUNT]
    const of = this.#part(LABELS, classes)
    const said = new Float64Array(classes + 1)
    said.set(this.#part(LABELS + classes, classes))
    const hits = this.#part(LABELS + 2 * classes, classes)
    const right = hits.reduce((all, each) => all + each, 0)
    const { accuracy, kappa, f1Macro, ...rest } = confusionFigures({
      of,
      said,
      hits,
      right,
      persistent: 0,
    })
    return {
      count,
      accuracy,
      baseAccuracy: count === 0 ? undefined : Math.max(...of) / count,
      kappa,
      f1Macro,
      logLoss: count === 0 || !chances ? undefined : this.#logLoss.value() / count,
      baseRateLogLoss: count === 0 ? undefined : entropy(of, count),
      classes: rest.classes,
      confusion: this.#table(),
    }
  }

  #table(): number[][] | undefined {
    const { classes } = this.#options
    if (classes > TABLE_CLASSES) return undefined
    const from = LABELS + 3 * classes
    return Array.from({ length: classes }, (_, label) => [
      ...this.#part(from + label * classes, classes),
    ])
  }

  #part(from: number, length: number): Float64Array {
    return this.#memory.f64.slice(this.#at + from, this.#at + from + length)
  }

  #count(said: number, label: number, by: 1 | -1): void {
    const { classes } = this.#options
    assert(
      isClass(said, classes) && isClass(label, classes),
      'what is judged is one of the classes',
    )
    const own = this.#at + LABELS
    bump(this.#memory, this.#at + COUNT, by)
    bump(this.#memory, own + label, by)
    bump(this.#memory, own + classes + said, by)
    if (said === label) bump(this.#memory, own + 2 * classes + label, by)
    if (classes <= TABLE_CLASSES) bump(this.#memory, own + 3 * classes + label * classes + said, by)
  }
}

/** Layout of the metrics of so many classes. */
export function classMetrics(
  options: ClassMetricsOptions,
): MetricsKind<ClassMetricsReport, ClassMetrics> {
  return {
    doubles: ClassMetrics.doubles(options),
    over: (memory, at) => new ClassMetrics(memory, at, options),
    merge: (into, from) => into.merge(from),
  }
}

/** Whether a number is one of the classes 0 .. classes - 1. */
export function isClass(value: number, classes: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < classes
}

function loss(chance = NaN): number {
  assert(Number.isFinite(chance), 'a pair of a model of probabilities has that of its label')
  return -Math.log(Math.min(1 - EPSILON, Math.max(EPSILON, chance)))
}

function entropy(of: Float64Array, count: number): number {
  return of.reduce(
    (sum, each) => (each === 0 ? sum : sum - (each / count) * Math.log(each / count)),
    0,
  )
}
