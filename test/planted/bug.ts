// A planted bug is data: production sources hold no switches. `npm run planted` writes each into a copy of the repository and runs
// the tests there that must find it.

/** Tests that may find a bug: some of a file of Vitest, seeds of the simulator, or a file of those on a real Kafka. */
export type Finder =
  | { readonly test: string; readonly named?: string }
  | { readonly seeds: `${number}-${number}` }
  | { readonly kafka: string; readonly named?: string }

export interface PlantedBug {
  /** In kebab-case. */
  readonly name: string
  /** What it does wrong, in a sentence. */
  readonly does: string
  /** Below src/. */
  readonly file: string
  /** Text of the file that occurs once, whole lines or a part of one. */
  readonly text: string
  readonly becomes: string
  /** The cheapest first: the first one that fails has found it. */
  readonly foundBy: readonly Finder[]
}
