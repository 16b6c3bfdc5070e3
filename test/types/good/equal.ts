// Holds two types against each other, both ways. Types that are only assignable to each other differ here:
// two unresolved functions must be written out, because the compiler compares aliases by their arguments.

/* oxlint-disable typescript/no-unnecessary-type-parameters */
export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only where the types are equal: `same<Equal<A, B>>()`. */
export function same<Answer extends true>(...answer: readonly Answer[]): void {
  void answer
}

same<Equal<{ a?: number }, { a?: number }>>()
// @ts-expect-error read-only or not
same<Equal<{ a: number }, { readonly a: number }>>()
// @ts-expect-error any is not every type
same<Equal<object, unknown>>()
