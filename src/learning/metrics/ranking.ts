// Whether rows of class 1 are scored above the others, wherever one would cut.
import { checkSetting } from '../settings.ts'
import { bump, scaleDoubles, type MetricMemory } from './metric-memory.ts'
import type { MetricType, WeighedMetric } from './metric-type.ts'

/** What `ranking` measures. */
export interface RankingReport {
  /** Rows. */
  readonly count: number
  /** Rows of class 1. */
  readonly positives: number
  /** Area under the ROC curve: the share of pairs of a positive and a negative in which the positive has the higher score, a tie one half. */
  readonly auc: number | undefined
  /** Greatest distance of `auc` to the exact area. */
  readonly aucError: number | undefined
  /** Sum over the cuts of (gain of recall) times precision, without interpolation, as scikit-learn's average_precision_score. */
  readonly averagePrecision: number | undefined
  /** Greatest distance of `averagePrecision` to the exact one. */
  readonly averagePrecisionError: number | undefined
}

/** What `ranking` takes. */
export interface RankingOptions {
  /** Bins in each doubling of the probability of class 1 and of class 0. Default 128. */
  readonly bins?: number
}

/** Probabilities below 2^-52 of either class share a bin. */
const OCTAVES = 52

/**
 * Counts by bin of the score. Bins are as fine, relatively, near 0 and near 1 as elsewhere: scores of rare classes lie all near 0.
 */
class Ranking implements WeighedMetric<RankingReport> {
  readonly #memory: MetricMemory
  readonly #bins: number
  readonly #half: number

  constructor(memory: MetricMemory, bins: number) {
    this.#memory = memory
    this.#bins = bins
    this.#half = halfOf(bins)
  }

  add(said: Float64Array, at: number, label: number, _previous: number, weight: number): void {
    const score = said[at + 1]
    const half = this.#half
    const bin = score < 0.5 ? this.#near(score) : 2 * half - 1 - this.#near(1 - score)
    bump(this.#memory, 2 * bin + label, weight)
  }

  scale(factor: number): void {
    scaleDoubles(this.#memory, 0, 4 * this.#half, factor)
  }

  value(unit: number): RankingReport {
    const counts = this.#memory.f64
    const { positives, negatives, won, tied } = this.#pairs(counts)
    const all = positives * negatives
    const precision = averagePrecision(counts, positives)
    return {
      count: (positives + negatives) / unit,
      positives: positives / unit,
      auc: all > 0 ? (won + tied / 2) / all : undefined,
      aucError: all > 0 ? tied / 2 / all : undefined,
      averagePrecision: precision?.value,
      averagePrecisionError: precision?.error,
    }
  }

  #pairs(counts: Float64Array): Record<'positives' | 'negatives' | 'won' | 'tied', number> {
    let [positives, negatives, won, tied] = [0, 0, 0, 0]
    for (let i = 0; i < counts.length; i += 2) {
      won += counts[i + 1] * negatives
      tied += counts[i + 1] * counts[i]
      negatives += counts[i]
      positives += counts[i + 1]
    }
    return { positives, negatives, won, tied }
  }

  /** Bin of a probability from 0 to 0.5, the smallest first. */
  #near(probability: number): number {
    if (probability < 2 ** -OCTAVES) return 0
    const octave = Math.floor(Math.log2(probability))
    // Rounding of the logarithm is put right: the part is in [1, 2).
    const part = probability / 2 ** octave
    const exact = part < 1 ? octave - 1 : part >= 2 ? octave + 1 : octave
    const place = Math.floor((probability / 2 ** exact - 1) * this.#bins)
    return Math.min(this.#half - 1, 1 + (exact + OCTAVES) * this.#bins + place)
  }
}

/** Bins of the probabilities up to 0.5: one below 2^-52, and one for 0.5 itself. */
function halfOf(bins: number): number {
  return 2 + (OCTAVES - 1) * bins
}

/**
 * Scores of one bin count as tied. Bounds of what they may be if they are not: at a cut that takes in the k-th positive of the bin there are at
 * least k of its positives, and at most all of its negatives; and at most all of its positives, and perhaps none of its negatives.
 */
function averagePrecision(
  counts: Float64Array,
  positives: number,
): { readonly value: number; readonly error: number } | undefined {
  if (!(positives > 0)) return undefined
  let [hits, misses, value, least, most] = [0, 0, 0, 0, 0]
  for (let i = counts.length - 2; i >= 0; i -= 2) {
    const [wrong, right] = [counts[i], counts[i + 1]]
    if (right > 0) {
      const before = hits + misses + wrong
      value += (right * (hits + right)) / (before + right)
      most += (right * (hits + right)) / (hits + misses + right)
      // Alone in its bin, a positive is where it is; nor does a cut without negatives depend on the order.
      if (before === 0 || (wrong === 0 && right === 1))
        least += (right * (hits + right)) / (before + right)
      else least += right - (misses + wrong) * Math.log1p(right / before)
    }
    hits += right
    misses += wrong
  }
  return {
    value: value / positives,
    error: Math.max(0, value - least, most - value) / positives,
  }
}

/**
 * Area under the ROC curve and average precision of the probability of class 1, over bins of it, with the greatest error that the bins can
 * make. A row costs a logarithm, `value` a pass over the bins; memory with the default bins: 209 kB.
 * @example
 * cumulative(ranking())
 */
export function ranking({ bins = 128 }: RankingOptions = {}): MetricType<RankingReport> {
  checkSetting('ranking', 'bins', bins, { atLeast: 2, atMost: 65_536, whole: true })
  return {
    kind: 'ranking',
    task: 'classes',
    outputs: 2,
    settings: { bins },
    doubles: 4 * halfOf(bins),
    over: (memory) => new Ranking(memory, bins),
  }
}
