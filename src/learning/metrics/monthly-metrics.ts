// Metrics of one model version: over all pairs, and by the calendar month (UTC) of the prediction.
// Months are found in the memory itself: nothing is kept beside it that a restore would not bring.
import type { GrowingMemory } from './metric-memory.ts'
import type { Metrics, MetricsKind } from './metrics-kind.ts'

export interface MonthReport<Report> {
  /** `2001-04`, of the time of prediction, UTC. */
  readonly month: string
  readonly metrics: Report
}

/**
 * Layout: the number of months, the metrics over all, then for each month its number and its
 * metrics.
 */
const ALL = 1

/**
 * Metrics over the whole of a memory of their own, which grows by a slice for each month.
 * A month is looked for from the newest back, so pairs in time order find theirs at once.
 */
export class MonthlyMetrics<Report, Of extends Metrics<Report>> {
  readonly #memory: GrowingMemory
  readonly #kind: MetricsKind<Report, Of>
  /** Views by slice, made when first used; slice 0 is over all. */
  readonly #views: Of[] = []

  constructor(memory: GrowingMemory, kind: MetricsKind<Report, Of>) {
    this.#memory = memory
    this.#kind = kind
    memory.grow((ALL + kind.doubles) * 8)
  }

  /** @param time of the prediction, ms since 1970. @param chance the probability given to the label, where there is one. */
  add(time: number, predicted: number, label: number, chance?: number): void {
    this.#all().add(predicted, label, chance)
    this.#month(monthOf(time)).add(predicted, label, chance)
  }

  /** Takes back a pair that was added with that time. */
  remove(time: number, predicted: number, label: number, chance?: number): void {
    this.#all().remove(predicted, label, chance)
    this.#month(monthOf(time)).remove(predicted, label, chance)
  }

  /** Adds the pairs of another: of the same version in another task. */
  merge(from: MonthlyMetrics<Report, Of>): void {
    this.#kind.merge(this.#all(), from.#all())
    for (let slice = 1; slice <= from.#months(); slice++) {
      this.#kind.merge(this.#month(from.#monthAt(slice)), from.#view(slice))
    }
  }

  value(): Report {
    return this.#all().value()
  }

  /** Months with pairs, in time order. */
  months(): readonly MonthReport<Report>[] {
    const slices = Array.from({ length: this.#months() }, (_, i) => i + 1)
    slices.sort((a, b) => this.#monthAt(a) - this.#monthAt(b))
    return slices.map((slice) => ({
      month: monthText(this.#monthAt(slice)),
      metrics: this.#view(slice).value(),
    }))
  }

  #months(): number {
    return this.#memory.f64[0]
  }

  #all(): Of {
    return this.#view(0)
  }

  #month(month: number): Of {
    for (let slice = this.#months(); slice > 0; slice--) {
      if (this.#monthAt(slice) === month) return this.#view(slice)
    }
    const slice = this.#months() + 1
    this.#memory.grow((this.#placeOf(slice) + this.#kind.doubles) * 8)
    this.#write(0, slice)
    this.#write(this.#placeOf(slice) - 1, month)
    return this.#view(slice)
  }

  #write(at: number, value: number): void {
    this.#memory.f64[at] = value
    this.#memory.touch(at * 8, 8)
  }

  #monthAt(slice: number): number {
    return this.#memory.f64[this.#placeOf(slice) - 1]
  }

  /** Where the metrics of a slice begin; a month's number stands before them. */
  #placeOf(slice: number): number {
    return ALL + slice * (1 + this.#kind.doubles)
  }

  #view(slice: number): Of {
    this.#views[slice] ??= this.#kind.over(this.#memory, this.#placeOf(slice))
    return this.#views[slice]
  }
}

/**
 * Months since March of the year 0, UTC, of the proleptic Gregorian calendar.
 * Days to civil date as in Hinnant, "chrono-compatible low-level date algorithms" (2021).
 */
function monthOf(time: number): number {
  const days = Math.floor(time / 86_400_000) + 719_468
  const era = Math.floor(days / 146_097)
  const dayOfEra = days - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  return (era * 400 + yearOfEra) * 12 + Math.floor((5 * dayOfYear + 2) / 153)
}

function monthText(month: number): string {
  const sinceJanuary = month + 2
  const year = Math.floor(sinceJanuary / 12)
  return `${String(year).padStart(4, '0')}-${String(sinceJanuary - year * 12 + 1).padStart(2, '0')}`
}
