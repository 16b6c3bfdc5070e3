// Whether a score of 0.3 comes true three times in ten: counts, outcomes and scores by bin of the
// score.
import { ExactSum, SUM_DOUBLES } from './exact-sum.ts'
import { bump, scaleDoubles, type MetricMemory } from './metric-memory.ts'

/** Bins of equal width over [0, 1]; the last one includes 1. */
export const CALIBRATION_BINS = 20

/** Doubles of one bin: count, positives, sum of scores. */
const BIN_DOUBLES = 2 + SUM_DOUBLES

export const CALIBRATION_DOUBLES: number = CALIBRATION_BINS * BIN_DOUBLES

/** Pairs whose score lies in [from, to). */
export interface CalibrationBin {
  /** The least score, included. */
  readonly from: number
  /** The greatest, excluded but in the last bin. */
  readonly to: number
  /** Pairs of the bin. */
  readonly count: number
  /** Mean of their scores. */
  readonly meanScore: number
  /** Share of positives. */
  readonly rate: number
}

export class Calibration {
  readonly #memory: MetricMemory
  readonly #at: number
  readonly #scores: readonly ExactSum[]

  constructor(memory: MetricMemory, at: number) {
    this.#memory = memory
    this.#at = at
    this.#scores = Array.from(
      { length: CALIBRATION_BINS },
      (_, bin) => new ExactSum(memory, at + bin * BIN_DOUBLES + 2),
    )
  }

  /** A weight of -1 takes a pair back. */
  add(score: number, label: number, weight = 1): void {
    const bin = Math.min(CALIBRATION_BINS - 1, Math.max(0, Math.floor(score * CALIBRATION_BINS)))
    bump(this.#memory, this.#place(bin), weight)
    if (label === 1) bump(this.#memory, this.#place(bin) + 1, weight)
    this.#scores[bin].addWeighted(score, weight)
  }

  /** Makes every pair weigh so many times what it weighs. */
  scale(factor: number): void {
    for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
      scaleDoubles(this.#memory, this.#place(bin), 2, factor)
      this.#scores[bin].scale(factor)
    }
  }

  merge(from: Calibration): void {
    for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
      bump(this.#memory, this.#place(bin), from.#memory.f64[from.#place(bin)])
      bump(this.#memory, this.#place(bin) + 1, from.#memory.f64[from.#place(bin) + 1])
      this.#scores[bin].merge(from.#scores[bin])
    }
  }

  /** Bins with pairs, from the lowest score to the highest. */
  bins(): readonly CalibrationBin[] {
    const found: CalibrationBin[] = []
    for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
      const count = this.#memory.f64[this.#place(bin)]
      if (count === 0) continue
      found.push({
        from: bin / CALIBRATION_BINS,
        to: (bin + 1) / CALIBRATION_BINS,
        count,
        meanScore: this.#scores[bin].value() / count,
        rate: this.#memory.f64[this.#place(bin) + 1] / count,
      })
    }
    return found
  }

  #place(bin: number): number {
    return this.#at + bin * BIN_DOUBLES
  }
}

/**
 * Expected calibration error: the distance of mean score and rate, averaged over the bins by their
 * counts
 * (Naeini, Cooper and Hauskrecht, 2015). NaN without pairs.
 */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  let count = 0
  let distance = 0
  for (const bin of bins) {
    count += bin.count
    distance += bin.count * Math.abs(bin.rate - bin.meanScore)
  }
  return distance / count
}
