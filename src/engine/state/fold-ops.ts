// What is done to the folds of a window together: copied, merged, given events.
import type { Ring } from './ring.ts'
import type { Fold, Place } from './fold.ts'
import type { Level } from './set-shape.ts'

/** Copies all folds of a level. */
export function copyState(width: number, into: Place, from: Place): void {
  const { state, at } = into
  const source = from.state
  const sourceAt = from.at
  for (let w = 0; w < width; w++) state[at + w] = source[sourceAt + w]
}

/** Merges all folds of a level of sums. */
function addState(width: number, into: Place, from: Place): void {
  const { state, at } = into
  const source = from.state
  const sourceAt = from.at
  for (let w = 0; w < width; w++) state[at + w] += source[sourceAt + w]
}

/** Merges these folds of a level, or all. `from` holds events that are later than those of `into`. */
export function mergeFolds(level: Level, folds: readonly Fold[], into: Place, from: Place): void {
  const { state, at } = into
  if (level.sums) {
    addState(level.width, into, from)
    return
  }
  for (let f = 0; f < folds.length; f++) {
    const fold = folds[f]
    fold.aggregate.merge(state, at + fold.at, from.state, from.at + fold.at)
  }
}

/** Adds entry `entry` of the ring; a fold whose value the event has not is left as it is. */
export function addEvent(folds: readonly Fold[], into: Place, events: Ring, entry: number): void {
  const { state, at } = into
  const { f64 } = events
  const from = events.at(entry)
  const time = f64[from]
  for (let f = 0; f < folds.length; f++) {
    const fold = folds[f]
    const value = f64[from + fold.word]
    if (value === value) fold.aggregate.add(state, at + fold.at, value, time)
  }
}

/** Events in a row, whose values are taken out of their ring so that a fold goes over plain numbers. */
export class EventRun {
  readonly #events: Ring
  #values = new Float64Array(64)
  /** Which word of the entries `#values` has, and of how many entries; -1: none yet. */
  #word = -1
  #present = 0

  constructor(events: Ring) {
    this.#events = events
  }

  /** Adds `count` entries from `entry` in order, with the same bits as `addEvent` of each. */
  add(folds: readonly Fold[], into: Place, run: Run): void {
    this.#word = -1
    for (let f = 0; f < folds.length; f++) {
      const fold = folds[f]
      const { aggregate } = fold
      if (aggregate.addAll === undefined) {
        this.#addEach(fold, into, run)
        continue
      }
      if (fold.word === 0) {
        // It takes no value: every event counts, and nothing is to be read.
        aggregate.addAll(into.state, into.at + fold.at, this.#values, run.count)
        continue
      }
      if (fold.word !== this.#word) this.#take(fold.word, run)
      aggregate.addAll(into.state, into.at + fold.at, this.#values, this.#present)
    }
  }

  #addEach(fold: Fold, into: Place, run: Run): void {
    const { f64 } = this.#events
    for (let i = 0; i < run.count; i++) {
      const at = this.#events.at(run.entry + i)
      const value = f64[at + fold.word]
      if (value === value) fold.aggregate.add(into.state, into.at + fold.at, value, f64[at])
    }
  }

  #take(word: number, run: Run): void {
    const events = this.#events
    const { f64, stride, base, capacity } = events
    const end = base + capacity * stride
    const { count } = run
    if (count > this.#values.length) this.#values = new Float64Array(count * 2)
    const values = this.#values
    let at = events.at(run.entry)
    let present = 0
    for (let i = 0; i < count; i++) {
      const value = f64[at + word]
      values[present] = value
      if (value === value) present++
      at += stride
      if (at === end) at = base
    }
    this.#word = word
    this.#present = present
  }
}

/** Entries of the open ring: one object for all, filled anew each time. */
export interface Run {
  entry: number
  count: number
}
