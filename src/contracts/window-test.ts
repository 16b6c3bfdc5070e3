// A test of change between two samples: rows of a reference and rows of a window, all their numbers at once. It keeps nothing and reads
// no clock: what it says is a function of the rows.

/** What is said of one number. */
export interface WindowVerdict {
  /** How far apart the samples are, in the unit of the test; undefined where there were too few rows to say. */
  readonly effect: number | undefined
  /** Chance of at least that, had nothing changed, adjusted for how many numbers were compared; undefined with the effect. */
  readonly chance: number | undefined
  /** Whether it is sure enough and large enough, by the test's settings. */
  readonly drifted: boolean
}

/** Compares the rows of a window with those of a reference. */
export interface WindowTest {
  /** `ks`, `psi` ... */
  readonly kind: string
  /** Its settings as text: where they are others, what was gathered for it begins anew. */
  readonly settings: string
  /** Fewest values of a number, in the reference and in the window, that are judged. */
  readonly leastRows: number
  /** Whether values are codes of categories, whose order and mean say nothing. */
  readonly categories: boolean
  /**
   * @param reference a column a number; NaN where a value is missing. Neither is changed. @param window the same columns.
   * @returns a verdict a column.
   */
  judge(
    reference: readonly Float64Array[],
    window: readonly Float64Array[],
  ): readonly WindowVerdict[]
}
