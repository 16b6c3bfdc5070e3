// A running aggregate, and where its state lies.
import type { Monoid } from '../../contracts/aggregate.ts'

/** One running aggregate of a level. */
export interface Fold {
  readonly aggregate: Monoid
  /** Word of an entry that it adds; 0 (the time) when it takes no value of its own. */
  readonly word: number
  /** Its place in the level's state. */
  readonly at: number
  /** Whether the values are references to bytes. */
  readonly bytes: boolean
}

/** Where the state of a level lies: its folds are at `at` and their own place. */
export class Place {
  state: Float64Array
  at = 0

  constructor(state: Float64Array) {
    this.state = state
  }
}
