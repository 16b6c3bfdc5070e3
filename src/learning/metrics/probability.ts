// How good probabilities are: not whether the right class was first, but how much of the whole it was given.
import { checkSetting } from '../settings.ts'
import {
  CALIBRATION_DOUBLES,
  Calibration,
  expectedCalibrationError,
  type CalibrationBin,
} from './calibration.ts'
import { ExactSum, SUM_DOUBLES } from './exact-sum.ts'
import { bump, scaleDoubles, type MetricMemory } from './metric-memory.ts'
import type { MetricType, WeighedMetric } from './metric-type.ts'

/** What `probability` takes. */
export interface ProbabilityOptions {
  /** Default 2. */
  readonly classes?: number
  /** Probabilities are kept so far away from 0 and 1 in log loss. Default 2^-52. */
  readonly floor?: number
}

/** What `probability` measures. */
export interface ProbabilityReport {
  /** Rows. */
  readonly count: number
  /** Mean of -ln(the probability given to what came true). */
  readonly logLoss: number | undefined
  /** Brier (1950). For two classes the mean of (p - y)^2 of class 1, for more the sum of it over the classes. */
  readonly brier: number | undefined
  /**
   * Expected calibration error over 20 bins of equal width (Naeini, Cooper and Hauskrecht, 2015): for two classes of the probability of class 1,
   * for more of the greatest one, which should be right as often as it says.
   */
  readonly calibrationError: number | undefined
  /** Bins with rows, the lowest score first. */
  readonly calibration: readonly CalibrationBin[]
}

const LOG_LOSS = 1
const BRIER = LOG_LOSS + SUM_DOUBLES
const CALIBRATION = BRIER + SUM_DOUBLES
const DOUBLES = CALIBRATION + CALIBRATION_DOUBLES

class Probability implements WeighedMetric<ProbabilityReport> {
  readonly #memory: MetricMemory
  readonly #classes: number
  readonly #floor: number
  readonly #logLoss: ExactSum
  readonly #brier: ExactSum
  readonly #calibration: Calibration

  constructor(memory: MetricMemory, classes: number, floor: number) {
    this.#memory = memory
    this.#classes = classes
    this.#floor = floor
    this.#logLoss = new ExactSum(memory, LOG_LOSS)
    this.#brier = new ExactSum(memory, BRIER)
    this.#calibration = new Calibration(memory, CALIBRATION)
  }

  add(said: Float64Array, at: number, label: number, _previous: number, weight: number): void {
    const given = Math.min(1 - this.#floor, Math.max(this.#floor, said[at + label]))
    bump(this.#memory, 0, weight)
    this.#logLoss.addWeighted(-Math.log(given), weight)
    if (this.#classes === 2) {
      this.#brier.addWeighted((said[at + 1] - label) ** 2, weight)
      this.#calibration.add(said[at + 1], label, weight)
      return
    }
    let square = 0
    let greatest = at
    for (let i = 0; i < this.#classes; i++) {
      square += (said[at + i] - (i === label ? 1 : 0)) ** 2
      if (said[at + i] > said[greatest]) greatest = at + i
    }
    this.#brier.addWeighted(square, weight)
    this.#calibration.add(said[greatest], greatest === at + label ? 1 : 0, weight)
  }

  scale(factor: number): void {
    scaleDoubles(this.#memory, 0, 1, factor)
    this.#logLoss.scale(factor)
    this.#brier.scale(factor)
    this.#calibration.scale(factor)
  }

  value(unit: number): ProbabilityReport {
    const count = this.#memory.f64[0]
    const calibration = this.#calibration.bins()
    return {
      count: count / unit,
      logLoss: count > 0 ? this.#logLoss.value() / count : undefined,
      brier: count > 0 ? this.#brier.value() / count : undefined,
      calibrationError: count > 0 ? expectedCalibrationError(calibration) : undefined,
      calibration: calibration.map((bin) => ({ ...bin, count: bin.count / unit })),
    }
  }
}

/**
 * Log loss, Brier score and calibration. A row of which nothing was said (all probabilities 0) counts as it stands. Memory: 0.8 kB.
 * @example
 * windowed(probability({ classes: 3 }))
 */
export function probability(options: ProbabilityOptions = {}): MetricType<ProbabilityReport> {
  const { classes = 2, floor = 2 ** -52 } = options
  checkSetting('probability', 'classes', classes, { atLeast: 2, whole: true })
  checkSetting('probability', 'floor', floor, { above: 0, below: 0.5 })
  return {
    kind: 'probability',
    task: 'classes',
    outputs: classes,
    settings: { floor },
    doubles: DOUBLES,
    over: (memory) => new Probability(memory, classes, floor),
  }
}
