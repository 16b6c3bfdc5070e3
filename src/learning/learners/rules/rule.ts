// One rule of AMRules: for which rows it holds, what it says of them, and what it knows that could make it narrower.
import { Adwin } from '../../drift/adwin.ts'
import { DRIFT } from '../../../contracts/detector.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { addValue, COUNT, MEAN, MOMENTS, variance } from '../tree/moments.ts'
import { roundToTenth } from '../tree/round-to-tenth.ts'
import { NONE, SplitFound, SplitPoints } from '../tree/split-points.ts'

export interface RuleSettings {
  readonly features: number
  readonly grace: number
  readonly delta: number
  readonly tau: number
  readonly fading: number
  readonly anomaly: number
  readonly anomalyAfter: number
  readonly leastRows: number
  readonly rate: number
  readonly maxBytes: number
}

/** Of the slope of the squared loss, and of an error that is shown to the detector: what keeps every state finite. */
const SLOPE_LIMIT = 1e12
const ERROR_LIMIT = 1e100

/** Numbers of a rule, with the moments of its targets since it became what it is, and of all it ever learnt. */
const TRIED = 0
const MEAN_ERROR = 1
const MODEL_ERROR = 2
const TARGET = 3
const ALL = TARGET + MOMENTS
const NUMBERS = ALL + MOMENTS

const found = new SplitFound()
const best = new SplitFound()

export class Rule {
  readonly #of: RuleSettings
  readonly #numbers = new Float64Array(NUMBERS)
  /** Of each feature: above which value and up to which the rule holds. */
  readonly #low: Float64Array
  readonly #high: Float64Array
  /** Moments of the features, and the linear model with its intercept behind. */
  readonly #moments: Float64Array
  readonly #model: Float64Array
  readonly #roots: Int32Array
  #points: SplitPoints
  #drift = new Adwin()

  constructor(of: RuleSettings) {
    this.#of = of
    this.#low = new Float64Array(of.features).fill(-Infinity)
    this.#high = new Float64Array(of.features).fill(Infinity)
    this.#moments = new Float64Array(of.features * MOMENTS)
    this.#model = new Float64Array(of.features + 1)
    this.#roots = new Int32Array(of.features).fill(NONE)
    this.#points = new SplitPoints(of.leastRows)
  }

  /** Whether the rule is about such a row; of a value that is missing it says nothing. */
  covers(x: Float64Array): boolean {
    const low = this.#low
    const high = this.#high
    for (let i = 0; i < x.length; i++) {
      if (low[i] !== -Infinity && !(x[i] > low[i])) return false
      if (high[i] !== Infinity && !(x[i] <= high[i])) return false
    }
    return true
  }

  /** Whether the row is unlike those that the rule has learnt; it is not learnt then (the test of MOA, by Chebyshev's bound). */
  isAnomaly(x: Float64Array): boolean {
    if (!(this.#numbers[TARGET + COUNT] > this.#of.anomalyAfter)) return false
    let score = 0
    let hits = 0
    for (let i = 0, at = 0; i < x.length; i++, at += MOMENTS) {
      const spread = variance(this.#moments, at)
      if (!(spread > 0)) continue
      const apart = x[i] - this.#moments[at + MEAN]
      const probability = (2 * spread) / (spread + apart * apart)
      if (!(probability > 0 && probability < 1)) continue
      score += Math.log(probability) - Math.log(1 - probability)
      hits++
    }
    return hits > 0 && score / hits < this.#of.anomaly
  }

  predict(x: Float64Array): number {
    const numbers = this.#numbers
    if (numbers[MEAN_ERROR] <= numbers[MODEL_ERROR]) return numbers[ALL + MEAN]
    return this.#linear(x)
  }

  /** Shows the error of a prediction to the detector; whether the rule has become wrong. */
  drifts(error: number): boolean {
    return this.#drift.update(Math.min(ERROR_LIMIT, error)) === DRIFT
  }

  learn(x: Float64Array, target: number): void {
    const numbers = this.#numbers
    const { fading } = this.#of
    addValue(numbers, TARGET, target, 1)
    for (let i = 0; i < x.length; i++) {
      const value = x[i]
      if (value !== value) continue
      this.#roots[i] = this.#points.add(this.#roots[i], roundToTenth(value), target, 1)
      addValue(this.#moments, i * MOMENTS, value, 1)
    }
    const linear = this.#linear(x)
    numbers[MEAN_ERROR] = fading * numbers[MEAN_ERROR] + Math.abs(target - numbers[ALL + MEAN])
    numbers[MODEL_ERROR] = fading * numbers[MODEL_ERROR] + Math.abs(target - linear)
    addValue(numbers, ALL, target, 1)
    this.#step(x, 2 * (linear - target))
    if (this.#points.bytes > this.#of.maxBytes) this.#anew()
  }

  #linear(x: Float64Array): number {
    const model = this.#model
    let sum = 0
    for (let i = 0; i < x.length; i++) if (x[i] === x[i]) sum += model[i] * x[i]
    return sum + model[x.length]
  }

  /** The intercept has a rate of its own, 0.01, as in River. */
  #step(x: Float64Array, full: number): void {
    const model = this.#model
    const slope = Math.max(-SLOPE_LIMIT, Math.min(SLOPE_LIMIT, full))
    model[x.length] -= 0.01 * slope
    for (let i = 0; i < x.length; i++) {
      if (x[i] === x[i]) model[i] -= this.#of.rate * (slope * x[i])
    }
  }

  /**
   * Makes the rule narrower where it is time to try, and the bound allows it: it holds on the better side of the best split alone, keeps its
   * predictors and observes anew. @returns whether it did.
   */
  expand(): boolean {
    const numbers = this.#numbers
    const { grace, delta, tau } = this.#of
    const seen = numbers[TARGET + COUNT]
    if (seen - numbers[TRIED] < grace) return false
    numbers[TRIED] = seen
    const all = variance(numbers, TARGET)
    if (!(all > 0)) return false
    best.clear()
    let feature = NONE
    let second = 0
    for (let i = 0; i < this.#roots.length; i++) {
      if (this.#roots[i] === NONE) continue
      found.clear()
      this.#points.best(this.#roots[i], numbers, TARGET, found)
      // Of equals the last one.
      if (found.merit >= best.merit) {
        second = Math.max(second, best.merit)
        best.copy(found)
        feature = i
      } else second = Math.max(second, found.merit)
    }
    const bound = Math.sqrt(Math.log(1 / delta) / (2 * seen))
    if (!(best.merit > 0 && ((best.merit - second) / all > bound || bound < tau))) return false
    const spread = ({ left, right }: SplitFound): boolean =>
      left[COUNT] * variance(left, 0) <= right[COUNT] * variance(right, 0)
    if (spread(best)) this.#high[feature] = Math.min(this.#high[feature], best.value)
    else this.#low[feature] = Math.max(this.#low[feature], best.value)
    this.#anew()
    this.#drift = new Adwin()
    return true
  }

  /** Forgets what it has observed, not what it predicts by. */
  #anew(): void {
    this.#numbers[TRIED] = 0
    this.#numbers.fill(0, TARGET, TARGET + MOMENTS)
    this.#moments.fill(0)
    this.#roots.fill(NONE)
    this.#points = new SplitPoints(this.#of.leastRows)
  }

  /** The bounds of each feature the rule has, as text, such as `x2 > 0.5`. */
  get text(): string {
    const bounds: string[] = []
    this.#low.forEach((low, i) => {
      if (low !== -Infinity) bounds.push(`x${i} > ${low}`)
      if (this.#high[i] !== Infinity) bounds.push(`x${i} <= ${this.#high[i]}`)
    })
    return bounds.join(' and ')
  }

  write(writer: StateWriter): void {
    for (const array of this.#arrays()) writer.array(array)
    writer.array(this.#roots)
    this.#points.write(writer)
    writer.array(this.#drift.encode())
  }

  static read(reader: StateReader, of: RuleSettings): Rule {
    const rule = new Rule(of)
    for (const array of rule.#arrays()) reader.into(array)
    reader.into(rule.#roots)
    rule.#points = SplitPoints.read(reader, of.leastRows)
    rule.#drift.restore(reader.bytes())
    return rule
  }

  #arrays(): Float64Array[] {
    return [this.#numbers, this.#low, this.#high, this.#moments, this.#model]
  }

  get memoryBytes(): number {
    const arrays = this.#arrays().reduce((sum, { byteLength }) => sum + byteLength, 0)
    return arrays + this.#roots.byteLength + this.#points.bytes + this.#drift.memoryBytes
  }
}
