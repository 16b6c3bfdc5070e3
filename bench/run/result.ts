// What `npm run bench` found.
import type { Machine } from './machine.ts'
import type { Figure } from './measure.ts'

export type Outcome =
  | { readonly kind: 'taken'; readonly figures: readonly Figure[] }
  /** Data, a program or a system is not there. */
  | { readonly kind: 'not here'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }

export interface Taken {
  readonly measure: string
  readonly about: string
  readonly method: string
  readonly seconds: number
  readonly outcome: Outcome
}

export interface BenchResult {
  /** ISO 8601, UTC. */
  readonly date: string
  readonly machine: Machine
  readonly measures: readonly Taken[]
}
