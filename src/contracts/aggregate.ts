// An aggregate is a monoid over the events of a window, kept in a fixed number of doubles, so that state is typed memory
// and a window is folded in one order whatever the batches were.

/** A place in typed memory: `state[at .. at + width)`. */
export interface Aggregate {
  readonly name: string
  /** Doubles of state. */
  readonly width: number
  /** Whether `add` takes a value of the event (a count takes none: its value is 1). */
  readonly takesValue: boolean
  /** Writes the neutral element. */
  empty(state: Float64Array, at: number): void
  /** Adds one event; `value` is never NaN (an event without a value is not added). */
  add(state: Float64Array, at: number, value: number, time: number): void
  /**
   * Adds `values[0 .. count)` one after the other, with the same bits as `add` of each. Only for speed, and only where the time
   * does not matter; without it `add` is called for each.
   */
  addAll?(state: Float64Array, at: number, values: Float64Array, count: number): void
  /** into = into + from, where every event of `from` is later in the fold order. Associative up to rounding; `empty` is neutral. */
  merge(into: Float64Array, at: number, from: Float64Array, fromAt: number): void
  /** The feature's value; NaN stands for "none" (a mean of nothing). `end` is the right edge of the window. */
  value(state: Float64Array, at: number, end: number): number
}
