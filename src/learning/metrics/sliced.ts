// A metric for each slice of the rows: by country, by shop, by version.
import type { Metric } from '../../contracts/metric.ts'
import { checkSetting } from '../settings.ts'

/** What `Sliced` takes. */
export interface SlicedOptions {
  /** Slices that are kept apart; what comes later is taken together as `others`. Default 100. */
  readonly most?: number
}

/** Figures of one slice. */
export interface SliceReport<Report> {
  /** Its name. */
  readonly slice: string
  /** Of its rows alone. */
  readonly report: Report
}

/** One metric a slice, and one for the slices that came when there was no more room. */
export class Sliced<Report> {
  readonly #make: () => Metric<Report>
  readonly #most: number
  readonly #slices = new Map<string, Metric<Report>>()
  #others: Metric<Report> | undefined

  constructor(make: () => Metric<Report>, { most = 100 }: SlicedOptions = {}) {
    this.#most = checkSetting('sliced', 'most', most, { atLeast: 1, whole: true })
    this.#make = make
  }

  /** Takes a row of that slice, as `Metric.add`. */
  add(slice: string, said: Float64Array, at: number, label: number): void {
    this.#of(slice).add(said, at, label)
  }

  /** In the order of their first row. */
  value(): readonly SliceReport<Report>[] {
    return Array.from(this.#slices, ([slice, metric]) => ({ slice, report: metric.value() }))
  }

  /** Of the rows of slices beyond `most`; undefined where there are none. */
  get others(): Report | undefined {
    return this.#others?.value()
  }

  #of(slice: string): Metric<Report> {
    const known = this.#slices.get(slice)
    if (known !== undefined) return known
    if (this.#slices.size >= this.#most) return (this.#others ??= this.#make())
    const made = this.#make()
    this.#slices.set(slice, made)
    return made
  }
}
