// A user's function, and what is known of it without calling it.

/** A function of one row (an event, or `{ event, features, prediction }`). */
export interface Selector {
  /** The function as it was given. Called only where `path` is undefined. */
  readonly call: (row: unknown) => unknown
  /** Its source text: part of the plan digest. */
  readonly text: string
  /** Set where the text is exactly `x => x.a(.b)*`, `?.` in the place of any `.`: then the value is a column and the function is never called. */
  readonly path: readonly string[] | undefined
  /** Places in the path that are reached by `?.`: only there may the object before it be missing. */
  readonly chained: readonly number[]
}

/** A function that gives a key: a string, an integer, or a tuple of them. */
export interface KeySelector extends Selector {
  /** Set where every part is a plain path: `x => x.a` gives one, `x => [x.a, x.b]` gives two. */
  readonly parts: readonly (readonly string[])[] | undefined
  /** Whether the text gives a tuple (`[...]`); only known where `parts` is set. */
  readonly tuple: boolean
}
