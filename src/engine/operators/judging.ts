// Measures predictions against their labels. Where every class has a probability, that of the label is in the prediction's receipt alone,
// which is read when the batch is through: in its order, so that no result depends on where a batch ended.
import type { WaitingRow } from '../waiting/row.ts'
import type { ReceiptFeatures, ReceiptPlaces } from './receipt-features.ts'

/** What is measured of each outcome with a label. Kept in the task's memory, so that it commits with it. */
export interface JoinMetrics {
  /** So many probabilities are in the receipt of each prediction; 0 where the score says all. */
  readonly chances: number
  /** Whether a score can be measured against such a label. */
  measures(score: number, label: number): boolean
  /** Of the version of the model that gave the score: model-version.ts. */
  of(version: number): VersionMetrics
}

export interface VersionMetrics {
  /** @param time of the prediction, ms. @param chance the probability that was given to the label, where there are `chances`. */
  add(time: number, score: number, label: number, chance?: number): void
  /** Takes back what `add` did: for a label that was revised. */
  remove(time: number, score: number, label: number, chance?: number): void
}

/** A prediction that was measured against its first label. */
export interface Measured {
  readonly version: number
  readonly score: number
  readonly label: number
  /** The probability that was given to the label, where there are `chances`. */
  readonly chance?: number | undefined
}

/** A prediction and what is said of it now. */
interface Judged {
  readonly version: number
  readonly time: number
  readonly score: number
  /** What was said before; NaN for nothing. */
  readonly before: number
  readonly label: number
}

export interface JudgingOptions {
  readonly metrics: JoinMetrics
  /** Counts one that cannot be measured. */
  readonly unmeasured: () => void
  /** Where the probabilities are; undefined where there are none. */
  readonly receipts: ReceiptFeatures | undefined
  /** Gets what was measured for the first time: a revision is none. @param row of the outcome. */
  readonly measured?: ((row: number, of: Measured) => void) | undefined
}

export class Judging {
  readonly #options: JudgingOptions
  /** By the row of the batch's outcomes. */
  readonly #owed = new Map<number, Judged>()

  constructor(options: JudgingOptions) {
    this.#options = options
  }

  /**
   * A prediction without a score, because the labels judge no output, is not measured.
   * @param before the label it had until now; NaN for none. @param row of the outcome.
   */
  judge(entry: Readonly<WaitingRow>, before: number, row: number): void {
    const { version, time, score, label } = entry
    if (Number.isNaN(score)) return
    if (this.#options.metrics.chances > 0)
      this.#owed.set(row, { version, time, score, before, label })
    else this.#take(row, { version, time, score, before, label })
  }

  /** Measures what waits for its receipt. @param places of all rows of the batch's outcomes. */
  async settle(places: ReceiptPlaces): Promise<void> {
    const { metrics, receipts, unmeasured } = this.#options
    if (this.#owed.size === 0) return
    const owed = places.tasks.map((task, row) => (this.#owed.has(row) ? task : NaN))
    const { chances } = metrics
    const given = await receipts?.vectors({ ...places, tasks: owed }, chances)
    for (const [row, judged] of this.#owed) {
      const at = row * chances
      if (given === undefined || Number.isNaN(given[at])) unmeasured()
      else this.#take(row, judged, given.subarray(at, at + chances))
    }
    this.#owed.clear()
  }

  #take(row: number, judged: Judged, given?: Float64Array): void {
    const { metrics, unmeasured, measured } = this.#options
    const { version, time, score, before, label } = judged
    if (!Number.isNaN(before) && metrics.measures(score, before))
      metrics.of(version).remove(time, score, before, given?.[before])
    if (!metrics.measures(score, label)) {
      unmeasured()
      return
    }
    const chance = given?.[label]
    metrics.of(version).add(time, score, label, chance)
    if (Number.isNaN(before)) measured?.(row, { version, score, label, chance })
  }
}
