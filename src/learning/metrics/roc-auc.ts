// The area under the ROC curve over scores in bins: fixed memory, any order, and a score can be
// taken back.
import { bump, type MetricMemory } from './metric-memory.ts'

/** Bins of equal width over [0, 1]. */
export const AUC_BINS = 16_384

/**
 * Counts of negatives and positives by bin of the score, over `memory.f64[at .. at + 2 * bins)`.
 *
 * The area is the Mann-Whitney statistic (Hanley and McNeil, 1982): the share of pairs of a
 * positive
 * and a negative in which the positive has the higher score, where a tie counts one half. Scores of
 * one bin
 * count as tied, so the area is exact where positives and negatives share no bin of unequal scores;
 * `error` is the greatest distance to the exact area: half the share of pairs that lie in one bin.
 */
export class RocAuc {
  readonly #memory: MetricMemory
  readonly #at: number
  readonly #bins: number

  constructor(memory: MetricMemory, at: number, bins: number = AUC_BINS) {
    this.#memory = memory
    this.#at = at
    this.#bins = bins
  }

  add(score: number, label: number): void {
    bump(this.#memory, this.#place(score, label), 1)
  }

  remove(score: number, label: number): void {
    bump(this.#memory, this.#place(score, label), -1)
  }

  merge(from: RocAuc): void {
    const counts = from.#memory.f64
    for (let i = 0; i < 2 * this.#bins; i++) {
      const count = counts[from.#at + i]
      if (count !== 0) bump(this.#memory, this.#at + i, count)
    }
  }

  /** undefined until there is a positive and a negative. */
  value(): { readonly area: number; readonly error: number } | undefined {
    const counts = this.#memory.f64
    let negatives = 0
    let positives = 0
    let won = 0
    let tied = 0
    for (let i = this.#at; i < this.#at + 2 * this.#bins; i += 2) {
      won += counts[i + 1] * negatives
      tied += counts[i + 1] * counts[i]
      negatives += counts[i]
      positives += counts[i + 1]
    }
    const pairs = positives * negatives
    if (pairs === 0) return undefined
    return { area: (won + tied / 2) / pairs, error: tied / 2 / pairs }
  }

  #place(score: number, label: number): number {
    const bin = Math.min(this.#bins - 1, Math.max(0, Math.floor(score * this.#bins)))
    return this.#at + 2 * bin + label
  }
}
