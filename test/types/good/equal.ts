// Holds two types against each other, both ways.

/** The known way to tell types apart that are assignable to each other: two functions that stay unresolved. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
type Held<A> = <T>() => T extends A ? 1 : 2

export type Equal<A, B> = Held<A> extends Held<B> ? true : false

/** Compiles only where the types are equal: `same<Equal<A, B>>()`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function same<Answer extends true>(...answer: readonly Answer[]): void {
  void answer
}
