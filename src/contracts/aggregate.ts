// An aggregate is a monoid over the events of a window, kept in a fixed number of doubles, so that state is typed memory
// and a window is folded in one order whatever the batches were.

/** An aggregate: how the events of a window become state, `state[at .. at + width)` in typed memory, and the state a number. */
export interface UserAggregate {
  /** Its state is found by it. */
  readonly name: string
  /** What tells it from others of its name, such as a half-life: part of the plan and of the layout of its state. */
  readonly variant?: string
  /** Doubles of state. */
  readonly width: number
  /** Whether `add` takes a value of the event (a count takes none: its value is 1). */
  readonly takesValue: boolean
  /** How far its value may be from the exact one, for a person; undefined where it is exact. */
  readonly bound?: string
  /** Writes the neutral element. */
  empty(state: Float64Array, at: number): void
  /** Adds one event; `value` is never NaN (an event without a value is not added). Times of calls never go back. */
  add(state: Float64Array, at: number, value: number, time: number): void
  /**
   * Adds `values[0 .. count)` one after the other, with the same bits as `add` of each. Only for speed, and only where the time
   * does not matter; without it `add` is called for each.
   */
  addAll?(state: Float64Array, at: number, values: Float64Array, count: number): void
  /** into = into + from, where every event of `from` is later in the fold order. Associative up to rounding; `empty` is neutral. */
  merge(into: Float64Array, at: number, from: Float64Array, fromAt: number): void
  /** The feature's value over the window (from, to], ms; NaN stands for "none" (a mean of nothing). */
  value(state: Float64Array, at: number, from: number, to: number): number
}

/** The part of it that a window is folded with, and what only Millrace's own aggregates have. */
export interface Monoid extends Omit<UserAggregate, 'value'> {
  /** Takes a hash of 53 bits in the place of the value (`hash53`): for any kind of value, of which nothing else is kept. */
  readonly takesHash?: boolean
  /** The one whose state it reads: same `empty`, `add` and `merge`. Features of both then share one fold. */
  readonly foldsAs?: Monoid
  /**
   * For values that are kept elsewhere and stand in the state as references (texts): writes those of the state, none twice, and
   * gives how many. `add` and `merge` keep their order.
   */
  references?(state: Float64Array, at: number, into: Float64Array): number
  /** Puts other references in the place of those of the state: of an aggregate that has some. */
  refer?(state: Float64Array, at: number, to: (reference: number) => number): void
}

/** An aggregate that gives a number. */
export interface Aggregate extends Monoid, Pick<UserAggregate, 'value'> {
  /**
   * Its value over `values[0 .. count)`, in fold order, which it may move about. Where it is there, windows whose events are all
   * kept are not folded: so a sketch is exact there.
   */
  readonly exact?: (values: Float64Array, count: number) => number
}

/** An aggregate that gives a list of values it took. */
export interface ListAggregate extends Monoid {
  /** The most values of a list. */
  readonly items: number
  /** Writes the list, gives its length. */
  list(state: Float64Array, at: number, into: Float64Array): number
  /** As `exact` of an Aggregate. */
  exactList(values: Float64Array, count: number, into: Float64Array): number
}

/** What a window may hold. */
export type WindowAggregate = Aggregate | ListAggregate
