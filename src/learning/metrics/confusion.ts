// How often which class was said of which.
import { checkSetting } from '../settings.ts'
import { bump, scaleDoubles, type MetricMemory } from './metric-memory.ts'
import type { MetricType, WeighedMetric } from './metric-type.ts'

/** What `confusion` takes. */
export interface ConfusionOptions {
  /** Default 2. */
  readonly classes?: number
}

/** Figures of one class. */
export interface ClassReport {
  /** Rows of this class. */
  readonly count: number
  /** Share of the rows that were said to be of this class and are; undefined where none was. */
  readonly precision: number | undefined
  /** Share of the rows of this class that were said to be; undefined where there are none. */
  readonly recall: number | undefined
  /** Harmonic mean of both; undefined where the class was neither said nor there. */
  readonly f1: number | undefined
}

/** What `confusion` measures. */
export interface ConfusionReport {
  /** Rows. */
  readonly count: number
  /** Rows of which nothing was said: all probabilities 0. They count as wrong. */
  readonly unanswered: number
  /** Share of rows of which the right class was said. */
  readonly accuracy: number | undefined
  /** Agreement beyond chance (Cohen, 1960). */
  readonly kappa: number | undefined
  /**
   * Agreement beyond always saying the label before (Zliobaite, Bifet, Read, Pfahringer and Holmes, "Evaluation methods and decision theory
   * for classification of streaming data with temporal dependence", 2015). Below 0, saying the last label is better.
   */
  readonly kappaT: number | undefined
  /** Of all rows together: accuracy, where every row was answered. */
  readonly f1Micro: number | undefined
  /** Mean of F1 over the classes that were there or were said. */
  readonly f1Macro: number | undefined
  /** Matthews' correlation (1975), for more than two classes as of Gorodkin (2004). */
  readonly mcc: number | undefined
  /** Geometric mean of the recalls of the classes that were there (Kubat and Matwin, 1997). */
  readonly gMean: number | undefined
  /** Mean of these recalls (Brodersen and others, 2010). */
  readonly balancedAccuracy: number | undefined
  /** By class. */
  readonly classes: readonly ClassReport[]
}

/** Counts by label and class said; the class after the last is of what was unanswered. Then: how often the label before was right. */
class Confusion implements WeighedMetric<ConfusionReport> {
  readonly #memory: MetricMemory
  readonly #classes: number

  constructor(memory: MetricMemory, classes: number) {
    this.#memory = memory
    this.#classes = classes
  }

  add(said: Float64Array, at: number, label: number, previous: number, weight: number): void {
    const classes = this.#classes
    bump(this.#memory, label * (classes + 1) + best(said, at, classes), weight)
    if (previous === label) bump(this.#memory, classes * (classes + 1), weight)
  }

  scale(factor: number): void {
    scaleDoubles(this.#memory, 0, this.#classes * (this.#classes + 1) + 1, factor)
  }

  value(unit: number): ConfusionReport {
    const classes = this.#classes
    const matrix = this.#memory.f64.map((count) => count / unit)
    const of = new Float64Array(classes)
    const said = new Float64Array(classes + 1)
    let right = 0
    for (let label = 0; label < classes; label++) {
      for (let named = 0; named <= classes; named++) {
        const count = matrix[label * (classes + 1) + named]
        of[label] += count
        said[named] += count
        if (label === named) right += count
      }
    }
    const hits = of.map((_, label) => matrix[label * (classes + 2)])
    return confusionFigures({ of, said, hits, right, persistent: matrix[classes * (classes + 1)] })
  }
}

/** The class of largest probability, of equals the first; the number of classes where all are 0. */
function best(said: Float64Array, at: number, classes: number): number {
  let greatest = 0
  let found = classes
  for (let i = 0; i < classes; i++) {
    if (said[at + i] > greatest) {
      greatest = said[at + i]
      found = i
    }
  }
  return found
}

export interface ConfusionCounts {
  /** By label. */
  readonly of: Float64Array
  /** By class said, unanswered last. */
  readonly said: Float64Array
  /** By class: said and so. */
  readonly hits: Float64Array
  readonly right: number
  /** Rows whose label is that of the row before. */
  readonly persistent: number
}

/** The figures of counts, of whichever table they come. */
export function confusionFigures({
  of,
  said,
  hits,
  right,
  persistent,
}: ConfusionCounts): ConfusionReport {
  const count = sum(of)
  const unanswered = said[of.length]
  const classes = Array.from(of, (there, i): ClassReport => {
    const f1 = ratio(2 * hits[i], there + said[i])
    return { count: there, precision: ratio(hits[i], said[i]), recall: ratio(hits[i], there), f1 }
  })
  const recalls = classes.flatMap(({ recall }) => recall ?? [])
  const f1s = classes.flatMap(({ f1 }) => f1 ?? [])
  const accuracy = ratio(right, count)
  const chance = sum(of.map((there, i) => (there / count) * (said[i] / count)))
  return {
    count,
    unanswered,
    accuracy,
    kappa: beyond(accuracy, chance),
    kappaT: beyond(accuracy, persistent / count),
    f1Micro: ratio(2 * right, 2 * count - unanswered),
    f1Macro: mean(f1s),
    mcc: correlation({ of, said, right, count }),
    gMean: ratio(
      recalls.reduce((product, recall) => product * recall, 1) ** (1 / recalls.length),
      recalls.length === 0 ? 0 : 1,
    ),
    balancedAccuracy: mean(recalls),
    classes,
  }
}

/** 1 where all is right, 0 where no more is than by chance; undefined where chance is always right. */
function beyond(accuracy: number | undefined, chance: number): number | undefined {
  return accuracy === undefined || chance >= 1 ? undefined : (accuracy - chance) / (1 - chance)
}

/** Shares of the count, so that no product is beyond what doubles keep. What is unanswered is a class that is never true. */
function correlation(
  counts: Pick<ConfusionCounts, 'of' | 'said' | 'right'> & { readonly count: number },
): number | undefined {
  const { of, said, right, count } = counts
  if (count === 0) return undefined
  const square = (values: Float64Array): number => sum(values.map((value) => (value / count) ** 2))
  const together = sum(of.map((there, i) => (there / count) * (said[i] / count)))
  const spread = (1 - square(of)) * (1 - square(said))
  return spread <= 0 ? undefined : (right / count - together) / Math.sqrt(spread)
}

function sum(values: Float64Array): number {
  return values.reduce((all, value) => all + value, 0)
}

function mean(values: readonly number[]): number | undefined {
  return ratio(
    values.reduce((all, value) => all + value, 0),
    values.length,
  )
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined
}

/**
 * Accuracy, kappa, F1 and their kin, from one table of labels and classes said. A row costs the search for its most probable class; memory:
 * classes^2 numbers.
 * @example
 * cumulative(confusion({ classes: 3 }))
 */
export function confusion({ classes = 2 }: ConfusionOptions = {}): MetricType<ConfusionReport> {
  checkSetting('confusion', 'classes', classes, { atLeast: 2, atMost: 4096, whole: true })
  return {
    kind: 'confusion',
    task: 'classes',
    outputs: classes,
    settings: {},
    doubles: classes * (classes + 1) + 1,
    over: (memory) => new Confusion(memory, classes),
  }
}
