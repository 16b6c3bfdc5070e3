// Windows that are read from their events, which are all kept: their values are taken in fold order, once for all features of them.
import type { Ring } from './ring.ts'
import type { ExactWindow } from './set-shape.ts'
import type { WindowValues } from './window-values.ts'

const NOTHING = new Float64Array(0)

export class ExactWindows {
  readonly #windows: readonly ExactWindow[]
  readonly #events: Ring
  readonly #values: WindowValues
  #taken = new Float64Array(64)
  #spare = new Float64Array(64)

  constructor(windows: readonly ExactWindow[], events: Ring, values: WindowValues) {
    this.#windows = windows
    this.#events = events
    this.#values = values
  }

  /** Reads the open key. @param until how many of its entries have at most that time. */
  read(row: number, time: number, until: number): void {
    for (const window of this.#windows) {
      const to = time - window.delayMs
      const end = window.delayMs === 0 ? until : this.#events.countUntil(to)
      const count = this.#take(window.word, this.#events.countUntil(to - window.overMs), end)
      const { features } = window
      for (let i = 0; i < features.length; i++) {
        const last = i === features.length - 1
        // Whoever reads them may move them about.
        if (!last) this.#spare.set(this.#taken.subarray(0, count))
        this.#values.exact(features[i], row, last ? this.#taken : this.#spare, count)
      }
    }
  }

  /** Reads a key that is not there. */
  readNothing(row: number): void {
    for (const { features } of this.#windows)
      for (const feature of features) this.#values.exact(feature, row, NOTHING, 0)
  }

  #take(word: number, from: number, end: number): number {
    const { f64, stride, base, capacity } = this.#events
    if (end - from > this.#taken.length) {
      this.#taken = new Float64Array((end - from) * 2)
      this.#spare = new Float64Array((end - from) * 2)
    }
    const values = this.#taken
    const behind = base + capacity * stride
    let at = this.#events.at(from)
    let count = 0
    for (let entry = from; entry < end; entry++) {
      const value = f64[at + word]
      values[count] = value
      if (value === value) count++
      at += stride
      if (at === behind) at = base
    }
    return count
  }
}
