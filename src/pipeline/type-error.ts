// Types that speak: where TypeScript's own message would be obscure, a sentence stands in the place of a type.
// Nothing here exists at run time.

/** A sentence in the place of a type: what is wrong, and what to write. No value ever has this type. */
export interface MillraceTypeError<Sentence extends string> {
  readonly '~sentence': Sentence
}

/** An intersection as one object, so that a hover shows its fields. */
export type Flat<T> = { [K in keyof T]: T[K] } & {}

/** The union of object types as one object with the fields of all. */
export type Merge<T> = (T extends unknown ? (each: T) => void : never) extends (
  all: infer All,
) => void
  ? Flat<All>
  : never
